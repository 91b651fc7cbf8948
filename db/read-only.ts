import { sql } from 'drizzle-orm';
import type { Db, Executor } from './client.js';

/**
 * Whether our user may act as the reader role. As of Postgres 16, members need the right to SET ROLE of their own; before, any
 * member may. False where the role does not exist.
 */
const MAY_BE_READER = sql`
  select coalesce((
    select pg_has_role(current_user, oid,
      case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end)
    from pg_roles where rolname = 'feedmill_reader'), false) as allowed`;

/**
 * Runs `work` in a read-only transaction in which each statement may take `timeoutMs`. Where our user may, it acts as the reader
 * role, so that a condition which the user wrote reads what consumers can. This guards against mistakes, not against malice: SQL can
 * take the role back with set_config().
 */
export async function readOnly<Result>(db: Db, timeoutMs: number, work: (tx: Executor) => Promise<Result>): Promise<Result> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`set transaction read only`);
    const { rows } = await tx.execute<{ allowed: boolean }>(MAY_BE_READER);
    await tx.execute(sql`select set_config('statement_timeout', ${String(timeoutMs)}, true)`);
    if (rows[0]?.allowed) await tx.execute(sql`set local role feedmill_reader`);
    return work(tx);
  });
}
