import type { ArticleRecord } from '../src/articles/article.js';
import type { FeedEntry, ParsedEntry, ParsedFeed } from '../src/feeds/feed.js';
import { readFeed } from '../src/feeds/read.js';
import type { PollResult } from '../src/jobs/poll-result.js';
import type { Fetched, FetchOutcome } from '../src/web/outcome.js';

// Small builders of plain objects that many tests need. Each fills in what a test does not care about; pass the fields that it
// does. They know neither vitest nor a database: see database.ts for rows.

/** The politeness key of a URL: its host and port, as HOST_KEY's default has it. */
export const toHostKey = (url: string): string => new URL(url).host;

/** Store options without gaps between requests, for tests that are not about politeness. */
export const POLITENESS = {
  leaseMs: 60_000,
  hostGapMs: 0,
  hostConcurrency: 1,
  toHostKey,
  maxNewPerDay: 5_000,
  maxNewHosts: 1_000,
};

/** A response with this body: status 200 and no validators. */
export const fetched = (body: string | Uint8Array, fields: Partial<Fetched> = {}): Fetched => ({
  kind: 'fetched',
  status: 200,
  url: 'https://a.example/',
  contentType: 'text/html',
  body: typeof body === 'string' ? Buffer.from(body) : body,
  validators: {},
  ...fields,
});

/** A redirect to `to`; permanent by default. */
export const moved = (to: string, { permanent = true } = {}): FetchOutcome => ({
  kind: 'moved',
  status: permanent ? 301 : 302,
  to,
  permanent,
});

/** An entry as a feed document has it, before it has an identity. */
export const parsedEntry = (fields: Partial<ParsedEntry> = {}): ParsedEntry => ({
  authors: [],
  categories: [],
  enclosures: [],
  ...fields,
});

/** Entry number `n` of a feed, with its own key, page and content hash. */
export const feedEntry = (
  n: number,
  { host = 'a.example', ...fields }: Partial<FeedEntry> & { host?: string } = {},
): FeedEntry => ({
  ...parsedEntry(),
  key: `k${n}`,
  normalizedUrl: `https://${host}/${n}`,
  title: `T${n}`,
  contentHash: `h${n}`,
  ...fields,
});

/** A stored article of one word. */
export const articleRecord = (fields: Partial<ArticleRecord> = {}): ArticleRecord => ({
  title: 'T',
  authors: [],
  excerpt: 'x',
  contentHtml: '<p>x</p>',
  contentText: 'x',
  wordCount: 1,
  contentSource: 'page',
  readingMinutes: 1,
  tags: [],
  pageCount: 1,
  extractorVersion: 1,
  ...fields,
});

/** A poll that found nothing new and is due again in an hour. */
export const pollResult = (fields: Partial<PollResult> = {}): PollResult => ({
  via: 'poll',
  startedAt: new Date(),
  durationMs: 1,
  outcome: 'steady',
  bytes: 0,
  entriesSeen: 0,
  entriesNew: 0,
  entriesLeftOut: 0,
  possibleGap: false,
  reasons: [],
  unchangedInRow: 0,
  faults: 0,
  failures: 0,
  dueAt: new Date(Date.now() + 3_600_000),
  move: { kind: 'keep' },
  host: {},
  ...fields,
});

/** An RSS 2.0 document with these items. */
export const rss = (items: string, head = '<title>T</title>'): string =>
  `<rss version="2.0"><channel>${head}${items}</channel></rss>`;

/**
 * The feed in a document. Its address has the host news.example unless `url` says otherwise.
 * @throws {Error} with the reason when the document is not a feed
 */
export async function readFeedText(
  document: string | Uint8Array,
  { contentType = '', url = 'https://news.example/feed' } = {},
): Promise<ParsedFeed> {
  const reading = await readFeed({ body: Buffer.from(document), contentType, url });
  if (reading.kind !== 'feed') throw new Error(reading.reason);
  return reading.feed;
}
