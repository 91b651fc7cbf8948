import { sql } from 'drizzle-orm';
import { classifyError, isDamage } from './classify-error.js';
import type { Db, Executor } from './client.js';
import { afterFaultSql, toFaultMessage } from './faults.js';
import type { UnindexedClaim } from './unindexed.js';

/** A record that we fail to index, by our own fault. */
export interface IndexFault {
  recordId: number;
  error: string;
}

/**
 * Does something with records: with all at once or, if that fails by our own fault, with one after the other, so that those that it
 * fails with hold up no others. A passing problem of the database or the machine is thrown.
 * @returns the records that it failed with
 */
export async function isolateFaults(
  ids: readonly number[],
  work: (ids: readonly number[]) => Promise<void>,
): Promise<IndexFault[]> {
  const faults: IndexFault[] = [];
  if (!(await findFault(work, ids))) return faults;
  for (const recordId of ids) {
    const error = await findFault(work, [recordId]);
    if (error) faults.push({ recordId, error: toFaultMessage(error) });
  }
  return faults;
}

/** @returns the error if one of the records may be its cause */
async function findFault(work: (ids: readonly number[]) => Promise<void>, ids: readonly number[]): Promise<Error | undefined> {
  try {
    await work(ids);
  } catch (error) {
    if (!(error instanceof Error) || (classifyError(error) === 'environment' && !isDamage(error))) throw error;
    return error;
  }
}

/** Puts claimed records aside that can't be indexed: longer each time, so that they hold up no others. */
export async function putAside(db: Db, { leaseEnd }: UnindexedClaim, faults: readonly IndexFault[]): Promise<void> {
  await db.execute(sql`
    update feedmill_data.unindexed set faults = faults + 1, error = fault.error, due_at = ${afterFaultSql(sql`faults`)}
    from ${toRows(faults)} where article_id = fault.id and due_at = ${leaseEnd}::timestamptz`);
}

/** Leaves records to the indexer that a backfill can't index. Their rows in `articles` must be locked. */
export async function leaveToIndexer(tx: Executor, faults: readonly IndexFault[]): Promise<void> {
  if (faults.length === 0) return;
  await tx.execute(sql`
    insert into feedmill_data.unindexed (article_id, faults, error, due_at)
    select id, 1, error, ${afterFaultSql(sql`0`)} from ${toRows(faults)}
    on conflict (article_id) do nothing`);
}

const toRows = (faults: readonly IndexFault[]) => sql`unnest(
  ${sql.param(faults.map(({ recordId }) => recordId))}::bigint[], ${sql.param(faults.map(({ error }) => error))}::text[]
) as fault (id, error)`;

/** Records that are listed at most: so many have one cause. */
const MAX_LISTED = 1_000;

/** A record that was put aside, for an operator. */
export interface PutAside extends Record<string, unknown> {
  record_id: number;
  url: string;
  faults: number;
  error: string;
}

/**
 * The records that were put aside, at most a thousand.
 * @param retry makes all of them due at once
 */
export async function listPutAside(db: Db, { retry }: { retry: boolean }): Promise<PutAside[]> {
  const { rows } = await db.execute<PutAside>(sql`
    select u.article_id::int as record_id, feedmill_data.without_secrets(a.url) as url, u.faults, u.error
    from feedmill_data.unindexed u join feedmill_data.articles a on a.id = u.article_id
    where u.faults > 0 order by u.article_id limit ${MAX_LISTED}`);
  if (retry) await db.execute(sql`update feedmill_data.unindexed set due_at = now() where faults > 0`);
  return rows;
}
