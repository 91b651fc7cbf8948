import { createHash } from 'node:crypto';
import type { FeedEntry, FeedReading, ParsedFeed } from '../feeds/feed.js';
import { identify, type KnownEntry, recognize } from '../feeds/identity.js';
import { planMove } from '../feeds/move.js';
import { isConditional, type PastPoll, planPoll } from '../feeds/schedule.js';
import { type CheckRobotsDeps, checkRobots, type RobotsDecision } from '../hosts/check-robots.js';
import type { HostVerdict } from '../hosts/verdict.js';
import { hostVerdict } from '../hosts/verdict.js';
import { describeOutcome, outcomeCode } from '../web/describe-outcome.js';
import { type Fetched, type FetchOutcome, MAX_REDIRECTS } from '../web/outcome.js';
import { type HubLinks, parseHubLinks } from '../web/websub.js';
import type { PollResult } from './poll-result.js';
import type { JobHandler, JobReport } from './queues.js';
import { type NextRequest, OUTAGE_WAIT_MS } from './request.js';
import type { Stopped } from './stopped.js';
import type { FeedRow } from './subscribed-feed.js';
import { type DeliveryDeps, keepSubscription, pushReliable, type SubscribeDeps } from './websub.js';

export interface RefreshFeedDeps extends CheckRobotsDeps {
  startFeed(id: number): Promise<FeedRow | undefined>;
  readFeed(document: { body: Uint8Array; contentType: string; url: string }): Promise<FeedReading | Stopped>;
  loadRecentPolls(feedId: number): Promise<PastPoll[]>;
  loadKnownEntries(feedId: number, entries: readonly FeedEntry[]): Promise<KnownEntry[]>;
  keyByLink(feedId: number): Promise<void>;
  addEntries(feed: FeedRow, entries: readonly FeedEntry[]): Promise<{ new: number; changed: number; possibleGap: boolean }>;
  recordPoll(feed: FeedRow, report: PollResult): Promise<void>;
  /** Ends a turn without ending the poll: it goes on at once, where `next` says. */
  postponePoll(feed: FeedRow, next: NextRequest, host: HostVerdict): Promise<void>;
  inOutage(): Promise<boolean>;
  random(): number;
  cadence: { minMs: number; maxMs: number };
  /** Both absent: no hub can reach us, and none is asked. */
  deliveries?: DeliveryDeps;
  hubs?: SubscribeDeps;
  retryBaseMs: number;
  /** Whether robots.txt is asked for feeds too, which a user has subscribed to. */
  robotsForFeeds: boolean;
}

/** What settling needs, however the document came. */
type SettleDeps = Pick<
  RefreshFeedDeps,
  | 'readFeed'
  | 'loadRecentPolls'
  | 'loadKnownEntries'
  | 'keyByLink'
  | 'addEntries'
  | 'recordPoll'
  | 'now'
  | 'random'
  | 'cadence'
  | 'deliveries'
  | 'hubs'
>;

/** What a fetch made of a feed, before it is written down. */
type Reading =
  | { kind: 'news' | 'steady'; parsed: ParsedFeed; seen: number; new: number; possibleGap: boolean }
  | { kind: 'unchanged' }
  | { kind: 'failed'; outcome: string; error: string };

const sha256 = (body: Uint8Array) => createHash('sha256').update(body).digest('hex');

/**
 * Polls one feed: conditional GET → parse → entries and articles → next due time.
 * One turn of a host is one request: at a redirect, the poll goes on at the turn of the host that it leads to.
 */
export const refreshFeed =
  (deps: RefreshFeedDeps): JobHandler =>
  async ({ id }) => {
    const feed = await deps.startFeed(id);
    if (!feed) return { status: 'nothing-to-do', feedId: id };
    const about = { feedId: id, url: withoutCredentials(feed.url) };

    const startedAt = deps.now();
    const fetched = await fetchFeed(deps, feed);
    const outcome = fetched.kind === 'later' ? fetched.outcome : fetched;
    const verdict = outcome ? hostVerdict(outcome, deps.now().getTime() - startedAt.getTime(), deps.retryBaseMs) : {};
    if (fetched.kind === 'later' || fetched.kind === 'moved') {
      await deps.postponePoll(feed, fetched.kind === 'later' ? { host: fetched.host } : nextRequest(deps, fetched), verdict);
      return { status: fetched.kind, ...about };
    }

    const outage = fetched.kind === 'unreachable' && (await deps.inOutage());
    return settle(deps, feed, { startedAt, outcome: fetched, via: 'poll', host: verdict, outage });
  };

/** Takes a document that a WebSub hub brought as a poll that found it. */
export const takePush =
  (deps: SettleDeps & { findFeed(id: number): Promise<FeedRow | undefined> }) =>
  async (id: number, document: { contentType: string; body: Uint8Array }): Promise<JobReport> => {
    const feed = await deps.findFeed(id);
    if (!feed) return { status: 'no-such-feed', feedId: id };
    const outcome: Fetched = { kind: 'fetched', status: 200, url: withoutCredentials(feed.url), validators: {}, ...document };
    return settle(deps, feed, { startedAt: deps.now(), outcome, via: 'push', host: {}, outage: false });
  };

