import { type SQL, sql } from 'drizzle-orm';
import type { Db } from './client.js';

/** Counts for the status line and `feedmill status`. */
export interface Status extends Record<string, unknown> {
  feeds: number;
  /** Feeds and articles whose time has come, or that are being worked on. */
  due: number;
  /** Articles without a record that are still being tried. */
  pending: number;
  stored: number;
  /** Articles that ended without a record. */
  failed: number;
  /** Since when most sites can't be reached, so that the fault is ours and counts against no feed; null: they can. */
  outage_since: string | null;
}

export interface FeedListing extends Record<string, unknown> {
  id: number;
  url: string;
  title: string | null;
  folder: string | null;
  content: string;
  records: number;
  polled_at: string | null;
  next_poll_at: string | null;
  due_reasons: string[];
  moved_to: string | null;
  failures: number;
  last_error: string | null;
  created_at: string;
}

/** A feed by its id or its address. */
export type FeedName = { id: number } | { url: string };

const listFeeds = (where: SQL) => sql`
  select f.id::int, f.url, f.title, f.folder, f.content,
         (select count(*)::int from feedmill_data.articles a where a.feed_id = f.id and a.stored_at is not null) as records,
         f.polled_at, f.due_at as next_poll_at, f.due_reasons, f.moved_to, f.failures, f.last_error, f.created_at
  from feedmill_data.feeds f where ${where} order by f.id`;

const BLOCKED = sql`select from feedmill_data.hosts where blocked_until > now()`;

/** What the command line reads. Column names are those of the views. */
export const reportStore = (db: Db) => ({
  async status(): Promise<Status> {
    const { rows } = await db.execute<Status>(sql`
      select (select count(*)::int from feedmill_data.feeds) as feeds,
             ((select count(*) from feedmill_data.feeds where due_at <= now())
               + (select count(*) from feedmill_data.articles where due_at <= now()))::int as due,
             count(*) filter (where status = 'pending')::int as pending,
             count(*) filter (where stored_at is not null)::int as stored,
             count(*) filter (where status = 'failed')::int as failed,
             (select started_at from feedmill_data.outages where ended_at is null and believed_at is not null) as outage_since
      from feedmill_data.articles`);
    const [row] = rows;
    if (!row) throw new Error('the status query gave no row');
    return row;
  },

  async listFeeds(): Promise<FeedListing[]> {
    return (await db.execute<FeedListing>(listFeeds(sql`true`))).rows;
  },

  async findFeed(name: FeedName): Promise<FeedListing | undefined> {
    const where =
      'id' in name ? sql`f.id = ${name.id}` : sql`(f.url = ${name.url} or feedmill_data.without_secrets(f.url) = ${name.url})`;
    return (await db.execute<FeedListing>(listFeeds(where))).rows[0];
  },

  /** The newest records first, with the view's columns. */
  async records({ limit, feedId }: { limit: number; feedId?: number }): Promise<Record<string, unknown>[]> {
    const where = feedId === undefined ? sql`true` : sql`feed_id = ${feedId}`;
    const { rows } = await db.execute(
      sql`select * from feedmill.records where ${where} order by stored_at desc, id desc limit ${limit}`,
    );
    return rows.map((row) => ({ ...row, id: Number(row.id) }));
  },

  /** Feeds whose last poll failed, and articles that ended without their page. */
  async failures({ limit }: { limit: number }): Promise<Record<string, unknown>[]> {
    const { rows } = await db.execute(sql`
      (select 'feed' as kind, id::int, url, last_error as error, failures as attempts, due_at as next_try_at
       from feedmill_data.feeds where failures > 0 or due_at is null order by failures desc limit ${limit})
      union all
      (select 'article', id::int, url, coalesce(error_text, error), attempts, due_at
       from feedmill_data.articles where error is not null order by updated_at desc limit ${limit})`);
    return rows;
  },

  /**
   * How far a poll asked for at `since` is: feeds not polled since, and their articles that were not yet tried once.
   * What waits for a host that has to be left alone is not waited for.
   */
  async leftToDo(since: Date, ids?: readonly number[]): Promise<{ feeds: number; articles: number }> {
    const of = (column: SQL) => (ids ? sql`and ${column} = any (${sql.param([...ids])}::bigint[])` : sql``);
    const { rows } = await db.execute<{ feeds: number; articles: number }>(sql`
      select (select count(*)::int from feedmill_data.feeds
               where due_at is not null and (polled_at is null or polled_at < ${since.toISOString()}::timestamptz) ${of(sql`id`)}
                 and not exists (${BLOCKED} and hosts.host = feeds.host)) as feeds,
             (select count(*)::int from feedmill_data.articles
               where due_at is not null and error is null and not revisit ${of(sql`feed_id`)}
                 and not exists (${BLOCKED} and hosts.host = articles.host)) as articles`);
    return rows[0] ?? { feeds: 0, articles: 0 };
  },

  /** Feeds not polled since then whose host has to be left alone (Retry-After, no answer), and until when. */
  async heldUp(since: Date, ids?: readonly number[]): Promise<Record<string, unknown>[]> {
    const { rows } = await db.execute(sql`
      select f.id::int, f.url, h.blocked_until from feedmill_data.feeds f join feedmill_data.hosts h on h.host = f.host
      where f.due_at is not null and h.blocked_until > now() and (f.polled_at is null or f.polled_at < ${since.toISOString()}::timestamptz)
        ${ids ? sql`and f.id = any (${sql.param([...ids])}::bigint[])` : sql``} order by f.id`);
    return rows;
  },

  /** The last poll of each feed that began at or after `since`. */
  async pollsSince(since: Date, ids?: readonly number[]): Promise<Record<string, unknown>[]> {
    const { rows } = await db.execute(sql`
      select distinct on (p.feed_id) f.id::int, f.url, p.outcome, p.status, p.bytes, p.entries_seen, p.entries_new, p.duration_ms, p.error, p.started_at
      from feedmill_data.polls p join feedmill_data.feeds f on f.id = p.feed_id
      where p.started_at >= ${since.toISOString()}::timestamptz ${ids ? sql`and p.feed_id = any (${sql.param([...ids])}::bigint[])` : sql``}
      order by p.feed_id, p.started_at desc`);
    return rows;
  },

  /** The database's clock: rows are compared with it, not with ours. */
  async databaseTime(): Promise<Date> {
    const { rows } = await db.execute<{ now: string }>(sql`select clock_timestamp()::text as now`);
    return new Date(rows[0]?.now ?? Number.NaN);
  },
});
