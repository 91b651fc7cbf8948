import { type SQL, sql } from 'drizzle-orm';
import type { Db, Executor } from './client.js';
import { lockPartitionedTables, withPartitionsLocked } from './partitions.js';

/** Records deleted in one transaction. Few, since a long transaction holds back the change cursor for all consumers. */
const BATCH = 100;
/** The same where what belongs to them is left to the end of their range: about a tenth of a second. */
const RANGE_BATCH = 2_000;
/** Entries that become tombstones in one transaction at the end of a range: some tenths of a second. */
const ENTRIES_BATCH = 5_000;
/** They are chosen among so many: more of a feed are together than in a smaller part, and a whole range takes long to read. */
const ENTRIES_READ = 100_000;
/** What belongs to a record waits for the end of its range where that is this near: a share of its maximum age, and days at least. */
const NEAR_SHARE = 0.1;
const NEAR_DAYS = 2;

/** A tombstone: what an entry is recognized by, without content or article. */
const TOMBSTONE = sql`
  article_id = null, summary_html = null, content_html = null, image_url = null, authors = '{}', categories = '{}', enclosures = '[]'`;

/**
 * Deletes the oldest records that were stored more than `days` ago, and articles that failed that long ago. Their entries stay as
 * tombstones, so that an item that is still in its feed does not count as new. Where a whole range of ids expires soon, only the
 * articles are deleted; their entries become tombstones once all of them are gone, and the rest goes with the range's partitions.
 * @returns whether there may be more to delete.
 */
export const expireRecords = async (db: Db, days: number): Promise<boolean> =>
  (await db.transaction((tx) => deleteBatch(tx, days))) || endRange(db);

/**
 * Ends a range of ids whose articles are all gone, however they were deleted: makes tombstones of entries, and then drops the partitions.
 * @returns whether there may be more to do.
 */
export const endRange = async (db: Db): Promise<boolean> =>
  // The partitions last, since that fails while a session holds on to the tables.
  (await db.transaction(buryEntries)) || withPartitionsLocked(db, dropEmptyRange);

async function deleteBatch(tx: Executor, days: number): Promise<boolean> {
  const before = sql`now() - ${days}::int * interval '1 day'`;
  const inRange = await chooseFromRange(tx, before, Math.max(NEAR_DAYS, Math.floor(days * NEAR_SHARE)));
  if (inRange.length > 0) {
    await tx.execute(sql`select set_config('feedmill.ranges_end', 'on', true)`);
    await deleteArticles(tx, inRange);
    return true;
  }
  const ids = await chooseOldest(tx, before);
  if (ids.length === 0) return false;
  await tx.execute(sql`update feedmill_data.entries set ${TOMBSTONE} where article_id = any (${sql.param(ids)}::bigint[])`);
  await deleteArticles(tx, ids);
  return ids.length === BATCH;
}

/** Expired records of the oldest range of which the last record, too, expires within `nearDays`. */
async function chooseFromRange(tx: Executor, before: SQL, nearDays: number): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    with ending as (
      select lower, upper from feedmill_data.id_ranges r
      where exists (select from feedmill_data.articles a where a.id >= r.upper)
        and (select a.stored_at from feedmill_data.articles a
             where a.id >= r.lower and a.id < r.upper and a.stored_at is not null order by a.id desc limit 1)
          < ${before} + ${nearDays}::int * interval '1 day'
      order by lower
    )
    select a.id from ending, lateral (
      select id from feedmill_data.articles
      where id >= ending.lower and id < ending.upper and stored_at < ${before} order by id limit ${RANGE_BATCH}
      for update skip locked) a
    limit ${RANGE_BATCH}`);
  return rows.map(({ id }) => id);
}

async function chooseOldest(tx: Executor, before: SQL): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select id from feedmill_data.articles where id in (
      (select id from feedmill_data.articles where stored_at < ${before} order by stored_at limit ${BATCH})
      union all
      (select id from feedmill_data.articles
       where error is not null and stored_at is null and due_at is null and updated_at < ${before}
       order by updated_at limit ${BATCH})
    ) order by coalesce(stored_at, updated_at) limit ${BATCH} for update skip locked`);
  return rows.map(({ id }) => id);
}

const deleteArticles = (tx: Executor, ids: readonly string[]) =>
  tx.execute(sql`delete from feedmill_data.articles where id = any (${sql.param([...ids])}::bigint[])`);

/**
 * Makes tombstones of the entries of a range whose articles are gone. A batch goes feed by feed, since most indexes begin with the
 * feed: day by day, each entry would touch a page of its own in each index.
 */
async function buryEntries(tx: Executor): Promise<boolean> {
  // Else the planner, which can't know how far apart they are, reads the whole table to find a batch.
  await tx.execute(sql`select set_config('enable_seqscan', 'off', true)`);
  const { rowCount } = await tx.execute(sql`
    with left_over as materialized (
      select e.id, e.feed_id from feedmill_data.ended_range() r
      cross join lateral (
        select id, feed_id from feedmill_data.entries
        where article_id >= r.lower and article_id < r.upper order by article_id limit ${ENTRIES_READ}) e
    ), locked as materialized (
      select e.id from (select id from left_over order by feed_id limit ${ENTRIES_BATCH}) chosen
      join feedmill_data.entries e on e.id = chosen.id for update of e skip locked
    )
    update feedmill_data.entries e set ${TOMBSTONE} from locked where e.id = locked.id`);
  return rowCount === ENTRIES_BATCH;
}

async function dropEmptyRange(tx: Executor): Promise<boolean> {
  // Looks before it locks.
  if ((await tx.execute(sql`select where feedmill_data.empty_range() is not null`)).rows.length === 0) return false;
  await lockPartitionedTables(tx);
  const { rows } = await tx.execute<{ dropped: boolean }>(sql`select feedmill_data.drop_empty_range() as dropped`);
  return rows[0]?.dropped === true;
}
