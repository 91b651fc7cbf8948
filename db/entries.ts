import { and, eq, sql } from 'drizzle-orm';
import type { Enclosure, FeedEntry } from '../src/feeds/feed.js';
import type { FeedRow } from '../src/jobs/subscribed-feed.js';
import { toSite } from '../src/text/site.js';
import type { Db, Executor } from './client.js';
import { type EntryOptions, findOrAddArticles, newestFirst, toArticleUrl } from './entry-articles.js';
import { countRoom, findBeyondNewHosts } from './entry-limits.js';
import { type ChangedEntry, isMoved, type StoredEntry, updateEntries } from './entry-updates.js';
import { lockUnderLease } from './fence.js';
import { takeOverArticles } from './ownership.js';
import { articles } from './schema/articles.js';
import { entries } from './schema/entries.js';
import { writeInSlices } from './slices.js';
import { reviewTombstones } from './tombstones.js';

/** What a document's entries changed. */
export interface EntriesAdded {
  new: number;
  /** The articles of the new entries. */
  articleIds: number[];
  changed: number;
  /** Entries that are new, or lead to a new page now, and wait, because the feed has brought as many as it may (entry-limits.ts). */
  leftOut: number;
  /** The feed had entries before, and the document shares none of them. */
  possibleGap: boolean;
}

/**
 * Stores the entries of one document. The unique keys decide what is new, so running it twice or concurrently is harmless:
 * a new entry finds or adds its article, and an edited one makes its article due again. A stale poll stores nothing.
 */
export async function addEntries(
  db: Db,
  options: EntryOptions,
  feed: Pick<FeedRow, 'id' | 'content' | 'url' | 'leaseEnd'>,
  seen: readonly FeedEntry[],
): Promise<EntriesAdded | 'stale'> {
  if (seen.length === 0) return { new: 0, articleIds: [], changed: 0, leftOut: 0, possibleGap: false };
  const site = toSite(feed.url);
  return db.transaction(async (tx) => {
    if (!(await lockFeed(tx, feed))) return 'stale';
    const stored = await loadStoredEntries(tx, feed.id, seen);
    const unknown = seen.filter(({ key }) => !stored.has(key));
    const changed = seen.flatMap((entry) => findChange(entry, stored.get(entry.key), site) ?? []);
    // What is left out is new again at the next poll.
    const room = unknown.length > 0 || changed.some(isMoved) ? await countRoom(tx, options.maxNewPerDay, feed.id) : 0;
    const newest = unknown.length <= room ? unknown : newestFirst(unknown).slice(0, room);
    const moved = changed.filter(isMoved).map(({ entry }) => entry);
    const crowd = await findBeyondNewHosts(tx, options, feed, [...newest, ...moved]);
    const fresh = newest.filter((entry) => !crowd.has(entry));
    const taken = changed.filter(({ entry }) => !crowd.has(entry));
    const hadEntries = stored.size > 0 || (await hasEntries(tx, feed.id));

    const articleIds = await findOrAddArticles(tx, options, feed, fresh);
    const newOnSite = taken.filter(({ stored }) => stored.site !== site).map(({ entry }) => entry);
    await takeOverArticles(tx, options, feed, [...fresh, ...newOnSite]);
    const added = fresh.length === 0 ? [] : await insertEntries(tx, feed, fresh, articleIds);
    const updated = taken.length === 0 ? [] : await updateEntries(tx, options, feed, taken, room - fresh.length);
    // A push holds only what is new, so it says nothing about the others.
    if (feed.leaseEnd) await reviewTombstones(tx, feed.id, { keys: seen.map(({ key }) => key), returned: findReturned(stored) });
    return {
      new: added.length,
      articleIds: [...new Set(added.flatMap(({ articleId }) => articleId ?? []))],
      changed: updated.filter(({ edited }) => edited).length,
      leftOut: unknown.length - fresh.length + changed.length - updated.length,
      possibleGap: hadEntries && stored.size === 0,
    };
  });
}

/**
 * Locks a feed, so that a poll and a push write one after the other.
 * @returns false when its poll's lease no longer holds, or a pushed feed is gone, paused or removed.
 */
export async function lockFeed(tx: Executor, { id, leaseEnd }: Pick<FeedRow, 'id' | 'leaseEnd'>): Promise<boolean> {
  if (leaseEnd) return lockUnderLease(tx, 'feeds', { id, leaseEnd });
  const { rows } = await tx.execute(
    sql`select 1 from feedmill_data.feeds where id = ${id} and paused_at is null and removed_at is null for no key update`,
  );
  return rows.length > 0;
}

