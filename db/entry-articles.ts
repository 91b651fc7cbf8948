import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { FeedEntry } from '../src/feeds/feed.js';
import type { FeedRow } from '../src/jobs/subscribed-feed.js';
import { toSite } from '../src/text/site.js';
import type { Executor } from './client.js';
import { articles } from './schema/articles.js';
import { writeInSlices } from './slices.js';
import { giveTurns, type Politeness } from './turns.js';
import { wakePoller } from './wake.js';

/** What storing entries needs to know about hosts. */
export interface EntryOptions extends Politeness {
  /** The host that politeness counts a URL under. */
  toHostKey(url: string): string;
  /** New entries of one feed that are stored in 24 hours, and articles that it adds. */
  maxNewPerDay: number;
  /** Hosts that one document may send us to for the first time. */
  maxNewHosts: number;
}

/** Keys longer than this, in characters, become a hash in the fragment of an article's URL: URLs are indexed. */
const MAX_FRAGMENT = 200;

/** Whether the record is made from the entry itself: it has content, but shares its link with other entries. */
const isStoredFromFeed = ({ sharesLink, contentHtml, summaryHtml }: FeedEntry) =>
  sharesLink === true && (contentHtml ?? summaryHtml) !== undefined;

/**
 * The URL that identifies the entry's article: its page, or, for an entry without a page of its own, the shared page or the
 * feed with the entry's key as fragment. The feed's name and password are removed, since consumers read this URL.
 */
export function toArticleUrl(feed: Pick<FeedRow, 'url'>, entry: FeedEntry): string {
  if (entry.normalizedUrl && !isStoredFromFeed(entry)) return entry.normalizedUrl;
  const place = new URL(entry.normalizedUrl ?? feed.url);
  [place.username, place.password, place.hash] = ['', '', toFragment(entry.key)];
  return place.href;
}

function toFragment(key: string): string {
  const fragment = encodeURIComponent(key);
  return fragment.length <= MAX_FRAGMENT ? fragment : createHash('sha256').update(key).digest('hex');
}

/** The host whose turn the entry's page waits for; null where the feed's own content is stored. */
export const toArticleHost = (
  feed: Pick<FeedRow, 'content'>,
  entry: FeedEntry,
  toHostKey: (url: string) => string,
): string | null =>
  feed.content === 'page' && entry.normalizedUrl && !isStoredFromFeed(entry) ? toHostKey(entry.normalizedUrl) : null;

/**
 * Finds the article of each entry, and adds those that are missing, due at once.
 * @returns their ids, by URL.
 */
export async function findOrAddArticles(
  tx: Executor,
  options: EntryOptions,
  feed: Pick<FeedRow, 'id' | 'content' | 'url'>,
  found: readonly FeedEntry[],
): Promise<Map<string, number>> {
  if (found.length === 0) return new Map();
  const wanted = toArticleRows(options, feed, found);
  const added = await writeInSlices(wanted, (slice) =>
    tx.insert(articles).values(slice).onConflictDoNothing({ target: articles.url }).returning({ host: articles.host }),
  );
  const hosts = added.flatMap(({ host }) => (host ? [host] : []));
  await giveTurns(tx, hosts, options);
  if (added.some(({ host }) => host === null)) await wakePoller(tx);
  const ids = await findArticles(
    tx,
    wanted.map(({ url }) => url),
  );
  // An article that was there may have been deleted since, with its feed or for its age.
  return ids.size === wanted.length ? ids : findOrAddArticles(tx, options, feed, found);
}

/** The ids of the articles that have one of these URLs. Until the transaction ends, nobody can delete them. */
export async function findArticles(tx: Executor, urls: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await tx.execute<{ id: string; url: string }>(
    sql`select id, url from feedmill_data.articles where url = any (${sql.param([...urls])}::text[]) for key share`,
  );
  return new Map(rows.map((row) => [row.url, Number(row.id)]));
}

/** Those of the articles that still exist. Until the transaction ends, nobody can delete them. */
export async function lockArticles(tx: Executor, ids: readonly number[]): Promise<Set<number>> {
  const { rows } = await tx.execute<{ id: string }>(
    sql`select id from feedmill_data.articles where id = any (${sql.param([...ids])}::bigint[]) order by id for key share`,
  );
  return new Set(rows.map(({ id }) => Number(id)));
}

/** By the dates of the feed. Sorting is stable: those without a date stay in the order of the document, newest first as a rule. */
export const newestFirst = (entries: readonly FeedEntry[]): FeedEntry[] =>
  [...entries].sort((a, b) => (b.publishedAt?.getTime() ?? 0) - (a.publishedAt?.getTime() ?? 0));

/** The rows that entries need, one per URL. An entry whose link is unusable ends at once, and its row says why. */
function toArticleRows({ toHostKey }: EntryOptions, feed: Pick<FeedRow, 'id' | 'content' | 'url'>, found: readonly FeedEntry[]) {
  // Due a microsecond apart, the newest last, since a host's turns go to what fell due last (db/claim.ts).
  const located = newestFirst(found).map((entry) => ({ entry, url: toArticleUrl(feed, entry) }));
  const rows = located.map(({ entry, url }, rank) => ({
    url,
    site: toSite(url),
    feedId: feed.id,
    dueAt: sql`now() - ${rank}::int * interval '1 microsecond'`,
    host: toArticleHost(feed, entry, toHostKey),
    ...(entry.badLink && {
      status: 'failed' as const,
      dueAt: null,
      error: 'bad-link',
      errorText: `The entry's link is not the address of a page: ${entry.badLink}`,
    }),
  }));
  // Sorted, so that two feeds with the same new stories insert them in the same order and can't deadlock.
  return [...new Map(rows.map((row) => [row.url, row])).values()].sort((a, b) => (a.url < b.url ? -1 : 1));
}
