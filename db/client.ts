import { sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';

/** A database: Drizzle on a connection pool. */
export type Db = NodePgDatabase & { $client: pg.Pool };

/** Anything that runs statements: the pool or a transaction. */
export type Executor = Pick<Db, 'execute' | 'insert' | 'select' | 'update' | 'delete'>;

/** Timeout for getting a connection, in ms; after it, the database counts as not answering. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Opens a pool on `url`, which connects at the first query.
 * When an idle connection breaks (the server restarts), `onError` is called, and the next query gets a new one.
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
  // A client that breaks while it is checked out emits its own error, which would end the process if nobody listened.
  pool.on('connect', (client) => void client.on('error', onError));
  return drizzle(pool);
}

/** Asks the database for an answer. @throws when it does not answer */
export async function ping(db: Db): Promise<void> {
  await db.execute(sql`select 1`);
}

/** Masks the password of a database URL, for messages and logs. */
export function maskPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password) parsed.password = '***';
  return parsed.href;
}

/**
 * Whether an error, or one of its causes, means that the database is away (SQLSTATE 08 and 57P, failed connections) rather than
 * that our statement is wrong.
 */
export function isConnectionError(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause ? String(cause.code) : '';
    if (/^(08|57P)/.test(code) || /^E(CONN|PIPE|TIMEDOUT|HOSTUNREACH|NOTFOUND|AI_AGAIN)/.test(code)) return true;
    if (/Connection terminated|timeout exceeded when trying to connect/.test(cause.message)) return true;
  }
  return false;
}