/** What came, and how. */
interface Arrival {
  startedAt: Date;
  outcome: FetchOutcome;
  via: 'poll' | 'push';
  host: HostVerdict;
  /** The fault was ours. */
  outage: boolean;
}

/** Reads what came, writes it down, and sees to the hub. */
async function settle(deps: SettleDeps, feed: FeedRow, arrival: Arrival): Promise<JobReport> {
  const { outcome, via } = arrival;
  const about = { id: feed.id, url: withoutCredentials(feed.url) };
  const reading = await readOutcome(deps, feed, outcome);
  const news = reading.kind === 'news';
  await deps.deliveries?.countDelivery(feed.id, { via, news });
  const subscription = await deps.deliveries?.findSubscription(feed.id);
  const found = reportOf(deps, feed, arrival, reading, {
    pushed: pushReliable(subscription, deps.now()),
    // Asked for only where there are no dates to go by.
    recentPolls: feed.entryDates.length > 1 ? [] : await deps.loadRecentPolls(feed.id),
  });
  const report: PollResult = arrival.outage ? outageReport(deps, feed, found) : { ...found, host: arrival.host };
  await deps.recordPoll(feed, report);
  if (deps.hubs && reading.kind !== 'failed')
    await keepSubscription(deps.hubs, about, subscription, hubOf(outcome, reading), deps.now());
  return {
    status: report.outcome,
    feedId: feed.id,
    url: about.url,
    ...(via === 'push' ? { via } : {}),
    entries: report.entriesSeen,
    new: report.entriesNew,
    // More than are kept: the oldest were left out.
    ...(report.parsed?.entriesDropped ? { leftOut: report.parsed.entriesDropped } : {}),
    ms: report.durationMs,
    ...(report.error ? { error: report.error } : {}),
  };
}

/** The hub that an answer names: its Link headers go before the document (WebSub §4). Undefined when no document was read. */
function hubOf(outcome: FetchOutcome, reading: Reading): HubLinks | undefined {
  if (outcome.kind !== 'fetched' || !('parsed' in reading)) return undefined;
  const { hubUrl, selfUrl } = reading.parsed;
  return { ...(hubUrl ? { hubUrl } : {}), ...(selfUrl ? { selfUrl } : {}), ...parseHubLinks(outcome.link, outcome.url) };
}

function withoutCredentials(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href;
}

/** So many polls that never ended are a worker's bad luck; more are the document's doing. */
const MAX_CRASHES = 3;

async function fetchFeed(
  deps: RefreshFeedDeps,
  feed: FeedRow,
): Promise<FetchOutcome | Extract<RobotsDecision, { kind: 'later' }>> {
  const url = feed.redirect?.url ?? feed.url;
  if (feed.attempts > MAX_CRASHES) return { kind: 'not-allowed', reason: 'crashes' };
  if (deps.robotsForFeeds && !feed.ignoreRobots) {
    const answer = await checkRobots(deps, url, feed.turn.host);
    if (answer.kind !== 'allowed') return answer.kind === 'later' ? answer : answer.outcome;
  }
  const outcome = await deps.fetchUrl(url, {
    ...(isConditional(feed.unchangedInRow) ? { validators: feed.validators } : {}),
    redirects: 'report',
  });
  const circles = outcome.kind === 'moved' && (outcome.to === url || (feed.redirect?.count ?? 0) >= MAX_REDIRECTS);
  return circles ? { kind: 'bad-content', reason: 'redirect-loop' } : outcome;
}

const nextRequest = (deps: RefreshFeedDeps, { to, permanent }: { to: string; permanent: boolean }): NextRequest => ({
  host: deps.toHostKey(to),
  to: { url: to, permanent },
});

/** The fault is ours: nothing counts against the feed or its host, and it is tried again within a minute. */
const outageReport = (deps: SettleDeps, feed: FeedRow, report: Omit<PollResult, 'host'>): PollResult => ({
  ...report,
  outcome: 'self-outage',
  error: 'Most sites could not be reached at that time: the fault is on our side. It does not count against the feed.',
  failures: feed.failures,
  dueAt: new Date(deps.now().getTime() + OUTAGE_WAIT_MS * (0.5 + deps.random())),
  reasons: ['most sites cannot be reached: the fault is ours, and it is tried again within a minute'],
  host: {},
});

const STOPPED = {
  'too-slow': 'Reading the document took too long and was stopped.',
  'too-much-memory': 'Reading the document took too much memory and was stopped.',
};

