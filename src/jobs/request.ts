/** During an outage of our own, work is retried after about this long, in ms, so that recovery is noticed within a minute. */
export const OUTAGE_WAIT_MS = 30_000;

/** Where the next request of a feed or article goes. */
export interface NextRequest {
  /** The host at whose turn it is made. */
  host: string;
  /** The redirect that leads there; absent when the next request is about robots.txt alone. */
  to?: { url: string; permanent: boolean };
}
