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
  const found = await loadEntries(db, selectSameEntries(feedId, seen));
  if (found.length > 0) return found;
  const dated = seen.filter(({ title, publishedAt }) => title !== undefined && publishedAt !== undefined);
  return dated.length === 0 ? [] : loadEntries(db, selectSameHeadlines(feedId, dated));
}

const COLUMNS = sql`id, key, guid, url, title, published_at, content_hash`;

/**
 * Rows that are loaded with one link or content, beyond as many as the document has entries with it: those entries may all be
 * known by their keys, and these are what another one may have been.
 */
const MORE_ROWS = 3;
/** Reads no more index entries than it returns rows. */
function selectSameEntries(feedId: number, seen: readonly FeedEntry[]): SQL {
  const keys = sql.param(seen.map(({ key }) => key));
  const links = countEach(seen.flatMap(({ normalizedUrl }) => normalizedUrl ?? []));
  const hashes = countEach(
    seen.flatMap(({ normalizedUrl, sharesLink, contentHash }) => (normalizedUrl && !sharesLink ? [] : [contentHash])),
  );
  return sql`
    select ${COLUMNS} from feedmill_data.entries where feed_id = ${feedId} and key = any (${keys}::text[])
    union all
    select same.* from ${links.seen} cross join lateral ${selectNewest(feedId, [sql`md5(url)`, sql`md5(seen.text)`], sql`url = seen.text`, links)} as same
    union all
    select same.* from ${hashes.seen} cross join lateral ${selectNewest(feedId, [sql`content_hash`, sql`seen.text`], sql`true`, hashes)} as same`;
}

/**
 * The newest entries of the feed whose indexed `column` has a value. Compared as rows and sorted by all columns of the index, so that no
 * other index gives the order: where many rows say the same, the planner would rather read all entries backwards by their ids. The
 * inner limit tells it that few are wanted.
 */
const selectNewest = (feedId: number, [column, value]: readonly [SQL, SQL], condition: SQL, { most }: Counted): SQL => sql`(
  select * from (
    select ${COLUMNS} from feedmill_data.entries
    where feed_id = ${feedId} and (${column}, id) >= (${value}, 0) and (${column}, id) < (${value}, ${MAX_ID}) and ${condition}
    order by ${column} desc, id desc limit ${most + MORE_ROWS}::int
  ) as newest
  limit seen.count + ${MORE_ROWS}::int
)`;

/** No id reaches this. */
const MAX_ID = sql`9223372036854775807::bigint`;

/** Distinct texts and how often each occurs, as the rows `seen (text, count)`, and how often the most frequent one does. */
interface Counted {
  seen: SQL;
  most: number;
}

function countEach(texts: readonly string[]): Counted {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return {
    seen: sql`unnest(${sql.param([...counts.keys()])}::text[], ${sql.param([...counts.values()])}::int[]) as seen (text, count)`,
    most: Math.max(0, ...counts.values()),
  };
}

/** Of each title and date, two rows: enough to see that there are several, so that they identify nothing. */
function selectSameHeadlines(feedId: number, dated: readonly FeedEntry[]): SQL {
  const titles = sql.param(dated.map(({ title }) => title));
  const dates = sql.param(dated.map(({ publishedAt }) => publishedAt?.toISOString()));
  const headline = (id: SQL) => sql`(seen.published_at, md5(seen.title), ${id})`;
  return sql`
    select same.*
    from (select distinct * from unnest(${titles}::text[], ${dates}::timestamptz[]) as one (title, published_at)) as seen
    cross join lateral (
      select ${COLUMNS} from feedmill_data.entries e
      where feed_id = ${feedId} and (published_at, md5(title), id) >= ${headline(sql`0`)}
        and (published_at, md5(title), id) < ${headline(MAX_ID)} and e.title = seen.title
      order by published_at desc, md5(e.title) desc, id desc limit 2
    ) as same`;
}

/** Each entry once, the oldest first. */
async function loadEntries(db: Db, query: SQL): Promise<KnownEntry[]> {
  const { rows } = await db.execute<{
    id: string;
    key: string;
    guid: string | null;
    url: string | null;
    title: string | null;
    published_at: string | null;
    content_hash: string;
  }>(query);
  const byId = new Map(rows.map((row) => [Number(row.id), row]));
  return [...byId]
    .sort(([a], [b]) => a - b)
    .map(([, { key, guid, url, title, published_at: publishedAt, content_hash: contentHash }]) => ({
      key,
      contentHash,
      ...present({ guid, normalizedUrl: url, title, publishedAt: publishedAt === null ? null : new Date(publishedAt) }),
    }));
}
