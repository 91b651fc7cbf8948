import { type SQL, sql } from 'drizzle-orm';
import type { LeasedRow } from '../src/jobs/leased-row.js';
import type { Executor } from './client.js';

/** The lease that a job's writes need: its row's id and its fencing token. */
export type Fence = Pick<LeasedRow, 'id' | 'leaseEnd'>;

/** Whether a row of `table` (feeds or articles) is still under this lease. A write without this condition may be a stale one. */
export const isUnderLease = (table: SQL, { id, leaseEnd }: Fence): SQL =>
  sql`${table}.id = ${id} and ${table}.due_at = ${leaseEnd.toISOString()}::timestamptz`;

/**
 * Locks a row if it is still under this lease. Until the transaction ends, nobody can edit or claim the row; rows that name it may
 * still be written, since a removal hands articles over to feeds that are being polled, which may wait for these articles.
 * @returns whether it is.
 */
export async function lockUnderLease(tx: Executor, kind: 'feeds' | 'articles', fence: Fence): Promise<boolean> {
  const table = kind === 'feeds' ? sql`feedmill_data.feeds` : sql`feedmill_data.articles`;
  const { rows } = await tx.execute(
    sql`select 1 from ${table} as held where ${isUnderLease(sql`held`, fence)} for no key update`,
  );
  return rows.length > 0;
}
