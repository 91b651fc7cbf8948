import { sql } from 'drizzle-orm';
import type { Db, Executor } from './client.js';

/** Records per claim: about a twentieth of a second of work, so that several indexers share a small backlog, too. */
export const BATCH = 50;
/** How long a claimed record is left to its indexer, in seconds: a thousand times what a batch takes. */
const LEASE_S = 60;

/** Records that an indexer has claimed. */
export interface UnindexedClaim {
  ids: readonly number[];
  /** The `due_at` of all of their rows, to the microsecond: it is theirs no longer once it differs. */
  leaseEnd: string;
}

/** Claims the next records in the order of their ids; undefined when there are none. */
export async function claimUnindexed(db: Db): Promise<UnindexedClaim | undefined> {
  const { rows } = await db.execute<{ id: string; lease_end: string }>(sql`
    update feedmill_data.unindexed set due_at = now() + make_interval(secs => ${LEASE_S})
    where article_id in (
      select article_id from feedmill_data.unindexed where due_at <= now()
      order by article_id limit ${BATCH} for update skip locked)
    returning article_id as id, due_at as lease_end`);
  const [first] = rows;
  return first && { ids: rows.map(({ id }) => Number(id)).sort((a, b) => a - b), leaseEnd: first.lease_end };
}

/**
 * Locks those records of a claim that nobody has changed or claimed since, until the end of the transaction. Rows that others have
 * locked are left out: a change that is about to be committed makes the record due again.
 */
export async function lockUnindexed(tx: Executor, { ids, leaseEnd }: UnindexedClaim): Promise<number[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select article_id as id from feedmill_data.unindexed
    where article_id = any (${sql.param([...ids])}::bigint[]) and due_at = ${leaseEnd}::timestamptz
    order by article_id for update skip locked`);
  return rows.map(({ id }) => Number(id));
}

/** How soon a record is due again that somebody else was writing to, in seconds: longer than most transactions take. */
const SOON_S = 1;

/** Makes records due again. Their rows must be locked. */
export async function retrySoon(tx: Executor, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.execute(sql`
    update feedmill_data.unindexed set due_at = now() + make_interval(secs => ${SOON_S})
    where article_id = any (${sql.param([...ids])}::bigint[])`);
}

/** Forgets records that are indexed. Their rows must be locked. */
export async function forgetUnindexed(tx: Executor, ids: readonly number[]): Promise<void> {
  await tx.execute(sql`delete from feedmill_data.unindexed where article_id = any (${sql.param([...ids])}::bigint[])`);
}
