import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, inject } from 'vitest';
import { type Db, type Executor, openDb } from '../db/client.js';
import { migrateSchema } from '../db/migrate.js';
import type { LeasedRow } from '../src/jobs/leased-row.js';

/** Creates an empty database for one test file on the real server, migrated by default. It is dropped after the last test. */
export async function createDatabase({ migrated = true } = {}): Promise<{ url: string; db: Db; admin: pg.Client }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  if (migrated) await migrateSchema(url.href);
  const db = openTestDb(url.href);
  afterAll(async () => {
    await db.$client.end();
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  });
  return { url: url.href, db, admin };
}

/** Opens a database. That its connections end when it is dropped is no error. */
export const openTestDb = (url: string): Db =>
  openDb(url, {
    onError: (error) => {
      if (!/terminating connection|Connection terminated/.test(error.message)) throw error;
    },
  });

/** Leases a row as the claim does, even if it is not due. Does nothing when it is already leased. */
export async function lease(db: Db, kind: 'feeds' | 'articles', id: number): Promise<void> {
  const table = kind === 'feeds' ? sql`feedmill_data.feeds` : sql`feedmill_data.articles`;
  await db.execute(sql`
    with leased as (
      update ${table} rows set due_at = date_trunc('milliseconds', now() + interval '1 hour') where id = ${id}
      and not exists (select 1 from feedmill_data.hosts where hosts.host = rows.host and rows.due_at = any (hosts.leases))
      returning host, due_at
    )
    update feedmill_data.hosts set leases = leases || leased.due_at from leased where hosts.host = leased.host`);
}

/** The leases that rows are under, as a job that has started knows them. */
export async function leasedRows(db: Db, kind: 'feeds' | 'articles', ids: readonly number[]): Promise<LeasedRow[]> {
  const table = kind === 'feeds' ? sql`feedmill_data.feeds` : sql`feedmill_data.articles`;
  const { rows } = await db.execute<{ id: string; host: string | null; due_at: string }>(
    sql`select id, host, due_at from ${table} where id = any (${sql.param([...ids])}::bigint[])`,
  );
  return rows.map(({ id, host, due_at }) => {
    const leaseEnd = new Date(due_at);
    return { id: Number(id), leaseEnd, ...(host !== null && { turn: { host, leaseEnd } }) };
  });
}

/** Subscribes to a feed by a bare insert, as most tests of records need it. @returns its id */
export async function insertFeed(db: Db, url = 'https://a.example/feed'): Promise<number> {
  const { rows } = await db.$client.query('insert into feedmill_data.feeds (url, host, title) values ($1, $2, $3) returning id', [
    url,
    new URL(url).host,
    'A',
  ]);
  return Number(rows[0].id);
}

/** Stores a record by a bare insert; `text` is its title unless it has one. @returns its id */
export async function insertRecord(
  db: Pick<Db, '$client'> | { $client: pg.Client },
  { feedId, url, text, title = text }: { feedId: number; url: string; text: string; title?: string },
): Promise<number> {
  const { rows } = await db.$client.query(
    `insert into feedmill_data.articles
       (url, feed_id, status, due_at, title, published_at,
        content_html, content_text, excerpt, word_count, content_source, stored_at)
     values ($1, $2, 'stored', null, $3, now(), '<p>' || $4::text || '</p>', $4, $4, 1, 'page', now()) returning id`,
    [url, feedId, title, text],
  );
  return Number(rows[0].id);
}

/** How many rows of a table `run` reads in its transaction, by scanning the table and through its indexes. */
export function countRowsRead(db: Db, table: string, run: (tx: Executor) => Promise<unknown>): Promise<RowsRead> {
  return db.transaction(async (tx) => {
    const before = await readCounters(tx, table);
    await run(tx);
    const after = await readCounters(tx, table);
    return { by_scan: after.by_scan - before.by_scan, by_index: after.by_index - before.by_index };
  });
}

interface RowsRead {
  [kind: string]: number;
  by_scan: number;
  by_index: number;
}

/** The counters of this session. They hold what its earlier transactions have not reported yet, too. */
async function readCounters(tx: Executor, table: string): Promise<RowsRead> {
  const { rows } = await tx.execute<RowsRead>(sql`
    select seq_tup_read::int as by_scan, idx_tup_fetch::int as by_index
    from pg_stat_xact_user_tables where schemaname = 'feedmill_data' and relname = ${table}`);
  if (!rows[0]) throw new Error(`no table ${table}`);
  return rows[0];
}

/** Calls `probe` every 50 ms until it returns something truthy. Fails after `limitMs`, naming `what` it waited for. */
export async function until<T>(probe: () => Promise<T | undefined | false>, what: string, limitMs = 150_000): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > end) throw new Error(`timed out waiting for ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
