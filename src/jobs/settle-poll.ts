import type { PastPoll } from '../feeds/poll-facts.js';
import type { HostVerdict } from '../hosts/host-wait.js';
import { present } from '../text/present.js';
import { withoutCredentials } from '../web/credentials.js';
import type { FetchOutcome } from '../web/outcome.js';
import { type HubLinks, parseHubLinks } from '../web/websub.js';
import { type Arrival, concludePoll } from './conclude-poll.js';
import type { Written } from './leased-row.js';
import type { PollResult } from './poll-result.js';
import { type DocumentReading, type ReadDocumentDeps, readDocument } from './read-document.js';
import type { FeedReport } from './reports.js';
import type { FeedRow } from './subscribed-feed.js';
import { type DeliveryDeps, ensureSubscription, isPushReliable, type SubscribeDeps } from './websub-subscription.js';

/** What a poll and a push need once the document is there. */
export interface SettleDeps extends ReadDocumentDeps {
  /** The feed's latest polls. */
  loadRecentPolls(feedId: number): Promise<PastPoll[]>;
  recordPoll(feed: FeedRow, result: PollResult): Promise<Written>;
  /** Frees the host of a stale poll. */
  dropPoll(feed: FeedRow, verdict: HostVerdict): Promise<void>;
  /** The database's clock. */
  now(): Date;
  /** From 0 to 1. */
  random(): number;
  /** The shortest and longest time between two polls, in ms. */
  cadence: { minMs: number; maxMs: number };
  /** Absent when hubs can't reach us. */
  deliveries?: DeliveryDeps;
  /** Absent when hubs can't reach us, and for pushes. */
  hubs?: SubscribeDeps;
}

/** Reads what arrived, records it, and subscribes to the hub that the document names. */
export async function settle(deps: SettleDeps, feed: FeedRow, arrival: Arrival): Promise<FeedReport> {
  const { outcome, via } = arrival;
  const url = withoutCredentials(feed.url);
  const reading = await readDocument(deps, feed, outcome);
  if (reading.kind === 'stale') {
    await deps.dropPoll(feed, arrival.verdict);
    return { status: 'stale', feedId: feed.id, url };
  }
  await deps.deliveries?.countDelivery(feed.id, { via, news: reading.kind === 'news' });
  const subscription = await deps.deliveries?.findSubscription(feed.id);

  const { now, random, cadence } = deps;
  const result = concludePoll(feed, arrival, reading, {
    now: now(),
    random,
    cadence,
    pushReliable: isPushReliable(subscription, now()),
    // Only feeds without dates are planned by their recent polls.
    recentPolls: feed.entryDates.length > 1 ? [] : await deps.loadRecentPolls(feed.id),
  });
  if ((await deps.recordPoll(feed, result)) === 'stale') return { status: 'stale', feedId: feed.id, url };

  // A feed that has just moved is under another address now, or gone, if it was merged: the next poll asks.
  if (deps.hubs && reading.kind !== 'failed' && result.move.kind !== 'adopt')
    await ensureSubscription(deps.hubs, { id: feed.id, url }, subscription, findHub(outcome, reading), now());
  return {
    status: result.outcome,
    feedId: feed.id,
    url,
    ...(via === 'push' ? { via } : {}),
    entries: result.entriesSeen,
    new: result.entriesNew,
    ...('articleIds' in reading && reading.articleIds.length > 0 ? { articleIds: reading.articleIds } : {}),
    ...present({ leftOut: result.parsed?.entriesDropped || undefined, waiting: result.entriesLeftOut || undefined }),
    ms: result.durationMs,
    ...present({ error: result.error }),
  };
}

/** The hub of a feed. A Link header overrides the document (WebSub §4). Undefined when no document was read. */
function findHub(outcome: FetchOutcome, reading: DocumentReading): HubLinks | undefined {
  if (outcome.kind !== 'fetched' || !('parsed' in reading)) return undefined;
  const { hubUrl, selfUrl } = reading.parsed;
  return { ...present({ hubUrl, selfUrl }), ...parseHubLinks(outcome.link, outcome.url) };
}
