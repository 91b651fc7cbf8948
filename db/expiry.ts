import { type SQL, sql } from 'drizzle-orm';
import type { Db } from './client.js';

/**
 * What ends by its age alone. Each function deletes one batch of the oldest rows, found by an index, and returns whether there may
 * be more. Records end in retention.ts, pages in pages.ts, outcomes in reextractions.ts, tombstones in tombstones.ts, dead letters in
 * delivery-results.ts. What is late shows overdue.ts. docs/operating.md lists all of them with the reasons ("What is deleted when").
 */

/** Rows deleted in one transaction: hundredths of a second. */
const BATCH = 1_000;
/**
 * How long a host or a robots.txt is kept after its last use, in days. Both are made again when they are needed, and what they say
 * (how fast the host answers, its rules) is out of date by then.
 */
export const UNUSED_DAYS = 30;
/** How long an outage is kept, in days: enough to compare with the year before. */
export const OUTAGE_DAYS = 400;

const before = (days: number): SQL => sql`now() - ${days}::int * interval '1 day'`;

/** Deletes polls that began more than `days` ago. */
export async function expirePolls(db: Db, days: number): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    delete from feedmill_data.polls where id = any (array(
      select id from feedmill_data.polls where started_at < ${before(days)}
      order by started_at limit ${BATCH} for update skip locked))`);
  return rowCount === BATCH;
}

/**
 * Deletes changes older than `days`, in the order of the cursor and only those that it gives out by now, and notes the last one: a
 * cursor before it is refused (read_cursor in db/contract/20-changes.sql).
 */
export async function expireChanges(db: Db, days: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    // Looks before it locks, since a row lock uses up a transaction id.
    if ((await tx.execute(selectOldChanges(days, 1))).rows.length === 0) return false;
    await tx.execute(sql`select from feedmill_data.contract for no key update`);
    const { rows } = await tx.execute<{ cursor: string }>(selectOldChanges(days, BATCH));
    const last = rows.at(-1);
    if (!last) return false;
    await tx.execute(sql`
      delete from feedmill_data.changes c
      using feedmill_data.contract, feedmill_data.parse_cursor(expired_cursor) as first, feedmill_data.parse_cursor(${last.cursor}) as last
      where (c.epoch, c.tx, c.id) > (first.epoch, first.tx, first.id) and (c.epoch, c.tx, c.id) <= (last.epoch, last.tx, last.id)`);
    await tx.execute(sql`update feedmill_data.contract set expired_cursor = ${last.cursor}`);
    return rows.length === BATCH;
  });
}

/**
 * The first changes that are kept, up to the first that is too young: the order of the cursor is that of the transactions, which is not
 * exactly that of the times.
 */
const selectOldChanges = (days: number, limit: number): SQL => sql`
  select cursor from (
    select concat_ws('.', c.epoch, c.tx, c.id) as cursor, c.n, bool_and(c.changed_at < ${before(days)}) over (order by c.n) as old
    from feedmill_data.contract, feedmill_data.parse_cursor(expired_cursor) as first,
      lateral (
        select changes.*, row_number() over (order by epoch, tx, id) as n from feedmill_data.changes
        where (epoch, tx, id) > (first.epoch, first.tx, first.id)
          and (tx < pg_snapshot_xmin(pg_current_snapshot()) or epoch < contract.epoch)
        order by epoch, tx, id limit ${limit}
      ) as c
  ) as oldest
  where old order by n`;

/** Deletes hosts that nothing waits for, and that were not asked for a while. One with a gap of the user's own stays. */
export async function expireHosts(db: Db): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    delete from feedmill_data.hosts where host = any (array(
      select host from feedmill_data.hosts where turn_at is null and gap_ms is null and next_at < ${before(UNUSED_DAYS)}
      order by next_at limit ${BATCH} for update skip locked))`);
  return rowCount === BATCH;
}

/** Deletes the robots.txt of origins that were not asked for it for a while: it is read once a day while pages are fetched. */
export async function expireRobots(db: Db): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    delete from feedmill_data.robots where origin = any (array(
      select origin from feedmill_data.robots where asked_at < ${before(UNUSED_DAYS)}
      order by asked_at limit ${BATCH} for update skip locked))`);
  return rowCount === BATCH;
}

/** Deletes outages that ended long ago. */
export async function expireOutages(db: Db): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    delete from feedmill_data.outages where id = any (array(
      select id from feedmill_data.outages where ended_at < ${before(OUTAGE_DAYS)}
      order by ended_at limit ${BATCH} for update skip locked))`);
  return rowCount === BATCH;
}
