/** What a handler measures time with. */
export interface StopwatchDeps {
  /** A clock that only moves forward, in ms, from whatever start (`performance.now`). */
  monotonicMs(): number;
}

/**
 * The database's clock for the work on a row that started at `startedAt`: that time, which came with the row, and what has passed
 * since. Due times, leases and dates that are in the future are told by it, since the clocks of workers may be a day off.
 */
export function startRowClock({ monotonicMs }: StopwatchDeps, { startedAt }: { startedAt: Date }): () => Date {
  const startedMs = monotonicMs();
  return () => new Date(startedAt.getTime() + monotonicMs() - startedMs);
}
