import { createHash } from 'node:crypto';
import type { FeedEntry, IdentityRule, ParsedFeed } from '../feeds/feed.js';
import { guidsChanged, identify } from '../feeds/identity.js';
import { readFeed } from '../feeds/read.js';
import { planPoll } from '../feeds/schedule.js';
import { hostOf } from '../web/canonical-url.js';
import { describe, type Fetched, type FetchOutcome, type FetchUrl } from '../web/outcome.js';
import { type HubLinks, hubLinksOf } from '../web/websub.js';
import { blockFor } from './host-verdict.js';
import type { FeedRow, Handler, JobReport, PollReport } from './pipeline.js';
import { type DeliveryDeps, keepSubscription, pushReliable, type SubscribeDeps } from './websub.js';

export interface RefreshFeedDeps {
  startFeed(id: number): Promise<FeedRow | undefined>;
  fetchUrl: FetchUrl;
  knownByUrl(feedId: number, urls: readonly string[]): Promise<{ guid?: string; canonicalUrl?: string }[]>;
  setIdentity(feedId: number, identity: IdentityRule): Promise<void>;
  addEntries(feed: FeedRow, entries: readonly FeedEntry[]): Promise<{ new: number; changed: number; possibleGap: boolean }>;
  recordPoll(feed: FeedRow, report: PollReport): Promise<void>;
  now(): Date;
  random(): number;
  cadence: { minMs: number; maxMs: number };
  /** Both absent: no hub can reach us, and none is asked. */
  deliveries?: DeliveryDeps;
  hubs?: SubscribeDeps;
}

/** What settling needs, however the document came. */
type SettleDeps = Omit<RefreshFeedDeps, 'startFeed' | 'fetchUrl'>;

/** What a fetch made of a feed, before it is written down. */
type Reading =
  | { kind: 'news' | 'steady'; parsed: ParsedFeed; seen: number; new: number; possibleGap: boolean }
  | { kind: 'unchanged' }
  | { kind: 'failed'; outcome: string; error: string };

const sha256 = (body: Uint8Array) => createHash('sha256').update(body).digest('hex');

/** Polls one feed: conditional GET → parse → entries and articles → next due time. */
export const refreshFeed =
  (deps: RefreshFeedDeps): Handler =>
  async ({ id }) => {
    const feed = await deps.startFeed(id);
    if (!feed) return { status: 'no-such-feed', feedId: id };

    const startedAt = deps.now();
    const outcome = await deps.fetchUrl(feed.url, { validators: feed.validators });
    return settle(deps, feed, { startedAt, outcome, via: 'poll' });
  };

/** Takes a document that a WebSub hub brought as a poll that found it. */
export const takePush =
  (deps: SettleDeps & { findFeed(id: number): Promise<FeedRow | undefined> }) =>
  async (id: number, document: { contentType: string; body: Uint8Array }): Promise<JobReport> => {
    const feed = await deps.findFeed(id);
    if (!feed) return { status: 'no-such-feed', feedId: id };
    const outcome: Fetched = { kind: 'fetched', status: 200, url: feed.url, validators: {}, ...document };
    return settle(deps, feed, { startedAt: deps.now(), outcome, via: 'push' });
  };

/** What came, and how. */
interface Arrival {
  startedAt: Date;
  outcome: FetchOutcome;
  via: 'poll' | 'push';
}

/** Reads what came, writes it down, and sees to the hub. */
async function settle(deps: SettleDeps, feed: FeedRow, arrival: Arrival): Promise<JobReport> {
  const { outcome, via } = arrival;
  const reading = await readOutcome(deps, feed, outcome);
  const news = reading.kind === 'news';
  await deps.deliveries?.countDelivery(feed.id, { via, news });
  const subscription = await deps.deliveries?.findSubscription(feed.id);
  const report = reportOf(deps, feed, arrival, reading, pushReliable(subscription, deps.now()));
  await deps.recordPoll(feed, report);
  if (deps.hubs && reading.kind !== 'failed')
    await keepSubscription(deps.hubs, feed, subscription, hubOf(outcome, reading), deps.now());
  return {
    status: report.outcome,
    feedId: feed.id,
    url: feed.url,
    ...(via === 'push' ? { via } : {}),
    entries: report.entriesSeen,
    new: report.entriesNew,
    ms: report.durationMs,
    ...(report.error ? { error: report.error } : {}),
  };
}

/** The hub that an answer names: its Link headers go before the document (WebSub §4). Undefined when no document was read. */
function hubOf(outcome: FetchOutcome, reading: Reading): HubLinks | undefined {
  if (outcome.kind !== 'fetched' || !('parsed' in reading)) return undefined;
  const { hubUrl, selfUrl } = reading.parsed;
  return { ...(hubUrl ? { hubUrl } : {}), ...(selfUrl ? { selfUrl } : {}), ...hubLinksOf(outcome.link, outcome.url) };
}

async function readOutcome(deps: SettleDeps, feed: FeedRow, outcome: FetchOutcome): Promise<Reading> {
  if (outcome.kind === 'unchanged') return { kind: 'unchanged' };
  if (outcome.kind !== 'fetched') return { kind: 'failed', outcome: outcome.kind, error: describe(outcome) };
  if (sha256(outcome.body) === feed.bodyHash) return { kind: 'unchanged' };

  const reading = await readFeed({ body: outcome.body, contentType: outcome.contentType, url: outcome.url });
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
  if (feed.identity === 'link') return entries;
  const urls = entries.flatMap(({ canonicalUrl }) => (canonicalUrl ? [canonicalUrl] : []));
  const before = await deps.knownByUrl(feed.id, urls);
  if (!guidsChanged(before, parsed.entries, url)) return entries;
  await deps.setIdentity(feed.id, 'link');
  return identify(parsed.entries, url, 'link');
}

function reportOf(
  deps: SettleDeps,
  feed: FeedRow,
  { startedAt, outcome, via }: Arrival,
  reading: Reading,
  pushed: boolean,
): PollReport {
  const now = deps.now();
  const parsed = 'parsed' in reading ? reading.parsed : undefined;
  const plan = planPoll({
    now,
    outcome: reading.kind === 'unchanged' ? 'steady' : reading.kind,
    publishedAts: parsed?.entries.flatMap(({ publishedAt }) => (publishedAt ? [publishedAt] : [])) ?? [],
    failures: feed.failures,
    pushReliable: pushed,
    gone: outcome.kind === 'gone',
    minMs: deps.cadence.minMs,
    maxMs: deps.cadence.maxMs,
    random: deps.random,
    ...(parsed?.pollEveryMs === undefined ? {} : { pollEveryMs: parsed.pollEveryMs }),
    ...(outcome.kind === 'fetched' && outcome.freshForMs !== undefined ? { freshForMs: outcome.freshForMs } : {}),
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
    // A document that we could not read must be read again: what it was is kept only when it was understood.
    // A push has no validators, and may be a part of the document.
    ...(fetched && via === 'poll' && reading.kind !== 'failed'
      ? { validators: fetched.validators, bodyHash: sha256(fetched.body) }
      : {}),
    ...(parsed ? { parsed } : {}),
    ...(fetched?.movedTo && parsed ? { movedTo: { url: fetched.movedTo, host: hostOf(fetched.movedTo) } } : {}),
    host: blockFor(outcome),
  };
}
