import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedded } from '../../db/embedded.js';
import { migrateSchema } from '../../db/migrate.js';
import { createDatabase, until } from '../database.js';
import { installTool } from '../recipe-tools.js';

const run = promisify(execFile);
const { db, url } = await createDatabase();
const folder = await mkdtemp(join(tmpdir(), 'feedmill-recipes-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const env = { ...process.env, DATABASE_URL: url, REDIS_URL: '' };

const readBlocks = async (file: string, language: string) =>
  [...(await readFile(file, 'utf8')).matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(
    ([, code = '']) => code,
  );
const block = async (language: string) => (await readBlocks('docs/recipes.md', language))[0] ?? '';

const addRecord = async (client: pg.Client | pg.Pool, title: string) =>
  client.query(
    `insert into feedmill_data.articles (url, feed_id, status, due_at, title, site_name, published_at, content_html, content_text, excerpt, word_count, content_source, stored_at)
     select 'https://a.example/' || $1::text, id, 'stored', null, $1, 'A', now(), '<p>' || $1 || '</p>', $1, $1, 1, 'page', now() from feedmill_data.feeds`,
    [title],
  );
const ADD_FEED = "insert into feedmill_data.feeds (url, host, title) values ('https://a.example/feed', 'a.example', 'A')";
await db.$client.query(ADD_FEED);
for (const title of ['First', 'Second, "quoted"', '第三']) await addRecord(db.$client, title);

const queries = await readBlocks('docs/recipes.md', 'sql');
describe('docs/recipes.md', () => {
  it.each(queries)('as a reader: %s', async (query) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query('set role feedmill_reader');
      await client.query(query);
    } finally {
      await client.end();
    }
  });
});

it.each(await readBlocks('docs/scaling.md', 'sql'))('docs/scaling.md: %s', async (query) => {
  expect((await db.$client.query(query)).rows.length).toBeGreaterThan(0);
});

describe('an export', () => {
  beforeAll(async () => {
    const feedmill = `feedmill() { ${process.execPath} ${resolve('bin/feedmill.mjs')} "$@"; }`;
    await run('bash', ['-euo', 'pipefail', '-c', `${feedmill}\n${await block('sh')}`], { cwd: folder, env });
  });

  const duckdb = installTool('duckdb');
  it.skipIf(!duckdb)('becomes Parquet by DuckDB', async () => {
    const script = `
      import { DuckDBInstance } from '@duckdb/node-api';
      const db = await (await DuckDBInstance.create()).connect();
      await db.run(process.argv[2]);
      const rows = await db.runAndReadAll("select title, typeof(published_at) as type from 'records.parquet' order by id");
      console.log(JSON.stringify(rows.getRowObjects()));`;
    await writeFile(join(duckdb ?? '', 'run.mjs'), script);
    const { stdout } = await run(process.execPath, [join(duckdb ?? '', 'run.mjs'), await block('duckdb')], { cwd: folder });
    const type = 'TIMESTAMP WITH TIME ZONE';
    expect(JSON.parse(stdout)).toEqual([
      { title: 'First', type },
      { title: 'Second, "quoted"', type },
      { title: '第三', type },
    ]);
  });

  const polars = installTool('polars');
  it.skipIf(!polars)('is read by Polars', async () => {
    await writeFile(join(folder, 'sites.py'), await block('python'));
    await run('python3', ['sites.py'], { cwd: folder, env: { ...process.env, PYTHONPATH: polars } });
    expect(await readFile(join(folder, 'sites.csv'), 'utf8')).toBe('site_name,records\nA,3\n');
  });
});

describe('the incremental pull', () => {
  const pull = () => run(process.execPath, ['--import', 'tsx', 'pull.ts'], { cwd: folder, env });
  const readCopy = async () => {
    const files = await readdir(join(folder, 'copy'));
    const records = await Promise.all(files.map(async (file) => JSON.parse(await readFile(join(folder, 'copy', file), 'utf8'))));
    return records.map(({ title }) => title as string).sort();
  };
  const readTitles = async () => {
    const { rows } = await db.$client.query<{ title: string }>('select title from feedmill.records');
    return rows.map(({ title }) => title).sort();
  };

  it('follows inserts, updates and deletes, and may be repeated from any saved cursor', async () => {
    await symlink(resolve('node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    await writeFile(join(folder, 'pull.ts'), await block('ts'));
    const follow = async () => {
      await pull();
      return JSON.stringify(await readCopy()) === JSON.stringify(await readTitles());
    };
    await until(follow, 'the first copy');
    const cursor = await readFile(join(folder, 'cursor'), 'utf8');

    await addRecord(db.$client, 'Fourth');
    await db.$client.query("update feedmill_data.articles set title = 'Changed' where title = 'First'");
    await db.$client.query("delete from feedmill_data.articles where title = '第三'");
    await until(follow, 'the changes');
    expect(await readCopy()).toEqual(['Changed', 'Fourth', 'Second, "quoted"']);

    // As after a crash between the batch and its cursor.
    await writeFile(join(folder, 'cursor'), cursor);
    expect(await follow()).toBe(true);
  });
});

describe('logical decoding', () => {
  it('publishes each change once, and no other work', async () => {
    const data = join(folder, 'logical');
    await mkdir(data, { recursive: true });
    const prepare = async (address: string, sql: string[]) => {
      const client = new pg.Client({ connectionString: address });
      await client.connect();
      const results = [];
      for (const statement of sql) results.push((await client.query(statement)).rows);
      await client.end();
      return results;
    };
    const plain = await openEmbedded(data, 54_910);
    await migrateSchema(plain.url);
    await prepare(plain.url, ['alter system set wal_level = logical']);
    await plain.close();
    const logical = await openEmbedded(data, 54_910);
    const publication = await block('sql owner');
    const client = new pg.Client({ connectionString: logical.url });
    try {
      await prepare(logical.url, [publication, "select pg_create_logical_replication_slot('feedmill', 'pgoutput')", ADD_FEED]);
      await client.connect();
      for (const title of ['One', 'Two']) await addRecord(client, title);
      await client.query("update feedmill_data.articles set due_at = now() where title = 'One'");
      await client.query("delete from feedmill_data.articles where title = 'Two'");
      const { rows: changes } = await client.query('select 1 from feedmill_data.changes');
      const { rows: messages } = await client.query<{ kind: string }>(
        `select chr(get_byte(data, 0)) as kind
         from pg_logical_slot_get_binary_changes('feedmill', null, null, 'proto_version', '1', 'publication_names', 'feedmill_changes')`,
      );
      const count = (kind: string) => messages.filter((message) => message.kind === kind).length;
      // I: insert, U: update, D: delete, R: the description of a table.
      expect({ I: count('I'), U: count('U'), D: count('D'), R: count('R') }).toEqual({ I: changes.length, U: 0, D: 0, R: 1 });
      expect(changes).toHaveLength(3);
    } finally {
      await client.end();
      await logical.close();
    }
  });
});
