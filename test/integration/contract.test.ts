import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { CONTRACT_VERSION, readReaderState } from '../../db/contract.js';
import { migrateSchema, NewerSchemaError, readSchemaState } from '../../db/migrate.js';
import { createDatabase } from '../database.js';

const { db, url, admin } = await createDatabase();
const query = async <T = Record<string, unknown>>(text: string, client: pg.Pool | pg.Client = db.$client): Promise<T[]> =>
  (await client.query(text)).rows as T[];

/** A feed whose address holds a secret, with one record, one failure, sightings, files and polls. */
const SAMPLE = `
  insert into feedmill_data.hosts (host) values ('a.example');
  insert into feedmill_data.feeds (url, host, title, last_error, failures, created_at, polled_at)
    values ('https://user:s3cret@a.example/feed?u=x@y', 'a.example', 'A', 'GET https://user:s3cret@a.example/feed failed', 2, now() - interval '1 day', now());
  insert into feedmill_data.articles (url, feed_id, status, due_at, title, published_at, content_html, content_text, excerpt, word_count, content_source, stored_at)
    select 'https://a.example/1', id, 'stored', null, 'One', now() - interval '1 hour', '<p>x</p>', 'x', 'x', 1, 'page', now() from feedmill_data.feeds;
  insert into feedmill_data.articles (url, feed_id, status, due_at, error, error_text)
    select 'https://a.example/2', id, 'failed', null, 'gone', 'The page is gone.' from feedmill_data.feeds;
  insert into feedmill_data.entries (feed_id, key, article_id, title, content_hash, enclosures)
    select feed_id, 'k' || id, id, 'T' || id, 'h', '[{"url": "https://user:s3cret@a.example/1.mp3", "type": "audio/mpeg", "length": 12, "duration": 3.5}]' from feedmill_data.articles;
  insert into feedmill_data.polls (feed_id, started_at, duration_ms, outcome, possible_gap, error)
    select id, now() - n * interval '1 hour', 5, 'news', n = 1, case n when 3 then 'https://user:s3cret@a.example/ failed' end from feedmill_data.feeds, generate_series(1, 3) n;`;

const VIEWS = ['records', 'record_revisions', 'sightings', 'enclosures', 'feeds', 'polls', 'failures', 'possible_gaps'];

describe('the contract', () => {
  it('is what was agreed on: a change of it is a change of this file, and of CONTRACT_VERSION', async () => {
    const views = await query<{ line: string }>(`
      select c.relname || '.' || attname || ' ' || format_type(atttypid, atttypmod) as line
      from pg_attribute join pg_class c on c.oid = attrelid
      where relnamespace = 'feedmill'::regnamespace and attnum > 0 and relkind = 'v' order by c.relname, attnum`);
    const functions = await query<{ line: string }>(`
      select proname || '(' || pg_get_function_arguments(oid) || ') ' || pg_get_function_result(oid) as line
      from pg_proc where pronamespace = 'feedmill'::regnamespace order by 1`);
    const [version] = await query<{ version: string }>('select feedmill.contract_version() as version');
    expect(version?.version).toBe(CONTRACT_VERSION);
    const text = [
      `version ${version?.version}`,
      '',
      ...views.map(({ line }) => line),
      '',
      ...functions.map(({ line }) => line),
      '',
    ];
    await expect(text.join('\n')).toMatchFileSnapshot('../fixtures/contract.txt');
  });

  it('has a comment on every view, column and function', async () => {
    const silent = await query<{ name: string }>(`
      select oid::regclass::text as name from pg_class
      where relnamespace = 'feedmill'::regnamespace and obj_description(oid, 'pg_class') is null
      union all
      select attrelid::regclass || '.' || attname from pg_attribute join pg_class c on c.oid = attrelid
      where relnamespace = 'feedmill'::regnamespace and relkind = 'v' and attnum > 0 and col_description(attrelid, attnum) is null
      union all
      select oid::regprocedure::text from pg_proc
      where pronamespace = 'feedmill'::regnamespace and obj_description(oid, 'pg_proc') is null`);
    expect(silent).toEqual([]);
    expect(
      (
        await query<{ n: string }>(
          "select relname as n from pg_class where relnamespace = 'feedmill'::regnamespace and relkind = 'v'",
        )
      )
        .map(({ n }) => n)
        .sort(),
    ).toEqual([...VIEWS].sort());
  });

  it('shows no name or password of a feed, in any view', async () => {
    await db.$client.query(SAMPLE);
    for (const view of VIEWS) {
      const rows = await query(`select * from feedmill.${view}`);
      expect(rows.length, view).toBeGreaterThan(0);
      expect(JSON.stringify(rows), view).not.toMatch(/s3cret|user:/);
    }
    expect(
      await query(
        'select url, state, last_error, failures_in_a_row, entries_per_week, records::int, median_delay is not null as measured from feedmill.feeds',
      ),
    ).toEqual([
      {
        url: 'https://a.example/feed?u=x@y',
        state: 'failing',
        last_error: 'GET https://a.example/feed failed',
        failures_in_a_row: 2,
        entries_per_week: 2,
        records: 1,
        measured: true,
      },
    ]);
    expect(await query('select type, bytes::int, seconds, position from feedmill.enclosures limit 1')).toEqual([
      { type: 'audio/mpeg', bytes: 12, seconds: 3.5, position: 1 },
    ]);
    expect(await query('select kind, title, stored from feedmill.failures')).toEqual([
      { kind: 'gone', title: 'T2', stored: false },
    ]);
    expect(await query("select missed_before - missed_after = interval '1 hour' as hour from feedmill.possible_gaps")).toEqual([
      { hour: true },
    ]);
  });
});

