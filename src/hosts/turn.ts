/**
 * A job's turn at a host. Politeness works in turns:
 *
 * - A **turn** is the right to send one request to a host. The claim hands it out together with the feed or article that
 *   needs it.
 * - Its **lease** is how long the turn lasts at most. When the job ends, it gives the turn back; when its process dies, the
 *   lease ends by itself and the row falls due again. HOST_CONCURRENCY limits the leases that a host has at once.
 * - The **gap** is the pause between the end of one turn and the start of the next. It is HOST_GAP_MS, or longer when
 *   robots.txt asks for more (Crawl-delay) or the host is slow, unless the user set a gap for this host.
 *
 * `db/turns.ts` keeps turns, leases and gaps in table `hosts`; `host-wait.ts` decides how long a host waits after a response.
 */
export interface Turn {
  host: string;
  /** When the lease ends. It is also the fencing token: what the job writes counts only while its row still has this lease. */
  leaseEnd: Date;
}

/**
 * The longest gap that a slow host gets, in ms. Up to this, its gap is as long as it takes to answer, so that its requests
 * keep it busy half of the time at most (Scrapy's AutoThrottle does the same).
 */
export const MAX_LATENCY_GAP_MS = 30_000;

/** The weight of the newest response in the moving average of a host's latency, from 0 to 1. */
export const LATENCY_WEIGHT = 0.25;
