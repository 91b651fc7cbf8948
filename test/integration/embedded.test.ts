import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { openEmbedded } from '../../db/embedded.js';
import { until } from '../database.js';

// Only its owner may enter this folder, as in a clone in root's home. The server must reach its files there all the same.
const folder = await mkdtemp(join(tmpdir(), 'feedmill-embedded-'));
const PORT = 54_700;
afterAll(() => rm(folder, { recursive: true, force: true }));

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

it('shares one server among all who open its folder, stops it with the last, and keeps its data', async () => {
  const [first, second] = await Promise.all([openEmbedded(folder, PORT), openEmbedded(folder, PORT)]);
  expect(second.url).toBe(first.url);
  await query(first.url, 'create table kept as select 7 as n');
  await first.close();
  expect(await query(second.url, 'select n from kept')).toEqual([7]);
  await second.close();
  await expect(query(second.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);

  const again = await openEmbedded(folder, PORT);
  expect(await query(again.url, 'select n from kept')).toEqual([7]);
  expect(await query(again.url, "select inet_server_addr()::text like '127.%'")).toEqual([true]);
  await again.close();
});

it('starts the server again on the same port when it is killed', async () => {
  const server = await openEmbedded(folder, PORT);
  const [pid] = await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8').then((text) => text.split('\n'));
  process.kill(Number(pid), 'SIGKILL');
  const kept = await until(async () => {
    const rows = await query(server.url, 'select n from kept').catch(() => []);
    return rows.length > 0 && rows;
  }, 'the server to come back');
  expect(kept).toEqual([7]);
  await server.close();
  await expect(query(server.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
});

it('waits for what a killed server has left behind', async () => {
  const child = fork('test/integration/hold-embedded.ts', [folder, String(PORT)], { execArgv: ['--import', 'tsx'] });
  const [url] = (await once(child, 'message')) as [string];
  // A backend notices that its server is gone only after its statement.
  const busy = new pg.Client({ connectionString: url });
  busy.on('error', () => undefined);
  await busy.connect();
  const statement = busy.query('select count(*) from generate_series(1, 20000000)').catch(() => undefined);
  const [pid] = await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8').then((text) => text.split('\n'));
  await until(
    async () =>
      (await query(url, "select 1 from pg_stat_activity where query like '%generate_series(1,%' and state = 'active'")).length >
      1,
    'the statement to run',
  );
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  process.kill(Number(pid), 'SIGKILL');
  await gone;
  const server = await openEmbedded(folder, PORT);
  expect(await query(server.url, 'select n from kept')).toEqual([7]);
  await server.close();
  await statement;
  await busy.end();
});

it.each([
  ['/tmp/a$HOME', /pg_ctl does not support/],
  ['/dev/null/x', /can't be created: .*FEEDMILL_DATA/],
])('says why it can not use %s', async (path, message) => {
  await expect(openEmbedded(path, PORT)).rejects.toThrow(message);
});