/**
 * How an entry differs from its row; undefined where it does not, where it is new, and for a tombstone, whose key alone counts.
 */
function findChange(entry: FeedEntry, stored: StoredEntry | undefined, site: string): ChangedEntry | undefined {
  if (!stored || stored.articleId === null) return undefined;
  const edited = stored.contentHash !== entry.contentHash || stored.url !== (entry.normalizedUrl ?? null);
  if (!edited && stored.details === serializeDetails({ ...entry, site })) return undefined;
  return { entry, stored: { ...stored, articleId: stored.articleId }, edited };
}

/** What can change in an entry that still says the same, as one comparable string. */
const serializeDetails = ({
  site,
  guid,
  language,
  imageUrl,
  categories,
  enclosures,
}: {
  site: string | null;
  guid?: string | null;
  language?: string | null;
  imageUrl?: string | null;
  categories: readonly string[];
  enclosures: readonly Enclosure[];
}) =>
  JSON.stringify([
    site,
    guid ?? null,
    language ?? null,
    imageUrl ?? null,
    categories,
    enclosures.map(({ url, type, length, duration }) => [url, type, length, duration]),
  ]);

/** The keys of the tombstones that the document before did not hold. */
const findReturned = (stored: ReadonlyMap<string, StoredEntry>): string[] =>
  [...stored].flatMap(([key, { isGone }]) => (isGone ? [key] : []));

async function hasEntries(tx: Executor, feedId: number): Promise<boolean> {
  const rows = await tx.select({ id: entries.id }).from(entries).where(eq(entries.feedId, feedId)).limit(1);
  return rows.length > 0;
}

/** The rows of those entries that the feed already has, by key. */
async function loadStoredEntries(tx: Executor, feedId: number, seen: readonly FeedEntry[]): Promise<Map<string, StoredEntry>> {
  const rows = await tx
    .select({
      key: entries.key,
      // Null if it is gone: a tombstone may still name it (db/retention.ts).
      articleId: articles.id,
      url: entries.url,
      contentHash: entries.contentHash,
      site: entries.site,
      guid: entries.guid,
      language: entries.language,
      imageUrl: entries.imageUrl,
      categories: entries.categories,
      enclosures: entries.enclosures,
      goneSince: entries.goneSince,
    })
    .from(entries)
    .leftJoin(articles, eq(articles.id, entries.articleId))
    .where(and(eq(entries.feedId, feedId), sql`${entries.key} = any (${sql.param(seen.map(({ key }) => key))}::text[])`));
  return new Map(
    rows.map(({ key, articleId, url, contentHash, ...row }) => [
      key,
      {
        articleId,
        url,
        contentHash,
        site: row.site,
        isGone: row.goneSince !== null,
        details: serializeDetails({ ...row, enclosures: row.enclosures as Enclosure[] }),
      },
    ]),
  );
}

async function insertEntries(
  tx: Executor,
  feed: Pick<FeedRow, 'id' | 'url'>,
  fresh: readonly FeedEntry[],
  articleIds: ReadonlyMap<string, number>,
): Promise<{ articleId: number | null }[]> {
  const site = toSite(feed.url);
  const toValues = (entry: FeedEntry) => {
    const articleId = articleIds.get(toArticleUrl(feed, entry));
    if (articleId === undefined) throw new Error(`no article for entry ${entry.key} of feed ${feed.id}`);
    return { feedId: feed.id, articleId, site, ...toEntryRow(entry) };
  };
  return writeInSlices(fresh, (slice) =>
    tx
      .insert(entries)
      .values(slice.map(toValues))
      .onConflictDoNothing({ target: [entries.feedId, entries.key] })
      .returning({ articleId: entries.articleId }),
  );
}

const toEntryRow = (entry: FeedEntry) => ({
  key: entry.key,
  guid: entry.guid ?? null,
  url: entry.normalizedUrl ?? null,
  title: entry.title ?? null,
  authors: entry.authors,
  publishedAt: entry.publishedAt ?? null,
  publishedAs: entry.publishedAs ?? null,
  summaryHtml: entry.summaryHtml ?? null,
  contentHtml: entry.contentHtml ?? null,
  language: entry.language ?? null,
  imageUrl: entry.imageUrl ?? null,
  categories: entry.categories,
  enclosures: entry.enclosures,
  contentHash: entry.contentHash,
});
