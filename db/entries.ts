import { and, eq, sql } from 'drizzle-orm';
import type { Enclosure, FeedEntry } from '../src/feeds/feed.js';
import type { FeedRow } from '../src/jobs/subscribed-feed.js';
import { toSite } from '../src/text/site.js';
import type { Db, Executor } from './client.js';
import { type EntryOptions, findOrAddArticles, toArticleUrl } from './entry-articles.js';
import { type ChangedEntry, type StoredEntry, updateEntries } from './entry-updates.js';
import { lockUnderLease } from './fence.js';
import { takeOverArticles } from './ownership.js';
import { entries } from './schema/entries.js';
import { writeInSlices } from './slices.js';

/** What a document's entries changed. */
export interface EntriesAdded {
  new: number;
  changed: number;
  /** New entries that were not stored, because the feed has brought as many as a day may bring. */
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
  if (seen.length === 0) return { new: 0, changed: 0, leftOut: 0, possibleGap: false };
  const site = toSite(feed.url);
  return db.transaction(async (tx) => {
    if (!(await lockFeed(tx, feed))) return 'stale';
    const stored = await loadStoredEntries(tx, feed.id, seen);
    const unknown = seen.filter(({ key }) => !stored.has(key));
    const fresh = unknown.length === 0 ? [] : await takeAllowed(tx, options.maxNewPerDay, feed.id, unknown);
    const changed = seen.flatMap((entry) => findChange(entry, stored.get(entry.key), site) ?? []);
    const hadEntries = stored.size > 0 || (await hasEntries(tx, feed.id));

    const articleIds = await findOrAddArticles(tx, options, feed, fresh);
    const newOnSite = changed.filter(({ stored }) => stored.site !== site).map(({ entry }) => entry);
    await takeOverArticles(tx, options, feed, [...fresh, ...newOnSite]);
    const added = fresh.length === 0 ? [] : await insertEntries(tx, feed, fresh, articleIds);
    if (changed.length > 0) await updateEntries(tx, options, feed, changed);
    return {
      new: added.length,
      changed: changed.filter(({ edited }) => edited).length,
      leftOut: unknown.length - fresh.length,
      possibleGap: hadEntries && stored.size === 0,
    };
  });
}

/**
 * Locks a feed, so that a poll and a push write one after the other.
 * @returns false when its poll's lease no longer holds, or the feed is gone.
 */
export async function lockFeed(tx: Executor, { id, leaseEnd }: Pick<FeedRow, 'id' | 'leaseEnd'>): Promise<boolean> {
  if (leaseEnd) return lockUnderLease(tx, 'feeds', { id, leaseEnd });
  const { rows } = await tx.execute(sql`select 1 from feedmill_data.feeds where id = ${id} for update`);
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

/** The newest of the new entries, as many as the feed may still bring. Those that are left out are new again at the next poll. */
async function takeAllowed(tx: Executor, maxPerDay: number, feedId: number, unknown: readonly FeedEntry[]): Promise<FeedEntry[]> {
  const { rows } = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from (
      select 1 from feedmill_data.entries
      where feed_id = ${feedId} and first_seen_at > now() - interval '24 hours' limit ${maxPerDay}) as today`);
  const allowed = maxPerDay - (rows[0]?.count ?? 0);
  if (unknown.length <= allowed) return [...unknown];
  // Sorting is stable: entries without a date stay in the order of the document, which is newest first as a rule.
  return [...unknown].sort((a, b) => (b.publishedAt?.getTime() ?? 0) - (a.publishedAt?.getTime() ?? 0)).slice(0, allowed);
}

async function hasEntries(tx: Executor, feedId: number): Promise<boolean> {
  const rows = await tx.select({ id: entries.id }).from(entries).where(eq(entries.feedId, feedId)).limit(1);
  return rows.length > 0;
}

/** The rows of those entries that the feed already has, by key. */
async function loadStoredEntries(tx: Executor, feedId: number, seen: readonly FeedEntry[]): Promise<Map<string, StoredEntry>> {
  const rows = await tx
    .select({
      key: entries.key,
      articleId: entries.articleId,
      url: entries.url,
      contentHash: entries.contentHash,
      site: entries.site,
      guid: entries.guid,
      language: entries.language,
      imageUrl: entries.imageUrl,
      categories: entries.categories,
      enclosures: entries.enclosures,
    })
    .from(entries)
    .where(and(eq(entries.feedId, feedId), sql`${entries.key} = any (${sql.param(seen.map(({ key }) => key))}::text[])`));
  return new Map(
    rows.map(({ key, articleId, url, contentHash, ...row }) => [
      key,
      {
        articleId,
        url,
        contentHash,
        site: row.site,
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
): Promise<{ id: number }[]> {
  const toValues = (entry: FeedEntry) => {
    const articleId = articleIds.get(toArticleUrl(feed, entry));
    if (articleId === undefined) throw new Error(`no article for entry ${entry.key} of feed ${feed.id}`);
    return { feedId: feed.id, articleId, site: toSite(feed.url), ...toEntryRow(entry) };
  };
  return writeInSlices(fresh, (slice) =>
    tx
      .insert(entries)
      .values(slice.map(toValues))
      .onConflictDoNothing({ target: [entries.feedId, entries.key] })
      .returning({ id: entries.id }),
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
