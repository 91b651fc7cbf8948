import { type SQL, sql } from 'drizzle-orm';
import type { FeedEntry } from '../src/feeds/feed.js';
import type { KnownEntry } from '../src/feeds/recognize.js';
import { present } from '../src/text/present.js';
import type { Db } from './client.js';

/**
 * The feed's stored entries that the given ones may be, for `recognize` to decide: those with the same key, the same link or,
 * for entries without a link of their own, the same content. If there are none, those with the same title and date, since
 * a redesigned feed may have new keys and links throughout.
 *
 * However many rows say the same, only about as many are loaded as the document has entries: the newest.
 */
export async function loadKnownEntries(db: Db, feedId: number, seen: readonly FeedEntry[]): Promise<KnownEntry[]> {
  const found = await loadEntriesWhere(db, sql`id in (${selectSameEntries(feedId, seen)})`);
  if (found.length > 0) return found;
  const dated = seen.filter(({ title, publishedAt }) => title !== undefined && publishedAt !== undefined);
  return dated.length === 0 ? [] : loadEntriesWhere(db, sql`id in (${selectSameHeadlines(feedId, dated)})`);
}

/**
 * Rows that are loaded with one link or content, beyond as many as the document has entries with it: those entries may all be
 * known by their keys, and these are what another one may have been.
 */
const MORE_ROWS = 3;
/** Rows that are loaded with one title and date: enough to see that there are several, so that they identify nothing. */
const HEADLINE_ROWS = 2;

/** Reads no more index entries than it returns rows. */
function selectSameEntries(feedId: number, seen: readonly FeedEntry[]): SQL {
  const keys = sql.param(seen.map(({ key }) => key));
  const links = countEach(seen.flatMap(({ normalizedUrl }) => normalizedUrl ?? []));
  const hashes = countEach(
    seen.flatMap(({ normalizedUrl, sharesLink, contentHash }) => (normalizedUrl && !sharesLink ? [] : [contentHash])),
  );
  return sql`
    select id from feedmill_data.entries where feed_id = ${feedId} and key = any (${keys}::text[])
    union all
    select same.id from ${links} cross join lateral (
      select id from feedmill_data.entries e
      where e.feed_id = ${feedId} and md5(e.url) = md5(seen.text) and e.url = seen.text
      order by id desc limit seen.count + ${MORE_ROWS}::int
    ) as same
    union all
    select same.id from ${hashes} cross join lateral (
      select id from feedmill_data.entries e where e.feed_id = ${feedId} and e.content_hash = seen.text
      order by id desc limit seen.count + ${MORE_ROWS}::int
    ) as same`;
}

/** The distinct texts and how often each occurs, as the rows `seen (text, count)`. */
function countEach(texts: readonly string[]): SQL {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return sql`unnest(${sql.param([...counts.keys()])}::text[], ${sql.param([...counts.values()])}::int[]) as seen (text, count)`;
}

function selectSameHeadlines(feedId: number, dated: readonly FeedEntry[]): SQL {
  const titles = sql.param(dated.map(({ title }) => title));
  const dates = sql.param(dated.map(({ publishedAt }) => publishedAt?.toISOString()));
  return sql`
    select same.id
    from (select distinct * from unnest(${titles}::text[], ${dates}::timestamptz[]) as one (title, published_at)) as seen
    cross join lateral (
      select id from feedmill_data.entries e
      where e.feed_id = ${feedId} and e.published_at = seen.published_at and md5(e.title) = md5(seen.title)
      and e.title = seen.title
      order by id desc limit ${HEADLINE_ROWS}
    ) as same`;
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
