const MINUTE_MS = 60_000;

/** Intervals between the polls of a feed that somebody sets, in ms. db/contract/51-feed-settings.sql has the same limits. */
export const POLL_INTERVAL = {
  /** That of the sample feeds: short, so that a first visitor sees something happen. */
  sample: 5_000,
  /** The shortest that a command takes. */
  shortest: MINUTE_MS,
  /** Just over 24 days, where Node's timers end. */
  longest: 35_000 * MINUTE_MS,
};
