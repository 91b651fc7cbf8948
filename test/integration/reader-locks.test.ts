import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { claimDue } from '../../db/claim.js';
import { moveFeed } from '../../db/feed-moves.js';
import { indexRecords } from '../../db/indexer.js';
import { migrateSchema } from '../../db/migrate.js';
import { SchemaLockedError } from '../../db/migration-lock.js';
import { POLITENESS } from '../builders.js';
import { createDatabase, insertFeed, insertRecord, until } from '../database.js';
import { INDEXING } from './search-index.js';

// A login that may only read the views can open transactions and take advisory locks. None of that may stop the program.

const { db, url, admin } = await createDatabase();
const LOGIN = `${new URL(url).pathname.slice(1)}_login`;

await admin.query(`create role ${LOGIN} login password 'p' in role feedmill_reader`);
const readers: pg.Client[] = [];
afterAll(async () => {
  await Promise.all(readers.map((reader) => reader.end()));
  await admin.query(`drop role ${LOGIN}`);
});

async function connectReader(): Promise<pg.Client> {
  const address = new URL(url);
  [address.username, address.password] = [LOGIN, 'p'];
  const reader = new pg.Client({ connectionString: address.href, application_name: 'dashboard' });
  await reader.connect();
  readers.push(reader);
  return reader;
}

const TARGET = 'https://new.example/feed';

describe('a reader who holds the advisory locks that version 0.1 used', async () => {
  const reader = await connectReader();
  await reader.query(`select pg_advisory_lock(hashtext('feedmill search')), pg_advisory_lock(${0x464d494c}),
    pg_advisory_lock(hashtextextended('${TARGET}', 0))`);

  it('does not stop indexing', async () => {
    const feedId = await insertFeed(db);
    await insertRecord(db, { feedId, url: 'https://a.example/1', text: 'zephyrine' });
    await until(async () => {
      await indexRecords(db, INDEXING);
      return (await db.$client.query("select from feedmill.search('zephyrine')")).rowCount === 1;
    }, 'the record to be found');
  });

  it('does not stop migrations', async () => {
    expect(await migrateSchema(url)).toBe(false);
  });

  it('does not stop the poller, nor does a transaction that reads all views', async () => {
    const other = await connectReader();
    await other.query('begin; select count(*) from feedmill.records; select count(*) from feedmill.feeds');
    const feedId = await insertFeed(db, 'https://d.example/feed');
    await db.$client.query("insert into feedmill_data.hosts (host, turn_at) values ('d.example', now())");
    const { feeds } = await claimDue(db, { ...POLITENESS, room: { feeds: 10, articles: 10 } });
    expect(feeds).toEqual([feedId]);
    await other.query('rollback');
  });

  it('does not stop two feeds that move to the same address', async () => {
    const urls = ['https://b.new.example/feed', 'https://c.new.example/feed'];
    const feeds = await Promise.all(urls.map(async (address) => ({ id: await insertFeed(db, address), url: address })));
    await Promise.all(feeds.map((feed) => db.transaction((tx) => moveFeed(tx, feed, { url: TARGET, host: 'new.example' }))));
    expect((await db.$client.query('select 1 from feedmill_data.feeds where url = $1', [TARGET])).rowCount).toBe(1);
  });

  it('can not find another key: we hold no advisory lock', async () => {
    const { rows } = await admin.query(
      `select usename from pg_locks l join pg_stat_activity using (pid) join pg_database d on d.oid = l.database
       where locktype = 'advisory' and d.datname = $2 and usename <> $1`,
      [LOGIN, new URL(url).pathname.slice(1)],
    );
    expect(rows).toEqual([]);
  });
});

describe('a reader', () => {
  it('may make no temporary table, which would fill the disk', async () => {
    await expect((await connectReader()).query('create temporary table t (a int)')).rejects.toMatchObject({ code: '42501' });
  });

  it('may take no advisory lock and make no large object where a superuser has restricted the public', async () => {
    await db.$client.query('select feedmill_data.restrict_public()');
    await db.$client.query('select feedmill_data.restrict_public()');
    const reader = await connectReader();
    for (const call of [
      'pg_advisory_lock(1)',
      'pg_advisory_lock_shared(1)',
      'pg_try_advisory_xact_lock(1, 2)',
      'lo_create(0)',
      "lo_from_bytea(0, 'x')",
      'pg_current_xact_id()',
      'txid_current()',
    ])
      await expect(reader.query(`select ${call}`), call).rejects.toMatchObject({ code: '42501' });
    expect((await reader.query('select * from feedmill.changes()')).rowCount).toBeGreaterThan(0);
  });
});

describe('a reader with an open transaction', () => {
  it('makes a migration give up, which then names the session', async () => {
    const reader = await connectReader();
    await reader.query('begin; select count(*) from feedmill.records');
    await db.$client.query("update feedmill_data.contract set hash = ''");
    const failed = await migrateSchema(url, { lockTimeoutMs: 200 }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(SchemaLockedError);
    const { rows } = await reader.query<{ pid: number }>('select pg_backend_pid() as pid');
    expect(String(failed)).toContain(`${rows[0]?.pid} (user ${LOGIN}, dashboard, idle in transaction, for `);
    expect(String(failed)).toContain('Nothing was changed.');

    await reader.query('commit');
    expect(await migrateSchema(url)).toBe(true);
  });
});

it('a migration that meets a session in a deadlock begins again, and the session goes on', async () => {
  const session = await db.$client.connect();
  await session.query("set deadlock_timeout = '10min'");
  await session.query('begin; select from feedmill.records');
  await db.$client.query("update feedmill_data.contract set hash = ''");
  // The migration finds the deadlock, and not before there is one.
  const migration = migrateSchema(`${url}?options=-c%20deadlock_timeout%3D3s`);
  const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  await until(async () => (await db.$client.query(waiting)).rows.length > 0, 'the migration to wait for the session');
  // It has locked the articles to renew their triggers.
  await session.query('update feedmill_data.articles set attempts = attempts');
  await session.query('commit; reset deadlock_timeout');
  session.release();
  expect(await migration).toBe(true);
});
