/**
 * Makes calls that come at about the same time share one result: `work` runs when none does and the last result is older than
 * `holdMs`. An error is shared as well.
 * @param nowMs a clock that only moves forward, in ms (`performance.now`)
 */
export function shareFor<Result>(holdMs: number, nowMs: () => number, work: () => Promise<Result>): () => Promise<Result> {
  let last: Promise<Result> | undefined;
  // Infinite while `work` runs, so that a slow one is not started twice.
  let holdsUntil = 0;
  return () => {
    if (last && nowMs() < holdsUntil) return last;
    holdsUntil = Number.POSITIVE_INFINITY;
    const hold = () => {
      holdsUntil = nowMs() + holdMs;
    };
    last = work();
    last.then(hold, hold);
    return last;
  };
}
