import { type SQL, sql } from 'drizzle-orm';
import type { Db, Executor } from './client.js';
import { withPartitionsLocked } from './partitions.js';

/** Records deleted in one transaction. Few, since a long transaction holds back the change cursor for all consumers. */
const BATCH = 100;
/** The same where what is long is left to the end of its partition: about the same time. */
const RANGE_BATCH = 500;
/** What is long waits for the end of its partition where that is this near, in days. */
const NEAR_DAYS = 2;

/**
 * Deletes the oldest records that were stored more than `days` ago, and articles that failed that long ago. Their entries stay
 * as tombstones: the columns that identify them, without content or article. So an item that is still in its feed does not count
 * as new. Where a whole range of ids expires within days, its bodies, revisions and pages go with its partitions.
 * @returns whether there may be more to delete.
 */
export async function expireRecords(db: Db, days: number): Promise<boolean> {
  const before = sql`now() - ${days}::int * interval '1 day'`;
  const more = await db.transaction(async (tx) => {
    const inRange = await chooseFromRange(tx, before);
    if (inRange.length > 0) {
      await tx.execute(sql`select set_config('feedmill.ranges_end', 'on', true)`);
      await deleteRecords(tx, inRange);
      return true;
    }
    const ids = await chooseOldest(tx, before);
    await deleteRecords(tx, ids);
    return ids.length === BATCH;
  });
  // Last, since it fails while a session holds on to the tables.
  return more || withPartitionsLocked(db, dropEmptyRange);
}

async function dropEmptyRange(tx: Executor): Promise<boolean> {
  const { rows } = await tx.execute<{ dropped: boolean }>(sql`select feedmill_data.drop_empty_range() as dropped`);
  return rows[0]?.dropped === true;
}

/** Expired records of the oldest range of which the last record, too, expires soon. */
async function chooseFromRange(tx: Executor, before: SQL): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    with ending as (
      select lower, upper from feedmill_data.id_ranges r
      where exists (select from feedmill_data.articles a where a.id >= r.upper)
        and (select a.stored_at from feedmill_data.articles a
             where a.id >= r.lower and a.id < r.upper and a.stored_at is not null order by a.id desc limit 1)
          < ${before} + ${NEAR_DAYS}::int * interval '1 day'
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

async function deleteRecords(tx: Executor, chosen: readonly string[]): Promise<void> {
  if (chosen.length === 0) return;
  const ids = sql.param([...chosen]);
  await tx.execute(sql`
    update feedmill_data.entries
    set article_id = null, summary_html = null, content_html = null, image_url = null, authors = '{}', categories = '{}',
        enclosures = '[]'
    where article_id = any (${ids}::bigint[])`);
  await tx.execute(sql`delete from feedmill_data.articles where id = any (${ids}::bigint[])`);
}
