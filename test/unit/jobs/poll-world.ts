import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { FeedEntry, FeedReading, ParsedFeed } from '../../../src/feeds/feed.js';
import { identify } from '../../../src/feeds/identity.js';
import type { KnownEntry } from '../../../src/feeds/recognize.js';
import type { PollResult } from '../../../src/jobs/poll-result.js';
import { type RefreshFeedDeps, refreshFeed } from '../../../src/jobs/refresh-feed.js';
import type { Stopped } from '../../../src/jobs/stopped.js';
import type { StartedFeed } from '../../../src/jobs/subscribed-feed.js';
import { takePush } from '../../../src/jobs/take-push.js';
import type { Subscription } from '../../../src/jobs/websub-subscription.js';
import type { FetchOutcome, FetchRequest } from '../../../src/web/outcome.js';
import { fetched, parsedEntry, toHostKey } from '../../builders.js';

export const NOW = new Date('2026-03-01T12:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const later = (ms: number) => new Date(NOW.getTime() + ms);
export const hoursAgo = (hours: number) => later(-hours * HOUR);

export const FEED_URL = 'https://a.example/feed';
export const document = fetched('a document', { url: FEED_URL, contentType: 'text/xml', validators: { etag: '"2"' } });
export const documentHash = createHash('sha256').update(document.body).digest('hex');
export const unreachable: FetchOutcome = { kind: 'unreachable', cause: 'dns', code: 'ENOTFOUND' };
export const throttled: FetchOutcome = { kind: 'throttled', status: 429, retryAfterMs: 3 * HOUR };
export const sentence = expect.any(String) as string;

export const feedRow = (fields: Partial<StartedFeed> = {}): StartedFeed => ({
  id: 1,
  url: FEED_URL,
  content: 'page',
  identity: 'guid',
  attempts: 1,
  leaseEnd: NOW,
  startedAt: NOW,
  turn: { host: 'a.example', leaseEnd: NOW },
  ignoreRobots: false,
  entryDates: [],
  wishes: {},
  unchangedInRow: 0,
  faults: 0,
  failures: 0,
  validators: { etag: '"1"' },
  ...fields,
});

/** Entry number `n`: its own guid, page and title. */
export const entry = (n: number) => parsedEntry({ guid: `g${n}`, url: `https://a.example/${n}`, title: `Story ${n}` });

export const parsedFeed = (fields: Partial<ParsedFeed> = {}): ParsedFeed => ({
  format: 'rss',
  title: 'News',
  wishes: {},
  entries: [entry(1), entry(2)],
  entriesDropped: 0,
  repairs: [],
  ...fields,
});
export const reading = (fields: Partial<ParsedFeed> = {}): FeedReading => ({ kind: 'feed', feed: parsedFeed(fields) });

export const liveSubscription: Subscription = {
  feedId: 1,
  hubUrl: 'https://hub.example/',
  topic: FEED_URL,
  secret: 's',
  token: 't',
  state: 'live',
  dueAt: later(DAY),
  leaseExpiresAt: later(2 * DAY),
  pushesInARow: 3,
};

export interface World {
  feed?: StartedFeed | undefined;
  outcome?: FetchOutcome;
  reading?: FeedReading | Stopped;
  /** Entries that are stored already, and what adding the document's entries comes to. */
  known?: KnownEntry[];
  added?: { new: number; articleIds?: number[]; changed: number; leftOut: number; possibleGap: boolean } | 'stale';
  subscription?: Subscription;
  deps?: Partial<RefreshFeedDeps>;
}

/** Plain deps of a poll and a push, and a log of what they were asked to do, in order. */
export function world({
  outcome = document,
  added = { new: 0, changed: 0, leftOut: 0, possibleGap: false },
  known = [],
  deps = {},
  ...rest
}: World) {
  const feed = 'feed' in rest ? rest.feed : feedRow();
  const requests: [string, FetchRequest | undefined][] = [];
  const log: unknown[] = [];
  const entries: FeedEntry[] = [];
  const results: PollResult[] = [];
  const all: RefreshFeedDeps & { loadFeed(): Promise<StartedFeed | undefined> } = {
    startFeed: async () => feed,
    loadFeed: async () => feed,
    fetchUrl: async (url, request) => {
      requests.push([url, request]);
      return outcome;
    },
    readFeed: async ({ url, identity }) => {
      const given = rest.reading ?? reading();
      if (given.kind !== 'feed') return given;
      return { kind: 'feed', feed: { ...given.feed, entries: identify(given.feed.entries, url, identity) } };
    },
    loadKnownEntries: async () => known,
    keyByLink: async ({ id }) => void log.push({ keyByLink: id }),
    addEntries: async (_, given) => {
      entries.push(...given);
      return added === 'stale' ? added : { articleIds: [], ...added };
    },
    loadRecentPolls: async () => [{ at: hoursAgo(2), news: true }],
    recordPoll: async (_, result) => {
      results.push(result);
      return 'written';
    },
    postponePoll: async (_, next, verdict) => {
      log.push({ postponed: next, verdict });
      return 'written';
    },
    dropPoll: async (_, verdict) => void log.push({ dropped: verdict }),
    inOutage: async () => false,
    loadRobots: async () => ({}),
    saveRobots: async () => undefined,
    toHostKey,
    monotonicMs: () => 0,
    random: () => 0.5,
    cadence: { minMs: 5 * MINUTE, maxMs: DAY },
    retryBaseMs: MINUTE,
    robotsForFeeds: false,
    userAgent: 'Test/1',
    deliveries: {
      findSubscription: async () => rest.subscription,
      countDelivery: async (_, delivery) => void log.push({ delivery }),
    },
    ...deps,
  };
  return { deps: all, requests, log, entries, results };
}

/** Polls the feed. */
export async function poll(given: World) {
  const { deps, ...seen } = world(given);
  const report = await refreshFeed(deps)({ id: 1 });
  return { report, result: seen.results[0], request: seen.requests[0], ...seen };
}

/** Pushes a document to the feed. */
export async function push(given: World) {
  const { deps, ...seen } = world(given);
  const report = await takePush(deps)(1, { contentType: 'text/xml', body: Buffer.from('pushed') });
  return { report, result: seen.results[0], ...seen };
}
