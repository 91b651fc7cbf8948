/** What a subscription may push now: a token bucket, filled steadily up to the pushes of one minute. */
interface Bucket {
  tokens: number;
  /** When it was last filled, in ms. */
  filledAt: number;
  /** Pushes that were refused since one was taken. */
  refused: number;
}

/** Whether a push is taken. If not, `retryAfterS` is when the next one will be, in seconds; `isFirst` is for one line in the log. */
export type PushPermit = { taken: true } | { taken: false; retryAfterS: number; isFirst: boolean };

/** Buckets that are kept. A full one says nothing, so buckets that are full are dropped first. */
const MAX_BUCKETS = 10_000;
const MINUTE_MS = 60_000;

/**
 * Limits how often each subscription may push, in this process. A hub that is refused tries again later (WebSub §7), and the next
 * poll finds whatever it does not deliver.
 * @param monotonicMs a clock that only runs forwards
 */
export function createPushLimits(perMinute: number, monotonicMs: () => number): (feedId: number) => PushPermit {
  const buckets = new Map<number, Bucket>();
  const filled = ({ tokens, filledAt, refused }: Bucket): Bucket => ({
    tokens: Math.min(perMinute, tokens + ((monotonicMs() - filledAt) / MINUTE_MS) * perMinute),
    filledAt: monotonicMs(),
    refused,
  });
  const dropFull = () => {
    for (const [id, bucket] of buckets) if (filled(bucket).tokens >= perMinute) buckets.delete(id);
    if (buckets.size >= MAX_BUCKETS) buckets.clear();
  };
  return (feedId) => {
    const bucket = filled(buckets.get(feedId) ?? { tokens: perMinute, filledAt: monotonicMs(), refused: 0 });
    if (!buckets.has(feedId) && buckets.size >= MAX_BUCKETS) dropFull();
    if (bucket.tokens >= 1) {
      buckets.set(feedId, { ...bucket, tokens: bucket.tokens - 1, refused: 0 });
      return { taken: true };
    }
    buckets.set(feedId, { ...bucket, refused: bucket.refused + 1 });
    const waitMs = ((1 - bucket.tokens) / perMinute) * MINUTE_MS;
    return { taken: false, retryAfterS: Math.ceil(waitMs / 1_000), isFirst: bucket.refused === 0 };
  };
}
