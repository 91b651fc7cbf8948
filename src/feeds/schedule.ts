/** What the publisher asks of those who poll (RSS 2.0 ttl, skipHours, skipDays; RSS 1.0 syndication module). */
export interface Wishes {
  /** The least time between two polls, in ms. */
  pollEveryMs?: number;
  /** Hours of the day, in UTC, 0 to 23, in which nothing changes. */
  skipHours?: number[];
  /** Days of the week, in UTC, 0 (Sunday) to 6. */
  skipDays?: number[];
}

/** An earlier poll, as far as the next depends on it. */
export interface PastPoll {
  at: Date;
  news: boolean;
}

/** What a poll was, as far as the next one depends on it. */
export interface PollFacts {
  now: Date;
  outcome: 'news' | 'steady' | 'failed';
  /** When the newest entries came out, in any order; empty when the feed gives no dates. */
  publishedAts: readonly Date[];
  /** The last polls, in any order: what is left to go by where there are no dates. */
  recentPolls?: readonly PastPoll[];
  wishes?: Wishes;
  /** How long the answer stays fresh (Cache-Control, Expires), in ms. */
  freshForMs?: number;
  retryAfterMs?: number;
  /** In a row, before this one. */
  failures: number;
  /** Since when each answer was 404. */
  missingSince?: Date;
  /** 410 retires the feed, 404 once it has lasted. */
  absence?: 'gone' | 'missing';
  /** The user's own interval, in ms: wins over all but Retry-After. */
  override?: number;
  /** Hubs push what is new, and have proved it: polls only look after them. */
  pushReliable?: boolean;
  minMs: number;
  maxMs: number;
  /** 0 to 1. */
  random(): number;
}

