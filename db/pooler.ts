import type pg from 'pg';

/**
 * Whether a connection pooler such as PgBouncer is between this client and Postgres. At the start of a connection, Postgres names
 * the process that serves it, for cancel requests (protocol: BackendKeyData). A pooler makes up an id of its own, since it may give
 * every transaction to another process.
 *
 * Behind a pooler, no state of a session may be relied on: neither SET, LISTEN nor `pg_advisory_lock`.
 */
export async function isBehindPooler(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const announced = 'processID' in client ? client.processID : undefined;
  return rows[0]?.pid !== announced;
}