async function readOutcome(deps: SettleDeps, feed: FeedRow, outcome: FetchOutcome): Promise<Reading> {
  if (outcome.kind === 'unchanged') return { kind: 'unchanged' };
  if (outcome.kind !== 'fetched') return { kind: 'failed', outcome: outcomeCode(outcome), error: describeOutcome(outcome) };
  if (sha256(outcome.body) === feed.bodyHash) return { kind: 'unchanged' };

  const reading = await deps.readFeed({ body: outcome.body, contentType: outcome.contentType, url: outcome.url });
  if (reading.kind === 'stopped') return { kind: 'failed', outcome: reading.reason, error: STOPPED[reading.reason] };
  if (reading.kind === 'not-a-feed') return { kind: 'failed', outcome: reading.kind, error: reading.reason };

  const entries = await identifyEntries(deps, feed, outcome, reading.feed);
  const added = await deps.addEntries(feed, entries);
  return {
    kind: added.new > 0 ? 'news' : 'steady',
    parsed: reading.feed,
    seen: entries.length,
    new: added.new,
    possibleGap: added.possibleGap,
  };
}

/** Gives each entry its key; a feed whose guids turn out to change from poll to poll is keyed by link from now on. */
async function identifyEntries(deps: SettleDeps, feed: FeedRow, { url }: Fetched, parsed: ParsedFeed): Promise<FeedEntry[]> {
  const entries = identify(parsed.entries, url, feed.identity);
  const known = await deps.loadKnownEntries(feed.id, entries);
  const recognized = recognize(entries, known);
  if (!recognized.guidsChanged) return recognized.entries;
  await deps.keyByLink(feed.id);
  return recognize(identify(parsed.entries, url, 'link'), known).entries;
}

/** So many dates tell a feed's pace. */
const DATES_KEPT = 20;

const newestDates = ({ entries }: ParsedFeed): Date[] =>
  entries
    .flatMap(({ publishedAt }) => (publishedAt ? [publishedAt] : []))
    .sort((a, b) => b.getTime() - a.getTime())
    .slice(0, DATES_KEPT);

function reportOf(
  deps: SettleDeps,
  feed: FeedRow,
  { startedAt, outcome, via }: Arrival,
  reading: Reading,
  { pushed, recentPolls }: { pushed: boolean; recentPolls: PastPoll[] },
): Omit<PollResult, 'host'> {
  const now = deps.now();
  const parsed = 'parsed' in reading ? reading.parsed : undefined;
  const entryDates = parsed && via === 'poll' ? newestDates(parsed) : undefined;
  const missingSince = outcome.kind === 'missing' ? (feed.missingSince ?? now) : undefined;
  const plan = planPoll({
    now,
    outcome: reading.kind === 'unchanged' ? 'steady' : reading.kind,
    publishedAts: entryDates ?? feed.entryDates,
    recentPolls,
    wishes: parsed?.wishes ?? feed.wishes,
    failures: feed.failures,
    pushReliable: pushed,
    ...(outcome.kind === 'gone' || outcome.kind === 'missing' ? { absence: outcome.kind } : {}),
    ...(missingSince ? { missingSince } : {}),
    minMs: deps.cadence.minMs,
    maxMs: deps.cadence.maxMs,
    random: deps.random,
    ...((outcome.kind === 'fetched' || outcome.kind === 'unchanged') && outcome.freshForMs !== undefined
      ? { freshForMs: outcome.freshForMs }
      : {}),
    ...(outcome.kind === 'throttled' && outcome.retryAfterMs !== undefined ? { retryAfterMs: outcome.retryAfterMs } : {}),
    ...(feed.pollEveryMs === undefined ? {} : { override: feed.pollEveryMs }),
  });
  const fetched = outcome.kind === 'fetched' ? outcome : undefined;
  const read = reading.kind === 'news' || reading.kind === 'steady' ? reading : undefined;
  return {
    via,
    startedAt,
    durationMs: now.getTime() - startedAt.getTime(),
    outcome: reading.kind === 'failed' ? reading.outcome : reading.kind,
    ...('status' in outcome ? { status: outcome.status } : outcome.kind === 'unchanged' ? { status: 304 } : {}),
    bytes: fetched?.body.byteLength ?? 0,
    entriesSeen: read?.seen ?? 0,
    entriesNew: read?.new ?? 0,
    // A push may hold what is new and nothing else (WebSub §7).
    possibleGap: via === 'poll' && (read?.possibleGap ?? false),
    ...(reading.kind === 'failed' ? { error: reading.error } : {}),
    ...plan,
    ...(missingSince ? { missingSince } : {}),
    unchangedInRow: reading.kind === 'unchanged' ? feed.unchangedInRow + 1 : 0,
    ...(entryDates ? { entryDates } : {}),
    // A document that we could not read must be read again: what it was is kept only when it was understood.
    // A push has no validators, and may be a part of the document.
    ...(fetched && via === 'poll' && reading.kind !== 'failed'
      ? { validators: fetched.validators, bodyHash: sha256(fetched.body) }
      : {}),
    ...(parsed ? { parsed } : {}),
    move: planMove(feed.moved, reading.kind !== 'failed' && feed.redirect?.permanent ? feed.redirect.url : undefined, now),
  };
}
