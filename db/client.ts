import { sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';

/** Anything that runs statements: the pool or a transaction. */
export type Executor = Pick<NodePgDatabase, 'execute' | 'insert' | 'select' | 'update' | 'delete'>;

/** A database: Drizzle on a connection pool, with transactions as `runTransaction` makes them. */
export interface Db extends Executor {
  $client: pg.Pool;
  transaction<Result>(work: (tx: Executor) => Promise<Result>): Promise<Result>;
}

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
  return Object.assign(drizzle(pool), {
    transaction: <Result>(work: (tx: Executor) => Promise<Result>) => runTransaction(pool, work),
  });
}

/**
 * Runs `work` in a transaction. Drizzle's own transactions throw the rollback's error instead of the first one, leak a connection
 * whose `begin` failed, and return one whose rollback failed to the pool. Here such a connection is closed.
 */
async function runTransaction<Result>(pool: pg.Pool, work: (tx: Executor) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(drizzle(client));
    await client.query('commit');
    return result;
  } catch (error) {
    broken = await client.query('rollback').then(
      () => undefined,
      (again: Error) => again,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Runs `work` in a savepoint of a transaction, which can go on if `work` fails. */
export async function inSavepoint<Result>(tx: Executor, work: () => Promise<Result>): Promise<Result> {
  await tx.execute(sql`savepoint step`);
  try {
    const result = await work();
    await tx.execute(sql`release savepoint step`);
    return result;
  } catch (error) {
    await tx.execute(sql`rollback to savepoint step`).catch(() => undefined); // the first error tells what happened
    throw error;
  }
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