describe('feedmill_reader', () => {
  /** Runs `text` as the reader; gives the error's SQLSTATE, or undefined when it was allowed. */
  async function asReader(text: string): Promise<string | undefined> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('set role feedmill_reader');
    const code = await client.query(text).then(
      () => undefined,
      (error: { code?: string }) => error.code,
    );
    await client.end();
    return code;
  }
  /** Not allowed, or (a view over several tables) not possible at all. */
  const DENIED = /^(42501|55000)$/;

  it.each(VIEWS)('reads %s, and can not write it', async (view) => {
    expect(await asReader(`select * from feedmill.${view}`)).toBeUndefined();
    expect(await asReader(`delete from feedmill.${view}`)).toMatch(DENIED);
  });

  it('calls the functions', async () => {
    expect(await asReader('select feedmill.contract_version(), feedmill.current_cursor()')).toBeUndefined();
    expect(await asReader('select * from feedmill.changes()')).toBeUndefined();
    expect(await asReader("select * from feedmill.search('one', snippets => true)")).toBeUndefined();
  });

  it.each([
    'select * from feedmill_data.articles',
    'select secret from feedmill_data.websub_subscriptions',
    "select feedmill_data.without_secrets('x')",
    "update feedmill.records set title = 'x'",
    'create table feedmill.mine (a int)',
    'create table public.mine (a int)',
    'create schema mine',
    'select * from pg_authid',
    "copy (select 1) to '/tmp/x'",
  ])('may not: %s', async (text) => {
    expect(await asReader(text)).toMatch(DENIED);
  });

  it('is asked for in words where our user may not create it, and gets its rights once it is there', async () => {
    const name = url.slice(url.lastIndexOf('/') + 1);
    const [limited, password] = [`${name}_owner`, 'p'];
    await admin.query(`create role ${limited} login password '${password}'; alter role feedmill_reader rename to ${name}_aside`);
    try {
      await admin.query(`create database ${name}_limited owner ${limited}`);
      const limitedUrl = new URL(url);
      [limitedUrl.username, limitedUrl.password, limitedUrl.pathname] = [limited, password, `/${name}_limited`];
      expect(await migrateSchema(limitedUrl.href)).toBe(true);
      const client = new pg.Client({ connectionString: limitedUrl.href });
      await client.connect();
      expect(await readReaderState(client)).toBe('missing');
      await admin.query(`alter role ${name}_aside rename to feedmill_reader`);
      expect(await readReaderState(client)).toBe('powerless');
      expect(await migrateSchema(limitedUrl.href)).toBe(true);
      expect(await readReaderState(client)).toBe('ready');
      expect(await migrateSchema(limitedUrl.href)).toBe(false);
      await client.end();
    } finally {
      await admin.query(`alter role ${name}_aside rename to feedmill_reader`).catch(() => undefined);
      await admin.query(`drop database if exists ${name}_limited with (force)`);
      await admin.query(`drop role ${limited}`);
    }
  });
});

describe('a database of before', () => {
  it('keeps all of its rows, and gets the contract', async () => {
    const old = await createDatabase({ migrated: false });
    const folder = await mkdtemp(join(tmpdir(), 'feedmill-migrations-'));
    afterAll(() => rm(folder, { recursive: true, force: true }));
    await cp('db/migrations', folder, { recursive: true });
    const path = join(folder, 'meta/_journal.json');
    const journal = JSON.parse(await readFile(path, 'utf8')) as { entries: { tag: string }[] };
    journal.entries = journal.entries.filter(({ tag }) => tag < '0007');
    await writeFile(path, JSON.stringify(journal));
    await migrate(drizzle(old.db.$client), {
      migrationsFolder: folder,
      migrationsSchema: 'feedmill_data',
      migrationsTable: 'migrations',
    });
    await old.db.$client.query(SAMPLE);
    await old.db.$client.query(`
      insert into feedmill_data.articles (url, feed_id, due_at) select 'https://user:s3cret@a.example/feed#k', id, null from feedmill_data.feeds`);
    const count = () =>
      query(
        `select (select count(*) from feedmill_data.feeds) as feeds, (select count(*) from feedmill_data.articles) as articles,
                (select count(*) from feedmill_data.entries) as entries, (select count(*) from feedmill_data.polls) as polls`,
        old.db.$client,
      );
    const before = await count();
    expect(await readSchemaState(old.db.$client)).toBe('older');
    expect(await migrateSchema(old.url)).toBe(true);
    expect(await readSchemaState(old.db.$client)).toBe('current');
    expect(await count()).toEqual(before);
    expect(await query("select 1 from feedmill_data.articles where url like '%s3cret%'", old.db.$client)).toEqual([]);
    expect(await query('select title from feedmill.records', old.db.$client)).toEqual([{ title: 'One' }]);

    await old.db.$client.query("update feedmill_data.contract set version = '99.0'");
    await expect(readSchemaState(old.db.$client)).rejects.toThrow(NewerSchemaError);
  });
});
