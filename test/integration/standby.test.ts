import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { openEmbedded } from '../../db/embedded.js';
import { migrateSchema } from '../../db/migrate.js';
import { until } from '../database.js';

const folder = await mkdtemp(join(tmpdir(), 'feedmill-standby-'));
const [port, standbyPort] = [54_850, 54_880];

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

const queries = [...(await readFile('docs/sql.md', 'utf8')).matchAll(/^```sql\n(.*?)^```/gms)].map(([, sql = '']) => sql);

/** A primary, and a standby that streams from it. */
const first = await openEmbedded(join(folder, 'primary'), port);
await migrateSchema(first.url);
await first.close();
// With its owner, which Postgres insists on.
execFileSync('cp', ['-a', join(folder, 'primary'), join(folder, 'standby')]);
const primary = await openEmbedded(join(folder, 'primary'), port);
const { hostname, port: bound, username, password } = new URL(primary.url);
await appendFile(
  join(folder, 'standby', 'postgres', 'postgresql.auto.conf'),
  `primary_conninfo = 'host=${hostname} port=${bound} user=${username} password=${password}'\n`,
);
await writeFile(join(folder, 'standby', 'postgres', 'standby.signal'), '');
const standby = await openEmbedded(join(folder, 'standby'), standbyPort);
const [writer, reader] = [await connect(primary.url), await connect(standby.url)];
await reader.query('set role feedmill_reader');

afterAll(async () => {
  await Promise.all([writer.end(), reader.end()]);
  await standby.close();
  await primary.close();
  await rm(folder, { recursive: true, force: true });
});

await writer.query("insert into feedmill_data.feeds (url, host, title) values ('https://a.example/feed', 'a.example', 'A')");
const addRecord = (title: string) =>
  writer.query(
    `insert into feedmill_data.articles (url, feed_id, status, due_at, title, published_at, content_html, content_text, excerpt, word_count, content_source, stored_at)
     select 'https://a.example/' || $1::text, id, 'stored', null, $1, now(), '<p>' || $1 || '</p>', $1, $1, 1, 'page', now() from feedmill_data.feeds`,
    [title],
  );
const readChanges = async (client: pg.Client, cursor: string | null) =>
  (await client.query<{ cursor: string; record_id: string }>('select * from feedmill.changes($1)', [cursor])).rows;

describe('a consumer of a standby', () => {
  it('continues there with a cursor from the primary', async () => {
    await addRecord('First');
    const [one] = await until(async () => {
      const rows = await readChanges(writer, null);
      return rows.length === 1 && rows;
    }, 'the change on the primary');
    await addRecord('Second');
    const [two] = await until(async () => {
      const rows = await readChanges(reader, one?.cursor ?? '');
      return rows.length === 1 && rows;
    }, 'the next change on the standby');
    const { rows } = await reader.query('select title from feedmill.records where id = $1', [two?.record_id]);
    expect(rows).toEqual([{ title: 'Second' }]);
  });

  it.each(queries)('runs there: %s', async (query) => {
    await reader.query(query);
  });

  it('cannot listen there', async () => {
    await expect(reader.query('listen feedmill_records')).rejects.toThrow(/during recovery/);
  });
});
