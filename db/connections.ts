import { sql } from 'drizzle-orm';
import type { Db } from './client.js';
import { isBehindPooler } from './pooler.js';

/** A limit of connections, and how much of it is left. */
export interface ConnectionLimit {
  /** What sets the limit, such as `max_connections`. */
  name: string;
  limit: number;
  /** Connections within the limit that only administrators may use. */
  reserved: number;
  /** Connections that others have open now. */
  inUse: number;
}

/**
 * Reads the limits of the server, of our user and of our database. Our own connection does not count as in use.
 * @returns nothing behind a connection pooler, which shares the server's connections among any number of clients
 */
export async function readConnectionLimits(db: Db): Promise<ConnectionLimit[]> {
  const client = await db.$client.connect();
  try {
    if (await isBehindPooler(client)) return [];
  } finally {
    client.release();
  }
  const { rows } = await db.execute<Record<string, unknown> & ConnectionLimit>(sql`
    with others as (
      -- Processes of the server itself have no user or no database.
      select datname, usename from pg_stat_activity
      where datid is not null and usesysid is not null and pid <> pg_backend_pid()
    )
    select 'max_connections' as name, current_setting('max_connections')::int as limit,
      current_setting('superuser_reserved_connections')::int
        + coalesce(nullif(current_setting('reserved_connections', true), '')::int, 0) as reserved,
      (select count(*)::int from others) as "inUse"
    union all
    select 'the connection limit of user ' || rolname, rolconnlimit, 0,
      (select count(*)::int from others where usename = rolname)
    from pg_roles where rolname = current_user and rolconnlimit >= 0
    union all
    select 'the connection limit of database ' || pg_database.datname, datconnlimit, 0,
      (select count(*)::int from others where others.datname = pg_database.datname)
    from pg_database where datname = current_database() and datconnlimit >= 0`);
  return rows;
}
