import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeEach, expect, it } from 'vitest';
import { listBackfills, runBackfillBatch } from '../../db/backfills.js';
import { createDatabase, insertFeed } from '../database.js';

const run = promisify(execFile);
const { db, url } = await createDatabase();
const feedId = await insertFeed(db);
const count = async (what: string) => Number((await db.$client.query(`select count(*) as n from ${what}`)).rows[0].n);

/** Enough for several batches. */
const ROWS = 10_500;

/** Records as they were before the column `site`. */
beforeEach(async () => {
  await db.$client.query(`
    truncate feedmill_data.articles restart identity cascade; delete from feedmill_data.backfills;
    insert into feedmill_data.articles (url, feed_id, status, due_at, title, stored_at)
      select 'https://news.a.example/' || n, ${feedId}, 'stored', null, 'Story ' || n, now() from generate_series(1, ${ROWS}) n`);
});

it('migrates many rows in batches, goes on after an interruption, and runs once in several processes', async () => {
  const changes = await count('feedmill_data.changes');
  expect(await listBackfills(db)).toEqual([{ name: 'article-sites', position: 0, last: 0 }]);
  expect(await runBackfillBatch(db)).toEqual({ name: 'article-sites', position: 1_000, last: ROWS });
  expect(await count('feedmill_data.articles where site is not null')).toBe(1_000);

  // An article that comes later has its site, so the end does not move away.
  await db.$client.query(
    `insert into feedmill_data.articles (url, feed_id, due_at) values ('https://b.example/new', ${feedId}, null)`,
  );
  const positions: number[] = [];
  while ((await listBackfills(db)).length > 0) {
    const batches = await Promise.all([runBackfillBatch(db), runBackfillBatch(db)]);
    positions.push(...batches.flatMap((progress) => progress?.position ?? []));
  }
  expect(positions.toSorted((a, b) => a - b)).toEqual([...Array.from({ length: 9 }, (_, n) => (n + 2) * 1_000), ROWS]);
  expect(await count("feedmill_data.articles where site = 'a.example'")).toBe(ROWS);
  expect(await runBackfillBatch(db)).toBeUndefined();
  // Consumers are not told: nothing that they read has changed.
  expect(await count('feedmill_data.changes')).toBe(changes);
});

it('keeps nothing of a batch that fails', async () => {
  await db.$client.query('alter table feedmill_data.articles add constraint no_sites check (id < 1500 or site is null)');
  await runBackfillBatch(db);
  await expect(runBackfillBatch(db)).rejects.toThrow();
  expect(await listBackfills(db)).toEqual([{ name: 'article-sites', position: 1_000, last: ROWS }]);
  expect(await count('feedmill_data.articles where site is not null')).toBe(1_000);
  await db.$client.query('alter table feedmill_data.articles drop constraint no_sites');
});

it('says how far it is: feedmill migrate, and --wait to run it to the end', async () => {
  const migrate = async (...args: string[]) =>
    run(process.execPath, ['bin/feedmill.mjs', 'migrate', ...args], {
      env: { ...process.env, DATABASE_URL: url, REDIS_URL: '' },
    });
  await runBackfillBatch(db);
  expect((await migrate()).stdout).toContain(`Data migration article-sites: 9 %, 1000 of ${ROWS} rows; the poller runs it.`);
  expect((await migrate('--wait')).stderr).toContain(`Data migration article-sites: 100 %, ${ROWS} of ${ROWS} rows`);
  expect(await count('feedmill_data.articles where site is null')).toBe(0);
  expect((await migrate()).stdout).toBe('The database is already up to date.\n');
});
