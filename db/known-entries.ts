import { type SQL, sql } from 'drizzle-orm';
import type { FeedEntry } from '../src/feeds/feed.js';
import type { KnownEntry } from '../src/feeds/recognize.js';
import { present } from '../src/text/present.js';
import type { Db } from './client.js';

/**
 * The feed's stored entries that the given ones may be, for `recognize` to decide: those with the same key, the same link or,
 * for entries without a link of their own, the same content. If there are none, those with the same title and date, since
 * a redesigned feed may have new keys and links throughout.
 */
export async function loadKnownEntries(db: Db, feedId: number, seen: readonly FeedEntry[]): Promise<KnownEntry[]> {
  const found = await loadEntriesWhere(db, sql`id in (${selectSameEntries(feedId, seen)})`);
  if (found.length > 0) return found;
  const dated = seen.filter(({ title, publishedAt }) => title !== undefined && publishedAt !== undefined);
  const titles = dated.map(({ title }) => title);
  const dates = dated.map(({ publishedAt }) => publishedAt?.toISOString());
  return loadEntriesWhere(
    db,
    sql`feed_id = ${feedId} and title = any (${sql.param(titles)}::text[]) and published_at = any (${sql.param(dates)}::timestamptz[])`,
  );
}

/**
 * Links are looked up through the articles, whose URLs are indexed. Tombstones have no article, so they are searched among
 * the feed's own entries, and only if there are any tombstones at all.
 */
function selectSameEntries(feedId: number, seen: readonly FeedEntry[]): SQL {
  const keys = sql.param(seen.map(({ key }) => key));
  const urls = sql.param(seen.flatMap(({ normalizedUrl }) => normalizedUrl ?? []));
  const hashes = seen.flatMap(({ normalizedUrl, sharesLink, contentHash }) =>
    normalizedUrl && !sharesLink ? [] : [contentHash],
  );
  const sameContent = sql`
    union all
    select id from feedmill_data.entries where feed_id = ${feedId} and content_hash = any (${sql.param(hashes)}::text[])`;
  return sql`
    select id from feedmill_data.entries where feed_id = ${feedId} and key = any (${keys}::text[])
    union all
    select e.id from feedmill_data.articles a join feedmill_data.entries e on e.article_id = a.id
    where a.url = any (${urls}::text[]) and e.feed_id = ${feedId}
    union all
    select id from feedmill_data.entries where feed_id = ${feedId} and article_id is null and url = any (${urls}::text[])
    and exists (select 1 from feedmill_data.entries where article_id is null)
    ${hashes.length === 0 ? sql`` : sameContent}`;
}

async function loadEntriesWhere(db: Db, condition: SQL): Promise<KnownEntry[]> {
  const { rows } = await db.execute<{
    key: string;
    guid: string | null;
    url: string | null;
    title: string | null;
    published_at: string | null;
    content_hash: string;
  }>(sql`select key, guid, url, title, published_at, content_hash from feedmill_data.entries where ${condition} order by id`);
  return rows.map(({ key, guid, url, title, published_at: publishedAt, content_hash: contentHash }) => ({
    key,
    contentHash,
    ...present({ guid, normalizedUrl: url, title, publishedAt: publishedAt === null ? null : new Date(publishedAt) }),
  }));
}
