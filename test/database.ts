import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, inject } from 'vitest';
import { type Db, openDb } from '../db/client.js';
import { migrateSchema } from '../db/migrate.js';

/** An empty database of the test file's own on the real server, migrated unless told otherwise; dropped at the end. */
export async function createDatabase({ migrated = true } = {}): Promise<{ url: string; db: Db; admin: pg.Client }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  if (migrated) await migrateSchema(url.href);
  const db = openDb(url.href, {
    onError: (error) => {
      if (!/terminating connection|Connection terminated/.test(error.message)) throw error;
    },
  });
  afterAll(async () => {
    await db.$client.end();
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  });
  return { url: url.href, db, admin };
}

/** Leases a row as the claim does, whether it is due or not, unless it is leased already. */
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

/** Waits until `look` gives something, looking again and again; fails with its last words after `limitMs`. */
export async function until<T>(look: () => Promise<T | undefined | false>, what: string, limitMs = 50_000): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
