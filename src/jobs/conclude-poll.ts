import type { ParsedFeed } from '../feeds/feed.js';
import { planMove } from '../feeds/move.js';
import type { PastPoll } from '../feeds/poll-facts.js';
import { type PollPlan, planPoll } from '../feeds/schedule.js';
import type { HostVerdict } from '../hosts/host-wait.js';
import { present } from '../text/present.js';
import type { FetchOutcome } from '../web/outcome.js';
import type { PollResult } from './poll-result.js';
import type { CompleteReading } from './read-document.js';
import { MAX_SLOW_READINGS } from './stopped.js';
import type { FeedRow } from './subscribed-feed.js';

/** What a poll or push received, and how. */
export interface Arrival {
  outcome: Exclude<FetchOutcome, { kind: 'moved' }>;
  via: 'poll' | 'push';
  /** What the request says about its host. */
  verdict: HostVerdict;
  /** When to try again; present when the request failed by a fault of ours. */
  retryAt?: Date;
}

/** What the result depends on besides the feed and what arrived. */
export interface PollCircumstances {
  /** By the database's clock. */
  now: Date;
  /** From 0 to 1. */
  random(): number;
  /** The shortest and longest time between two polls, in ms. */
  cadence: { minMs: number; maxMs: number };
  /** The feed's hub has proved that it pushes all news. */
  pushReliable: boolean;
  recentPolls: PastPoll[];
}

/** What a poll or push does to the rows. Pure. */
export function concludePoll(
  feed: FeedRow,
  arrival: Arrival,
  reading: CompleteReading,
  circumstances: PollCircumstances,
): PollResult {
  const { outcome, via, verdict, retryAt } = arrival;
  const { startedAt } = feed;
  const { now } = circumstances;
  const read = reading.kind === 'news' || reading.kind === 'steady' ? reading : undefined;
  const failed = reading.kind === 'failed' ? reading : undefined;
  const leftOut = read?.leftOut ?? 0;
  const entryDates = read && via === 'poll' ? findNewestDates(read.parsed) : undefined;
  const missingSince = outcome.kind === 'missing' ? (feed.missingSince ?? now) : undefined;
  const plan = planNextPoll(feed, outcome, reading, circumstances, present({ entryDates, missingSince }));
  return {
    via,
    startedAt,
    durationMs: now.getTime() - startedAt.getTime(),
    outcome: reading.kind === 'failed' ? reading.outcome : reading.kind,
    bytes: outcome.kind === 'fetched' ? outcome.body.byteLength : 0,
    entriesSeen: read?.seen ?? 0,
    entriesNew: read?.new ?? 0,
    entriesLeftOut: leftOut,
    // A push may contain nothing but the new entries (WebSub §7).
    possibleGap: via === 'poll' && (read?.possibleGap ?? false),
    unchangedInRow: reading.kind === 'unchanged' ? feed.unchangedInRow + 1 : 0,
    ...plan,
    reasons: leftOut > 0 ? [...plan.reasons, describeLeftOut(leftOut)] : plan.reasons,
    ...present({ status: findStatus(outcome), error: failed?.error, missingSince, entryDates, parsed: read?.parsed }),
    ...(reading.kind === 'failed' || via === 'push' ? {} : describeDocument(outcome, reading, leftOut)),
    move: planMove(feed.moved, !failed && feed.redirect?.permanent ? feed.redirect.url : undefined, now),
    host: verdict,
    faults: 0,
    ...(isSlowReading(outcome, reading) ? afterSlowReading(feed, circumstances) : {}),
    ...(retryAt ? { ...(outcome.kind === 'crowded' ? CROWDED : OUTAGE), failures: feed.failures, dueAt: retryAt, host: {} } : {}),
  };
}

/**
 * By what an unchanged document is recognized. Stored only after a successful parse, so that an unreadable document is fetched
 * again in full; not for a push, which has no validators and may be only part of the document; and while entries are left out,
 * the document is read again.
 */
function describeDocument(
  outcome: FetchOutcome,
  { bodyHash }: Exclude<CompleteReading, { kind: 'failed' }>,
  leftOut: number,
): Pick<PollResult, 'validators' | 'bodyHash'> {
  if (outcome.kind !== 'fetched') return {};
  return leftOut > 0 ? { validators: {} } : { validators: outcome.validators, ...present({ bodyHash }) };
}

const describeLeftOut = (count: number): string =>
  `${count} new entries wait, because the feed has brought as many as a day may bring (FEED_MAX_NEW_PER_DAY), or linked to as ` +
  'many new hosts as a poll may (FEED_MAX_NEW_HOSTS)';

function planNextPoll(
  feed: FeedRow,
  outcome: FetchOutcome,
  reading: CompleteReading,
  { now, random, cadence, pushReliable, recentPolls }: PollCircumstances,
  { entryDates, missingSince }: { entryDates?: Date[]; missingSince?: Date },
): PollPlan {
  return planPoll({
    now,
    outcome: reading.kind === 'unchanged' ? 'steady' : reading.kind,
    publishedAts: entryDates ?? feed.entryDates,
    recentPolls,
    wishes: 'parsed' in reading ? reading.parsed.wishes : feed.wishes,
    failures: feed.failures,
    pushReliable,
    minMs: cadence.minMs,
    maxMs: cadence.maxMs,
    random,
    ...present({
      absence: outcome.kind === 'gone' || outcome.kind === 'missing' ? outcome.kind : undefined,
      missingSince,
      freshForMs: outcome.kind === 'fetched' || outcome.kind === 'unchanged' ? outcome.freshForMs : undefined,
      retryAfterMs: outcome.kind === 'throttled' ? outcome.retryAfterMs : undefined,
      override: feed.pollEveryMs,
    }),
  });
}

const isSlowReading = (outcome: FetchOutcome, reading: CompleteReading): boolean =>
  outcome.kind === 'fetched' && reading.kind === 'failed' && reading.outcome === 'too-slow';

/**
 * A document whose reading was stopped for taking too long is read again soon, since the machine may have been busy. After the third
 * time in a row, it counts as a failure of the feed.
 */
function afterSlowReading({ faults, failures }: FeedRow, { now, cadence }: PollCircumstances): Partial<PollResult> {
  if (faults + 1 >= MAX_SLOW_READINGS) return { faults: MAX_SLOW_READINGS };
  return {
    faults: faults + 1,
    failures,
    dueAt: new Date(now.getTime() + cadence.minMs),
    reasons: ['reading the document took too long, perhaps because this machine was busy, so it is read again soon'],
  };
}

/** Our own outage counts neither against the feed nor against its host. */
const OUTAGE = {
  outcome: 'self-outage' as const,
  error: 'Most sites were unreachable at that time, so the fault is on our side. It does not count against the feed.',
  reasons: ['most sites are unreachable, so the fault is on our side; the feed is tried again within a minute'],
};

/** Nor does a request that we did not send in time. Its sentence says why. */
const CROWDED = {
  reasons: ['too many of our requests waited for the same address; the feed is tried again within a minute'],
};

function findStatus(outcome: FetchOutcome): number | undefined {
  if (outcome.kind === 'unchanged') return 304;
  return 'status' in outcome ? outcome.status : undefined;
}

/** Publication dates that are kept of a feed: as many as tell its pace. */
const MAX_DATES = 20;

const findNewestDates = ({ entries }: ParsedFeed): Date[] =>
  entries
    .flatMap(({ publishedAt }) => publishedAt ?? [])
    .sort((a, b) => b.getTime() - a.getTime())
    .slice(0, MAX_DATES);
