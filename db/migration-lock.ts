import type pg from 'pg';
import { errorCode } from '../src/text/error-code.js';

/** The table that records the migrations that were applied, in Drizzle's form. */
export const LEDGER = 'feedmill_data.migrations';

/**
 * How long a process waits while another one migrates, in ms: a large table may need minutes.
 */
const LEDGER_LOCK_TIMEOUT_MS = 600_000;

/** Sessions that are named in the message about a lock. */
const MAX_NAMED = 3;

/**
 * What two sessions get that create the same schema or table at once, although both say "if not exists" (SQLSTATE): a unique key,
 * the schema, the table, or the table's row type is there already.
 */
const CREATED_BY_ANOTHER = new Set(['23505', '42P06', '42P07', '42710']);
const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK = '40P01';
/** How often a migration begins again after a deadlock. Each time, the session that it met has gone on. */
const MAX_DEADLOCKS = 5;

/** Another session holds a lock that a migration needs. The message names it. */
export class SchemaLockedError extends Error {}

export async function ledgerExists(client: pg.Client | pg.Pool): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(`select to_regclass('${LEDGER}') is not null as there`);
  return rows[0]?.there ?? false;
}

/** Creates the ledger if it is missing, with the schema that holds it. Several processes may do so at once. */
export async function createLedger(client: pg.Client): Promise<void> {
  if (await ledgerExists(client)) return;
  const [schema] = LEDGER.split('.');
  await createOnce(client, `create schema if not exists ${schema}`);
  await createOnce(client, `create table if not exists ${LEDGER} (id serial primary key, hash text not null, created_at bigint)`);
}

async function createOnce(client: pg.Client, statement: string): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    if (!CREATED_BY_ANOTHER.has(errorCode(error))) throw error;
  }
}

/**
 * Runs `work` in a transaction that no other process migrates in. The lock is on the ledger, which only our own user may touch:
 * any role that may connect could take an advisory lock. It ends with the transaction, so that it cannot stay behind on a pooled
 * connection. Begins again if Postgres ends it because of a deadlock: other sessions lock tables in whatever order they use them.
 * @param lockTimeoutMs how long `work` waits for other sessions' locks
 * @throws {SchemaLockedError} when that was not long enough
 */
export async function withLedgerLocked<T>(client: pg.Client, lockTimeoutMs: number, work: () => Promise<T>): Promise<T> {
  for (let deadlocks = 0; ; deadlocks += 1) {
    try {
      return await runLocked(client, lockTimeoutMs, work);
    } catch (error) {
      if (errorCode(error) !== DEADLOCK || deadlocks === MAX_DEADLOCKS) throw error;
    }
  }
}

async function runLocked<T>(client: pg.Client, lockTimeoutMs: number, work: () => Promise<T>): Promise<T> {
  let waitedMs = LEDGER_LOCK_TIMEOUT_MS;
  await client.query('begin');
  try {
    await client.query(`set local lock_timeout = ${waitedMs}`);
    await client.query(`lock table ${LEDGER} in share row exclusive mode`);
    waitedMs = lockTimeoutMs;
    await client.query(`set local lock_timeout = ${waitedMs}`);
    await lockContract(client);
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined); // the first error tells what happened
    if (errorCode(error) !== LOCK_NOT_AVAILABLE) throw error;
    throw new SchemaLockedError(describeLock(waitedMs, await listLockHolders(client)), { cause: error });
  }
}

/** Whoever finds clusters locks this row before it writes to tables: in another order, each time would be a deadlock. */
async function lockContract(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>("select to_regclass('feedmill_data.contract') is not null as there");
  if (rows[0]?.there) await client.query('select 1 from feedmill_data.contract for update');
}

interface LockHolder {
  pid: number;
  user: string | null;
  name: string | null;
  state: string | null;
  seconds: number | null;
}

/** The sessions that have locks on our tables or views, longest first. */
async function listLockHolders(client: pg.Client): Promise<LockHolder[]> {
  const { rows } = await client.query<LockHolder>(`
    select a.pid, a.usename as user, a.application_name as name, a.state,
      extract(epoch from now() - a.xact_start)::int as seconds
    from pg_stat_activity a
    where a.pid <> pg_backend_pid() and a.datname = current_database() and exists (
      select from pg_locks l join pg_class c on c.oid = l.relation
      where l.pid = a.pid and l.granted
      and c.relnamespace in (select oid from pg_namespace where nspname in ('feedmill', 'feedmill_data')))
    order by a.xact_start limit ${MAX_NAMED}`);
  return rows;
}

function describeLock(waitedMs: number, holders: readonly LockHolder[]): string {
  const sessions = holders.map(
    ({ pid, user, name, state, seconds }) =>
      `${pid} (user ${user ?? '?'}, ${name || 'no application name'}, ${state ?? 'state unknown'}, for ${seconds ?? '?'} s)`,
  );
  const [first] = holders;
  return [
    `The database could not be brought up to date: other sessions held locks on its tables for more than ${waitedMs / 1000} s.`,
    'Nothing was changed.',
    ...(first
      ? [
          `Sessions with locks: ${sessions.join(', ')}.`,
          `End such a session, for example by "select pg_terminate_backend(${first.pid});", and try again.`,
        ]
      : ['Try again.']),
  ].join(' ');
}
