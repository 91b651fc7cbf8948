import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { openEmbedded } from '../../db/embedded.js';

// Closed to all but its owner, as a clone in root's home is: the server must reach its files there.
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

it('is one server for all who open its folder, stopped by the last, and keeps what it holds', async () => {
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
