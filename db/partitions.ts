import { sql } from 'drizzle-orm';
import type pg from 'pg';
import type { Db, Executor } from './client.js';

/** Ids that a partition holds where records are kept for ever. A small installation never needs a second one. */
export const FULL_SPAN = 1_000_000;
/** Ids that a partition holds at least: fewer would mean hundreds of partitions, each of which costs every query some planning. */
const MIN_SPAN = 50_000;
/** How long upkeep waits for a table that another session has locked, in ms: all others wait behind it. The next run tries again. */
const LOCK_TIMEOUT_MS = 2_000;

/**
 * Makes the partitions that the next ids need (db/contract/05-partitions.sql). Looks first, and as a rule finds nothing to do. Any
 * number of processes may call it.
 * @param retentionDays how long records are kept; 0: for ever. With a limit, a partition holds about a day's records, so that
 *   retention can drop it as a whole.
 * @returns how many partitions it made.
 */
export async function makePartitions(db: Db, retentionDays: number): Promise<number> {
  return withPartitionsLocked(db, async (tx) => {
    const span = retentionDays > 0 ? sql`least(${FULL_SPAN}, greatest(${MIN_SPAN}, ${DAILY_IDS}))` : sql`${FULL_SPAN}`;
    const { rows } = await tx.execute<{ made: number }>(sql`select feedmill_data.make_partitions((${span})::bigint) as made`);
    return rows[0]?.made ?? 0;
  });
}

/** Runs what makes or drops partitions in a transaction, which fails when it must wait for other sessions too long. */
export const withPartitionsLocked = <Result>(db: Db, work: (tx: Executor) => Promise<Result>): Promise<Result> =>
  db.transaction(async (tx) => {
    await limitLockWaits(tx);
    return work(tx);
  });

/** Lets what follows in the transaction fail when it must wait for other sessions too long. */
export async function limitLockWaits(tx: Executor): Promise<void> {
  await tx.execute(sql`select set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true)`);
}

/**
 * Locks the partitioned tables against all others, and gives up before a reader does: one that has a table and waits for another
 * would be ended after `deadlock_timeout`, or would end this.
 */
export async function lockPartitionedTables(tx: Executor): Promise<void> {
  await tx.execute(sql`
    select set_config('statement_timeout', (setting::int * 4 / 5)::text, true) from pg_settings where name = 'deadlock_timeout'`);
  await tx.execute(sql`select feedmill_data.lock_partitioned_tables()`);
  await tx.execute(sql`set local statement_timeout to default`);
}

/** Ids given out per day, over the last week. */
const DAILY_IDS = sql`(
  select (max(id) - (select id from feedmill_data.articles where stored_at > now() - interval '7 days' order by stored_at, id limit 1)) / 7
  from feedmill_data.articles)`;

/** The partitions that tables lack which a migration has just made or partitioned. */
export async function makeMissingPartitions(client: pg.Client): Promise<void> {
  await client.query('select feedmill_data.make_partitions()');
}
