import fc from 'fast-check';
import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createDatabase, insertFeed, insertRecord } from '../database.js';

// No value that a table can hold may make a view fail: a feed writes many of them, and one bad row would hide all others.

const { db } = await createDatabase();

const LONG = 'x'.repeat(1_000_000);
const FILES = [
  '[{"url": 1, "length": 1e300, "duration": 1e300}]',
  '[{"length": -1, "duration": -1e-300}, {"length": 9223372036854775807}, {"length": 9223372036854775807.9}]',
  `[{"duration": 1${'0'.repeat(400)}}, {"duration": 1e-400}, {"length": "many", "duration": "1:00"}]`,
  '[{"length": {}, "duration": [], "type": null, "url": null}, null, 1, "x", [], {}]',
];
const TEXTS = ['', ' ', LONG, '\u202e\u{10ffff}', 'http://a:b@', 'a://'.repeat(10_000), 'null', '-infinity'];
const FACTS = ['{"clamped": "maybe", "zoneAssumed": 7}', '{"clamped": {}, "source": []}', '{"text": null, "clamped": null}'];
/** The extremes of each type, as text that Postgres reads. */
const EXTREMES: Record<string, readonly string[]> = {
  bool: ['true', 'false'],
  int4: ['-2147483648', '0', '2147483647'],
  _int4: ['{}', '{NULL}', '{-2147483648,2147483647}'],
  float8: ['NaN', 'Infinity', '-Infinity', '1e308', '0'],
  interval: ['178000000 years', '-178000000 years', '0'],
  int8: ['-9223372036854775808', '0', '9223372036854775807'],
  xid8: ['0', '18446744073709551615'],
  text: TEXTS,
  timestamptz: ['infinity', '-infinity', '4713-01-01 00:00:00+00 BC', '294276-12-31 23:59:59+00', 'epoch', 'now'],
  jsonb: ['null', '[]', '{}', '"x"', '1e300', 'true', ...FILES, ...FACTS],
  bytea: ['\\x', '\\x00ff'],
  tsvector: ['', "'x':16383A"],
  _text: ['{}', '{NULL}', '{{a,b},{c,d}}', `{${LONG}}`, `{${Array(10_000).fill('x').join()}}`],
  _int8: ['{}', '{NULL}', '{{1,2},{3,4}}', '{-9223372036854775808,9223372036854775807}'],
  uuid: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  'feedmill_data.body': ['(,,)', '("","","")', `(${LONG},${LONG},${LONG})`, '(\u202e\u{10ffff},null,-infinity)'],
  _timestamptz: ['{}', '{infinity,-infinity}', '{294276-12-31,NULL}'],
};

interface Column {
  table: string;
  column: string;
  type: string;
}

async function listColumns(): Promise<Column[]> {
  const { rows } = await db.$client.query<Column>(`
    select c.relname as table, attname as column,
      case typnamespace when 'feedmill_data'::regnamespace then 'feedmill_data.' else '' end || typname as type
    from pg_attribute join pg_class c on c.oid = attrelid join pg_type t on t.oid = atttypid
    where relnamespace = 'feedmill_data'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped
    and c.relname <> 'migrations' and attidentity = '' order by 1, attnum`);
  return rows;
}

async function listViews(): Promise<string[]> {
  const { rows } = await db.$client.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'feedmill'::regnamespace and relkind = 'v' order by 1",
  );
  return rows.map(({ name }) => name);
}

/** One row in every table that a view reads. */
async function fillTables(): Promise<void> {
  const feedId = await insertFeed(db);
  const id = await insertRecord(db, { feedId, url: 'https://a.example/1', text: 'one' });
  await db.$client.query(`
    insert into feedmill_data.hosts (host) values ('a.example');
    insert into feedmill_data.articles (url, feed_id, status, due_at, error) values ('https://a.example/2', ${feedId}, 'failed', null, 'gone');
    insert into feedmill_data.entries (feed_id, key, article_id, title, content_hash, enclosures, published_at)
      values (${feedId}, 'k', ${id}, 'T', 'h', '[{"url": "https://a.example/1.mp3", "length": 12}]', now());
    insert into feedmill_data.polls (feed_id, started_at, duration_ms, outcome, possible_gap)
      select ${feedId}, now() - n * interval '1 hour', 5, 'news', true from generate_series(1, 2) n;
    insert into feedmill_data.fingerprints (article_id, cluster_id) values (${id}, ${id});
    update feedmill_data.articles set title = 'uno', published_as = '{"source": "feed"}' where id = ${id};`);
}

/** Sets a column of all rows. What a constraint or a type forbids is not stored, and so is no case. */
async function assign(client: pg.PoolClient, { table, column, type }: Column, value: string): Promise<boolean> {
  await client.query('savepoint one');
  try {
    await client.query(`update feedmill_data."${table}" set "${column}" = $1::text::${type}`, [value]);
    return true;
  } catch {
    await client.query('rollback to one');
    return false;
  }
}

/** The views that fail, with their errors. Reading a row as text computes every column. */
async function listFailing(client: pg.PoolClient, views: readonly string[]): Promise<string[]> {
  const failing: string[] = [];
  for (const view of views) {
    await client.query('savepoint reading');
    await client.query(`select sum(length(v::text)) from feedmill.${view} v`).catch(async (error: Error) => {
      failing.push(`${view}: ${error.message}`);
      await client.query('rollback to reading');
    });
  }
  return failing;
}

describe('every view can be read', async () => {
  await fillTables();
  const [columns, views] = [await listColumns(), await listViews()];
  const known = columns.filter(({ type }) => EXTREMES[type] !== undefined);

  it('for columns of every type that there is', () => {
    expect(columns.filter(({ type }) => EXTREMES[type] === undefined)).toEqual([]);
    expect(views).toContain('records');
  });

  const inTransaction = async (work: (client: pg.PoolClient) => Promise<void>) => {
    const client = await db.$client.connect();
    try {
      await client.query('begin');
      // The triggers of articles compute too, but only what is stored counts here.
      await client.query("set local session_replication_role = 'replica'");
      await work(client);
    } finally {
      await client.query('rollback');
      client.release();
    }
  };

  it.each([...new Set(known.map(({ table }) => table))])('whatever a column of %s holds', async (table) => {
    for (const column of known.filter((one) => one.table === table))
      for (const value of EXTREMES[column.type] ?? [])
        await inTransaction(async (client) => {
          if (!(await assign(client, column, value))) return;
          expect(await listFailing(client, views), `${table}.${column.column} = ${value.slice(0, 80)}`).toEqual([]);
        });
  });

  it('whatever several columns hold at once', async () => {
    const cell = fc
      .constantFrom(...known)
      .chain((column) => fc.record({ column: fc.constant(column), value: fc.constantFrom(...(EXTREMES[column.type] ?? [])) }));
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 2, maxLength: 12 }), (cells) =>
        inTransaction(async (client) => {
          for (const { column, value } of cells) await assign(client, column, value);
          expect(await listFailing(client, views)).toEqual([]);
        }),
      ),
      { numRuns: 60 },
    );
  });
});
