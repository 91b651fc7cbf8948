import { type SQL, sql } from 'drizzle-orm';
import type { FeedName } from '../src/cli/app.js';
import type { FeedState } from '../src/feeds/select-feeds.js';
import type { Db } from './client.js';
import { readDueArticles, readDueRows } from './due.js';
import { countRemaining, loadHeldUpFeeds, loadPollsSince } from './progress.js';

/** Counts for the status line and `feedmill status`. */
export interface Status extends Record<string, unknown> {
  feeds: number;
  /** Feeds and articles that are due and not claimed; at most 100,000 of each are counted. */
  due: number;
  /** Articles without a record that are still being tried. */
  pending: number;
  stored: number;
  /** Articles that ended without a record. */
  failed: number;
  /** Since when most sites can't be reached, so that the fault is ours and no feed is blamed; null: they can be reached. */
  outage_since: string | null;
}

type Counted = Pick<Status, 'feeds' | 'pending' | 'stored' | 'failed' | 'outage_since'>;

/** A row of `feedmill list`. */
export interface FeedListing extends Record<string, unknown> {
  id: number;
  url: string;
  title: string | null;
  folder: string | null;
  state: FeedState;
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

/** What the command line reads. Columns have the names of the views. */
export const reportStore = (db: Db) => ({
  loadStatus: () => loadStatus(db),
  /** The feeds that are subscribed to, or those of these ids, in batches in the order of their ids. */
  readFeeds: (ids?: readonly number[]) => (ids ? readFeedsById(db, ids) : readSubscribedFeeds(db)),
  loadFeedListing: (name: FeedName) => loadFeedListing(db, name),
  loadFailures: (options: { limit: number }) => loadFailures(db, options),

  countRemaining: (since: Date, ids?: readonly number[]) => countRemaining(db, since, ids),
  loadHeldUpFeeds: (since: Date, ids?: readonly number[]) => loadHeldUpFeeds(db, since, ids),
  loadPollsSince: (since: Date, ids?: readonly number[]) => loadPollsSince(db, since, ids),
  readDatabaseTime: () => readDatabaseTime(db),
});

/** In milliseconds at any size: articles are counted by their feeds' counters, and what is due is counted up to a limit (db/due.ts). */
async function loadStatus(db: Db): Promise<Status> {
  const { rows } = await db.execute<Counted>(sql`
    select (select count(*)::int from feedmill_data.feeds where removed_at is null) as feeds,
           pending::int, stored::int, failed::int,
           (select started_at from feedmill_data.outages where ended_at is null and believed_at is not null) as outage_since
    from feedmill_data.total_counts`);
  const [row] = rows;
  if (!row) throw new Error('the status query gave no row');
  const { feeds, ...counts } = row;
  return { feeds, due: (await readDueRows(db, 'feeds')).rows + (await readDueArticles(db)).rows, ...counts };
}

/** Feeds that are loaded at a time: a million of them would not fit into memory. */
const PAGE = 1_000;

async function* readSubscribedFeeds(db: Db): AsyncGenerator<FeedListing[]> {
  let after = 0;
  for (;;) {
    const rows = await loadFeeds(db, (id) => sql`${id} > ${after} and f.removed_at is null`);
    const last = rows.at(-1);
    if (last) yield rows;
    if (!last || rows.length < PAGE) return;
    after = last.id;
  }
}

async function* readFeedsById(db: Db, ids: readonly number[]): AsyncGenerator<FeedListing[]> {
  const sorted = ids.toSorted((one, other) => one - other);
  for (let start = 0; start < sorted.length; start += PAGE) {
    const rows = await loadFeeds(db, (id) => sql`${id} = any (${sql.param(sorted.slice(start, start + PAGE))}::bigint[])`);
    if (rows.length > 0) yield rows;
  }
}

/** @param select the feeds, by their id. The condition is given for both sides of the join: Postgres would read all feeds of the other. */
async function loadFeeds(db: Db, select: (id: SQL) => SQL): Promise<FeedListing[]> {
  const { rows } = await db.execute<FeedListing>(sql`
    select f.id::int, f.url, f.title, f.folder, v.state, f.content,
           v.records::int,
           f.polled_at, f.due_at as next_poll_at, f.due_reasons, f.moved_to, f.failures, f.last_error, f.created_at
    from feedmill_data.feeds f join feedmill.feeds v on v.id = f.id
    where ${select(sql`f.id`)} and ${select(sql`v.id`)} order by f.id limit ${PAGE}`);
  return rows;
}

/** A feed by its id or address; the address may leave out the name and password. Undefined when there is none. */
async function loadFeedListing(db: Db, name: FeedName): Promise<FeedListing | undefined> {
  const select = (id: SQL) =>
    'id' in name ? sql`${id} = ${name.id}` : sql`(f.url = ${name.url} or feedmill_data.without_secrets(f.url) = ${name.url})`;
  return (await loadFeeds(db, select))[0];
}

/** Feeds whose last poll failed, by their own fault or ours, and articles whose page could not be fetched. */
async function loadFailures(db: Db, { limit }: { limit: number }): Promise<Record<string, unknown>[]> {
  const { rows } = await db.execute(sql`
    (select 'feed' as kind, id::int, url, case when faults > 0 and failures = 0 then due_reasons[1] else last_error end as error,
       failures + faults as attempts, due_at as next_try_at
     from feedmill_data.feeds
     where removed_at is null and (failures > 0 or faults > 0 or (due_at is null and paused_at is null)) order by failures + faults desc limit ${limit})
    union all
    (select 'article', id::int, url, coalesce(error_text, error), attempts, due_at
     from feedmill_data.articles where error is not null order by updated_at desc limit ${limit})`);
  return rows;
}

/** The time on the database's clock, which is the one that rows are compared with. */
async function readDatabaseTime(db: Db): Promise<Date> {
  const { rows } = await db.execute<{ now: string }>(sql`select clock_timestamp()::text as now`);
  return new Date(rows[0]?.now ?? Number.NaN);
}
