import { type SQL, sql } from 'drizzle-orm';
import type { Db } from './client.js';

/** Restricts `column` to the given feeds; no restriction when there are none. */
const amongFeeds = (column: SQL, ids: readonly number[] | undefined): SQL =>
  ids ? sql`and ${column} = any (${sql.param([...ids])}::bigint[])` : sql``;

const timestamp = (date: Date): SQL => sql`${date.toISOString()}::timestamptz`;

const BLOCKED = sql`select from feedmill_data.hosts where blocked_until > now()`;

/**
 * What is left of a poll that was asked for at `since`: feeds not polled since then, and their articles that were not tried
 * once. Rows of a host that must not be asked for now are not counted.
 */
export async function countRemaining(db: Db, since: Date, ids?: readonly number[]): Promise<{ feeds: number; articles: number }> {
  const { rows } = await db.execute<{ feeds: number; articles: number }>(sql`
    select (select count(*)::int from feedmill_data.feeds
             where due_at is not null and (polled_at is null or polled_at < ${timestamp(since)}) ${amongFeeds(sql`id`, ids)}
               and not exists (${BLOCKED} and hosts.host = feeds.host)) as feeds,
           (select count(*)::int from feedmill_data.articles
             where due_at is not null and error is null and not revisit ${amongFeeds(sql`feed_id`, ids)}
               and not exists (${BLOCKED} and hosts.host = articles.host)) as articles`);
  return rows[0] ?? { feeds: 0, articles: 0 };
}

/** Feeds not polled since then because their host must not be asked (Retry-After, no answer), and until when. */
export async function loadHeldUpFeeds(db: Db, since: Date, ids?: readonly number[]): Promise<Record<string, unknown>[]> {
  const { rows } = await db.execute(sql`
    select f.id::int, f.url, h.blocked_until from feedmill_data.feeds f join feedmill_data.hosts h on h.host = f.host
    where f.due_at is not null and h.blocked_until > now() and (f.polled_at is null or f.polled_at < ${timestamp(since)})
      ${amongFeeds(sql`f.id`, ids)} order by f.id`);
  return rows;
}

/** The latest poll of each feed that started at or after `since`. */
export async function loadPollsSince(db: Db, since: Date, ids?: readonly number[]): Promise<Record<string, unknown>[]> {
  const { rows } = await db.execute(sql`
    select distinct on (p.feed_id) f.id::int, f.url, p.outcome, p.status, p.bytes, p.entries_seen, p.entries_new, p.entries_left_out, p.duration_ms,
      p.error, p.started_at
    from feedmill_data.polls p join feedmill_data.feeds f on f.id = p.feed_id
    where p.started_at >= ${timestamp(since)} ${amongFeeds(sql`p.feed_id`, ids)}
    order by p.feed_id, p.started_at desc`);
  return rows;
}
