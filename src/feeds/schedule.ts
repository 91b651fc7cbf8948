import { DAY, formatDuration, HOUR, MINUTE } from './format-duration.js';
import type { PollFacts, Wishes } from './poll-facts.js';
import { choosePace } from './poll-pace.js';

/** When a feed is polled next, and why. */
export interface PollPlan {
  /** Null if the feed is retired and never polled again. */
  dueAt: Date | null;
  /** Failures in a row, including this poll. */
  failures: number;
  /** Why then: one clause each, for people, in the order in which they were applied. */
  reasons: string[];
}

/** The longest wait after failures, in ms, so that a feed that recovers is noticed within a day. */
const MAX_BACKOFF_MS = DAY;
/** The number of doublings after which the wait stops growing; it has reached MAX_BACKOFF_MS long before. */
const MAX_DOUBLINGS = 20;
/** A feed that has been 404 for this long is retired, in ms, as if it had been 410. */
const MISSING_FOR_GOOD_MS = 30 * DAY;
/** Share of a wait by which it is randomly shortened or lengthened, so that feeds added together drift apart. */
const JITTER = 0.1;
/** How many times less often a feed is polled if its hub pushes reliably. */
const PUSH_FACTOR = 4;
/** Feeds that wait for the same full hour are spread over this time after it, in ms. */
const SPREAD_AFTER_SKIPPED_MS = 10 * MINUTE;

/** Plans the next poll of a feed: when it is due, how many failures in a row it has, and why. */
export function planPoll(facts: PollFacts): PollPlan {
  const hasFailed = facts.outcome === 'failed';
  const failures = hasFailed ? facts.failures + 1 : 0;
  const retirement = explainRetirement(facts);
  if (retirement) return { dueAt: null, failures, reasons: [retirement] };

  const reasons: string[] = [];
  let waitMs = hasFailed ? chooseBackoff(facts, reasons) : chooseWait(facts, reasons);
  const { retryAfterMs = 0 } = facts;
  if (retryAfterMs > waitMs) {
    waitMs = retryAfterMs;
    reasons.push(`the site asks for a pause of ${formatDuration(retryAfterMs)} (Retry-After)`);
  }
  const dueAt = new Date(facts.now.getTime() + waitMs);
  if (hasFailed || facts.override !== undefined) return { dueAt, failures, reasons };

  const movedTo = moveAfterSkipped(dueAt, facts.wishes ?? {}, spreadRandomly(facts));
  if (movedTo > dueAt) reasons.push('the publisher says that nothing changes at that hour or on that day (skipHours, skipDays)');
  return { dueAt: movedTo, failures, reasons };
}

/** Why the feed is never polled again; undefined if it is. */
function explainRetirement({ absence, missingSince, now }: PollFacts): string | undefined {
  if (absence === 'gone') return 'the site says that the feed is gone for good (410), so it is no longer polled';
  const missingMs = missingSince ? now.getTime() - missingSince.getTime() : 0;
  if (absence === 'missing' && missingMs >= MISSING_FOR_GOOD_MS)
    return `the feed has been missing (404) for ${formatDuration(missingMs)}, so it is no longer polled`;
  return undefined;
}

/** A random factor around 1. */
const jitter = ({ random }: PollFacts): number => 1 - JITTER + 2 * JITTER * random();
/** A random share from 0 to 1, for waits at a limit, which feeds imported together would otherwise reach at the same time. */
const spreadRandomly = ({ random }: PollFacts): number => Math.abs(2 * random() - 1);
const atLeast = (ms: number, facts: PollFacts): number => ms * (1 + JITTER * spreadRandomly(facts));
const atMost = (ms: number, facts: PollFacts): number => ms * (1 - JITTER * spreadRandomly(facts));

/** Doubles the shortest interval with every failure, up to a day: no failure stops a feed for ever. */
function chooseBackoff(facts: PollFacts, reasons: string[]): number {
  const longest = Math.max(MAX_BACKOFF_MS, facts.minMs);
  const wait = Math.min(facts.minMs * 2 ** Math.min(facts.failures, MAX_DOUBLINGS), longest) * jitter(facts);
  const failed = facts.failures === 0 ? 'the last poll failed' : `the last ${facts.failures + 1} polls failed`;
  reasons.push(`${failed}, so the feed is tried again in about ${formatDuration(wait)}`);
  return wait;
}

/** The user's interval; else the feed's own pace within the limits, and never sooner than the publisher asks. */
function chooseWait(facts: PollFacts, reasons: string[]): number {
  const { minMs, maxMs, override } = facts;
  if (override !== undefined) {
    reasons.push(`you asked for a poll every ${formatDuration(override)}`);
    return override;
  }
  let wait = choosePace(facts, reasons) * jitter(facts);
  if (wait < minMs) {
    wait = atLeast(minMs, facts);
    reasons.push(`no feed is polled again sooner than ${formatDuration(minMs)} (POLL_MIN)`);
  }
  if (facts.pushReliable) {
    wait *= PUSH_FACTOR;
    reasons.push(`its hub pushes new entries reliably, so it is polled ${PUSH_FACTOR} times less often`);
  }
  wait = obeyPublisher(wait, facts, reasons);
  if (wait > maxMs) {
    wait = atMost(maxMs, facts);
    reasons.push(`no feed waits longer than ${formatDuration(maxMs)} (POLL_MAX)`);
  }
  return wait;
}

/** Lengthens a wait to what the publisher and the response ask for. */
function obeyPublisher(waitMs: number, facts: PollFacts, reasons: string[]): number {
  let wait = waitMs;
  const { wishes: { pollEveryMs = 0 } = {}, freshForMs = 0 } = facts;
  if (pollEveryMs > wait) {
    wait = atLeast(pollEveryMs, facts);
    reasons.push(`the publisher asks for at most one poll every ${formatDuration(pollEveryMs)} (ttl, sy:updatePeriod)`);
  }
  if (freshForMs > wait) {
    wait = atLeast(freshForMs, facts);
    reasons.push(`the site says that its response stays fresh for ${formatDuration(freshForMs)} (Cache-Control, Expires)`);
  }
  return wait;
}

/**
 * The first time from `at` on that is not in a skipped hour or day, but at most a day later. `at` itself if everything is
 * skipped. `share` (0 to 1) spreads feeds over the time after the hour.
 */
function moveAfterSkipped(at: Date, { skipHours = [], skipDays = [] }: Wishes, share: number): Date {
  if (new Set(skipHours).size >= 24 || new Set(skipDays).size >= 7) return at;
  const isSkipped = (time: Date) => skipHours.includes(time.getUTCHours()) || skipDays.includes(time.getUTCDay());
  let time = at;
  for (let hours = 0; hours < 24 && isSkipped(time); hours += 1) time = new Date((Math.floor(time.getTime() / HOUR) + 1) * HOUR);
  return time > at ? new Date(time.getTime() + share * SPREAD_AFTER_SKIPPED_MS) : at;
}

/** Every 30th poll in a row without changes fetches the whole document: on some servers, the validators never change. */
const FULL_GET_EVERY = 30;

/** Whether the next GET should be conditional, after this many unchanged responses in a row. */
export const isConditional = (unchangedInRow: number): boolean => unchangedInRow % FULL_GET_EVERY !== FULL_GET_EVERY - 1;