export interface PollPlan {
  /** Null: never, the feed is retired. */
  dueAt: Date | null;
  /** In a row, this poll included. */
  failures: number;
  /** Why then, in sentences for people, in the order in which they counted. */
  reasons: string[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Failures back off to at most this: a feed that comes back is noticed within a day. */
const MAX_BACKOFF_MS = DAY;
/** A 404 that has lasted so long means what 410 says. */
const MISSING_FOR_GOOD_MS = 30 * DAY;
/** So many of the newest entries tell how often a feed has news. */
const SAMPLE = 20;
/** A feed that has been quiet for long is looked at again after this share of that time: it sleeps on, as a rule. */
const QUIET_SHARE = 1 / 10;
/** So many polls at the least while all entries of the document are replaced, so that none is gone before it was seen. */
const POLLS_PER_WINDOW = 3;
/** A tenth to either side: feeds that were added together drift apart. */
const JITTER = 0.1;
/** Where hubs push, polls come so many times less often. */
const PUSH_FACTOR = 4;

/** When the feed is due next, how many failures in a row it has now, and why. Pure. */
export function planPoll(facts: PollFacts): PollPlan {
  const failures = facts.outcome === 'failed' ? facts.failures + 1 : 0;
  const reasons: string[] = [];
  const retired = retirement(facts);
  if (retired) return { dueAt: null, failures, reasons: [retired] };

  let waitMs = facts.outcome === 'failed' ? backoff(facts, reasons) : ownWait(facts, reasons);
  const { retryAfterMs = 0 } = facts;
  if (retryAfterMs > waitMs) {
    waitMs = retryAfterMs;
    reasons.push(`the site asks to come back in ${spoken(retryAfterMs)} (Retry-After)`);
  }
  const dueAt = new Date(facts.now.getTime() + waitMs);
  const skipping =
    facts.override === undefined && facts.outcome !== 'failed' ? afterSkipped(dueAt, facts.wishes ?? {}, oneSided(facts)) : dueAt;
  if (skipping > dueAt) reasons.push('the publisher says that nothing changes at that hour or day (skipHours, skipDays)');
  return { dueAt: skipping, failures, reasons };
}

function retirement({ absence, missingSince, now }: PollFacts): string | undefined {
  if (absence === 'gone') return 'the site says that it is gone for good (410): it is polled no more';
  const lasted = missingSince ? now.getTime() - missingSince.getTime() : 0;
  if (absence === 'missing' && lasted >= MISSING_FOR_GOOD_MS)
    return `it has been missing (404) for ${spoken(lasted)}: it is polled no more`;
  return undefined;
}

const jitter = ({ random }: PollFacts) => 1 - JITTER + 2 * JITTER * random();
/** The same to one side, 0 to 1: for bounds, at which the feeds of one import would meet each day for ever. */
const oneSided = ({ random }: PollFacts) => Math.abs(2 * random() - 1);
const noSooner = (ms: number, facts: PollFacts) => ms * (1 + JITTER * oneSided(facts));

/** Doubling from the least interval to a day, and never further: no failure freezes a feed. */
function backoff(facts: PollFacts, reasons: string[]): number {
  const ceiling = Math.max(MAX_BACKOFF_MS, facts.minMs);
  const wait = Math.min(facts.minMs * 2 ** Math.min(facts.failures, 20), ceiling) * jitter(facts);
  const made = facts.failures + 1;
  reasons.push(`${made} ${made === 1 ? 'poll has' : 'polls in a row have'} failed: it is tried again in about ${spoken(wait)}`);
  return wait;
}

/** The user's interval, else the feed's own pace within the limits, and never sooner than the publisher asks. */
function ownWait(facts: PollFacts, reasons: string[]): number {
  const { minMs, maxMs, override } = facts;
  if (override !== undefined) {
    reasons.push(`you asked for a poll every ${spoken(override)}`);
    return override;
  }
  let wait = pace(facts, reasons) * jitter(facts);
  if (wait < minMs) {
    wait = noSooner(minMs, facts);
    reasons.push(`never sooner than ${spoken(minMs)} (POLL_MIN)`);
  }
  if (facts.pushReliable) {
    wait *= PUSH_FACTOR;
    reasons.push(`its hub pushes reliably, so it is polled ${PUSH_FACTOR} times less often`);
  }
  const asked: [number | undefined, string][] = [
    [facts.wishes?.pollEveryMs, 'the publisher asks for no more than a poll every %s (ttl, sy:updatePeriod)'],
    [facts.freshForMs, 'the site says that its answer stays fresh for %s (Cache-Control, Expires)'],
  ];
  for (const [ms, words] of asked) {
    if (ms === undefined || ms <= wait) continue;
    wait = noSooner(ms, facts);
    reasons.push(words.replace('%s', spoken(ms)));
  }
  if (wait > maxMs) {
    wait = maxMs * (1 - JITTER * oneSided(facts));
    reasons.push(`never later than ${spoken(maxMs)} (POLL_MAX)`);
  }
  return wait;
}

/** How long the feed's own habits suggest to wait, in ms, before any limit. */
function pace(facts: PollFacts, reasons: string[]): number {
  const { now, publishedAts, minMs, maxMs } = facts;
  const times = publishedAts
    .map((date) => date.getTime())
    .filter((time) => time <= now.getTime())
    .sort((a, b) => b - a);
  const newest = times.slice(0, SAMPLE);
  const gaps = newest
    .slice(1)
    .map((time, i) => (newest[i] ?? time) - time)
    .sort((a, b) => a - b);
  const median = gaps[Math.floor(gaps.length / 2)];
  if (median === undefined) return paceOfPolls(facts, reasons);

  let wait = median / 2;
  reasons.push(`its entries come about ${spoken(median)} apart, and half of that is ${spoken(wait)}`);
  const quiet = now.getTime() - (newest[0] ?? now.getTime());
  if (quiet * QUIET_SHARE > wait) {
    wait = quiet * QUIET_SHARE;
    reasons.push(`its newest entry is ${spoken(quiet)} old, so it can wait for a tenth of that`);
  }
  const window = (times[0] ?? 0) - (times.at(-1) ?? 0);
  const awake = quiet <= 2 * window;
  if (awake && times.length >= SAMPLE / 2 && window / POLLS_PER_WINDOW < Math.min(wait, maxMs)) {
    wait = Math.max(minMs, window / POLLS_PER_WINDOW);
    reasons.push(
      `its document holds ${spoken(window)} of entries: it is read ${POLLS_PER_WINDOW} times in that, so that none is missed`,
    );
  }
  return wait;
}

/** Without dates: how often polls found something. */
function paceOfPolls({ now, outcome, recentPolls = [], minMs, maxMs }: PollFacts, reasons: string[]): number {
  const polls = [...recentPolls, { at: now, news: outcome === 'news' }];
  const first = Math.min(...polls.map(({ at }) => at.getTime()));
  const found = polls.filter(({ news }) => news).length;
  const span = now.getTime() - first;
  if (span === 0) {
    reasons.push('its entries have no dates, and this is the first poll');
    return minMs;
  }
  if (found === 0) {
    reasons.push(`its entries have no dates, and no poll of the last ${spoken(span)} found anything new`);
    return Math.min(maxMs, span / 2);
  }
  reasons.push(`its entries have no dates; ${found} of the last ${polls.length} polls found something new`);
  return span / found / 2;
}

/** Feeds wait for the same full hour: they are spread over this after it. */
const AFTER_SKIPPED = 10 * MINUTE;

/** The first time from `at` on that is in no skipped hour or day; `at` itself when all are skipped, and never more than a day later. */
function afterSkipped(at: Date, { skipHours = [], skipDays = [] }: Wishes, spread: number): Date {
  if (new Set(skipHours).size >= 24 || new Set(skipDays).size >= 7) return at;
  const skipped = (time: Date) => skipHours.includes(time.getUTCHours()) || skipDays.includes(time.getUTCDay());
  let time = at;
  for (let hours = 0; hours < 24 && skipped(time); hours += 1) time = new Date((Math.floor(time.getTime() / HOUR) + 1) * HOUR);
  return time > at ? new Date(time.getTime() + spread * AFTER_SKIPPED) : at;
}

/** Every so many answers that nothing has changed, the document is asked for whole: validators of some servers are stuck. */
const FULL_GET_EVERY = 30;

/** Whether the next GET should be conditional. @param unchangedInRow answers in a row that said nothing had changed. */
export const isConditional = (unchangedInRow: number): boolean => unchangedInRow % FULL_GET_EVERY !== FULL_GET_EVERY - 1;

/** A duration for people: `45 s`, `20 min`, `3 h`, `2 days`. */
export function spoken(ms: number): string {
  if (ms < 90_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 90 * MINUTE) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 36 * HOUR) return `${Math.round((ms / HOUR) * 10) / 10} h`;
  return `${Math.round((ms / DAY) * 10) / 10} days`;
}
