/** What a poll was, as far as the next one depends on it. */
export interface PollFacts {
  now: Date;
  outcome: 'news' | 'steady' | 'failed';
  /** Of the document's entries, in any order. */
  publishedAts: readonly Date[];
  /** What the publisher asks for at the least (ttl, sy:updatePeriod), in ms. */
  pollEveryMs?: number;
  /** How long the answer stays fresh (Cache-Control, Expires), in ms. */
  freshForMs?: number;
  retryAfterMs?: number;
  /** A WebSub hub tells us of news, and has proved reliable. */
  pushReliable?: boolean;
  /** In a row, before this one. */
  failures: number;
  /** 410: retire the feed. */
  gone?: boolean;
  /** The user's own interval, in ms: wins over all but Retry-After. */
  override?: number;
  minMs: number;
  maxMs: number;
  /** 0 to 1. */
  random(): number;
}

/** Failures back off to at most this, in ms: a feed that comes back is noticed within a day. */
const MAX_BACKOFF_MS = 24 * 3_600_000;
/** So many of the newest entries tell how often a feed has news. */
const SAMPLE = 10;
/** Polls of a feed that is pushed to us are so many times fewer: they look whether the hub still tells all. */
const PUSHED_FACTOR = 4;
/** A tenth to either side: feeds that were added together drift apart. */
const JITTER = 0.1;

/** When the feed is due next (null: never, it is retired), and how many failures in a row it has now. */
export function planPoll(facts: PollFacts): { dueAt: Date | null; failures: number } {
  const { now, outcome, minMs, maxMs, retryAfterMs = 0 } = facts;
  const failures = outcome === 'failed' ? facts.failures + 1 : 0;
  if (facts.gone) return { dueAt: null, failures };
  const jitter = 1 - JITTER + 2 * JITTER * facts.random();
  const at = (ms: number) => ({ dueAt: new Date(now.getTime() + Math.max(ms, retryAfterMs)), failures });
  if (outcome === 'failed')
    return at(Math.min(minMs * 2 ** Math.min(facts.failures, 20), Math.max(MAX_BACKOFF_MS, minMs)) * jitter);
  if (facts.override !== undefined) return at(facts.override);
  const asked = Math.max(facts.pollEveryMs ?? 0, facts.freshForMs ?? 0);
  const own = Math.max(Math.max(minMs, ownPace(facts) * jitter) * (facts.pushReliable ? PUSHED_FACTOR : 1), asked);
  return at(Math.min(own, maxMs));
}

/** Half the median gap between the newest entries, or the time since the newest where that is longer: a feed that slept sleeps on. */
function ownPace({ publishedAts, now, minMs, maxMs, outcome }: PollFacts): number {
  const times = publishedAts
    .map((date) => date.getTime())
    .sort((a, b) => b - a)
    .slice(0, SAMPLE);
  const gaps = times
    .slice(1)
    .map((time, i) => (times[i] ?? time) - time)
    .sort((a, b) => a - b);
  const median = gaps[Math.floor(gaps.length / 2)];
  if (median === undefined) return outcome === 'news' ? minMs : Math.min(maxMs, minMs * 6);
  const quiet = outcome === 'news' ? 0 : (now.getTime() - (times[0] ?? now.getTime())) / 10;
  return Math.max(median / 2, quiet);
}
