import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { CONTRACT_VERSION, readContract, readReaderState } from '../../db/contract.js';
import { foldCounts, measureFeeds } from '../../db/counters.js';
import { listForeignRelations, migrateSchema } from '../../db/migrate.js';
import { createCommandLine } from '../command-line.js';
import { createDatabase } from '../database.js';
import { SAMPLE } from './sample.js';

const { db, url, admin } = await createDatabase();
const query = async <T = Record<string, unknown>>(text: string, client: pg.Pool | pg.Client = db.$client): Promise<T[]> =>
  (await client.query(text)).rows as T[];

const VIEWS = [
  'records',
  'record_revisions',
  'sightings',
  'enclosures',
  'feeds',
  'polls',
  'failures',
  'possible_gaps',
  'deliveries',
];

describe('the contract', () => {
  it('defines each trigger and function once, since a second definition would silently replace the first', async () => {
    const names = (await readContract('db/contract')).sql.matchAll(
      /^CREATE OR REPLACE (?:FUNCTION ([\w.]+\([^)]*\))|TRIGGER (\w+) [^;]*? ON ([\w.]+))/gms,
    );
    const defined = [...names].map(([, call, trigger, table]) => call ?? `${trigger} on ${table}`);
    expect(defined.length).toBeGreaterThan(50);
    expect(defined.filter((name, index) => defined.indexOf(name) !== index)).toEqual([]);
  });

  it('matches contract.txt, which changes together with CONTRACT_VERSION', async () => {
    const views = await query<{ line: string }>(`
      select c.relname || '.' || attname || ' ' || format_type(atttypid, atttypmod) as line
      from pg_attribute join pg_class c on c.oid = attrelid
      where relnamespace = 'feedmill'::regnamespace and attnum > 0 and relkind = 'v' order by c.relname, attnum`);
    const functions = await query<{ line: string }>(`
      select case pronamespace when 'feedmill_admin'::regnamespace then 'feedmill_admin.' else '' end
        || proname || '(' || pg_get_function_arguments(oid) || ') ' || pg_get_function_result(oid) as line
      from pg_proc where pronamespace in ('feedmill'::regnamespace, 'feedmill_admin'::regnamespace) order by 1`);
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
      where pronamespace in ('feedmill'::regnamespace, 'feedmill_admin'::regnamespace)
        and obj_description(oid, 'pg_proc') is null`);
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

  it('shows no name or password of a feed in any view', async () => {
    await db.$client.query(SAMPLE);
    await query("select * from feedmill_admin.add_delivery('https://user:s3cret@a.example/s3cret?s3cret', '{feed.failing}')");
    await foldCounts(db);
    await measureFeeds(db);
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

describe('feedmill check --schema', () => {
  const { run } = createCommandLine(() => ({ listForeignRelations: () => listForeignRelations(db.$client) }));

  it('finds tables and views of others, says how to move them, and then finds none', async () => {
    expect(await run('check', '--schema')).toBe('Schema feedmill holds nothing but its own views.\n');
    await query(`
      create table feedmill."My copy" (id bigint);
      create materialized view feedmill.daily as select count(*) from feedmill.records`);
    const problem = await run('check', '--schema').catch((error: Error) => error.message);
    expect(problem).toMatch(/^Tables or views in schema feedmill that are not part of it: 2\./);
    expect(await listForeignRelations(db.$client)).toEqual([
      { name: 'feedmill."My copy"', kind: 'table' },
      { name: 'feedmill.daily', kind: 'materialized view' },
    ]);
    await query(problem.slice(problem.indexOf('create schema mine')));
    await query('alter materialized view feedmill.daily set schema mine');
    expect(await run('check', '--schema')).toBe('Schema feedmill holds nothing but its own views.\n');
    await query('drop schema mine cascade');
  });
});

describe('feedmill_reader', () => {
  /** Runs a statement as the reader. @returns the SQLSTATE of the error; undefined if the statement was allowed */
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
  /** Not allowed, or not possible at all (for a view over several tables). */
  const DENIED = /^(42501|55000)$/;

  it.each(VIEWS)('can read %s but not write it', async (view) => {
    expect(await asReader(`select * from feedmill.${view}`)).toBeUndefined();
    expect(await asReader(`delete from feedmill.${view}`)).toMatch(DENIED);
  });

  it('can call the functions', async () => {
    expect(await asReader('select feedmill.contract_version(), feedmill.current_cursor()')).toBeUndefined();
    expect(await asReader('select * from feedmill.changes()')).toBeUndefined();
    expect(await asReader("select * from feedmill.search('one', snippets => true)")).toBeUndefined();
  });

  it('may not use the functions of feedmill_admin', async () => {
    const [row] = await query("select has_schema_privilege('feedmill_reader', 'feedmill_admin', 'usage') as allowed");
    expect(row).toEqual({ allowed: false });
  });

  it.each([
    'select * from feedmill_data.articles',
    'select secret from feedmill_data.websub_subscriptions',
    'select url, secret from feedmill_data.deliveries',
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

  it('is reported as missing if our user may not create it, and gets its rights once it exists', async () => {
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
