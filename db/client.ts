import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';

export type Db = NodePgDatabase & { $client: pg.Pool };

/** Anything that runs statements: the pool, or a transaction of it. */
export type Executor = Pick<Db, 'execute' | 'insert' | 'select' | 'update' | 'delete'>;

/** How long to wait for a connection before saying that the database does not answer, in ms. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * A pool on `url`; connects when first used.
 * An idle connection that breaks (a restarted server) is reported to `onError` and replaced at the next query.
 */
export function openDb(
  url: string,
  { max = 10, name = 'feedmill', onError }: { max?: number; name?: string; onError: (error: Error) => void },
): Db {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: name,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  pool.on('error', onError);
  // A client that breaks while it is checked out emits as well; unheard, that would end the process.
  pool.on('connect', (client) => void client.on('error', onError));
  return drizzle(pool);
}

/** The address without its password, for messages and logs. */
export function withoutPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password) parsed.password = '***';
  return parsed.href;
}

/** True for errors that mean "the database is away", not "we asked for nonsense": connection failures, SQLSTATE 08 and 57P. */
export function isConnectionError(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause ? String(cause.code) : '';
    if (/^(08|57P)/.test(code) || /^E(CONN|PIPE|TIMEDOUT|HOSTUNREACH|NOTFOUND|AI_AGAIN)/.test(code)) return true;
    if (/Connection terminated|timeout exceeded when trying to connect/.test(cause.message)) return true;
  }
  return false;
}
