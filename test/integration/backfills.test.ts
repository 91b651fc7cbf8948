import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeEach, expect, it } from 'vitest';
import { listBackfills, runBackfillBatch } from '../../db/backfills.js';
import { createDatabase, insertFeed } from '../database.js';
import { INDEXING } from './search-index.js';

const run = promisify(execFile);
const { db, url } = await createDatabase();
const feedId = await insertFeed(db);
const count = async (what: string) => Number((await db.$client.query(`select count(*) as n from ${what}`)).rows[0].n);

/** Enough for several batches. */
const ROWS = 10_500;

/** Records as they were before the column `site` and before `bodies`. */
beforeEach(async () => {
  await db.$client.query(`
    truncate feedmill_data.articles restart identity cascade; delete from feedmill_data.backfills;
    alter table feedmill_data.articles disable trigger article_body_inserted;
    insert into feedmill_data.articles (url, feed_id, status, due_at, title, excerpt, content_text, content_html, stored_at)
      select 'https://news.a.example/' || n, ${feedId}, 'stored', null, 'Story ' || n, 'E' || n, 'T' || n, '<p>' || n, now()
      from generate_series(1, ${ROWS}) n;
    alter table feedmill_data.articles enable trigger article_body_inserted`);
});

/** Leaves only this backfill to be run. */
const leaveOnly = async (name: string) => {
  const others = (await listBackfills(db)).filter((other) => other.name !== name);
  await db.$client.query(
    'insert into feedmill_data.backfills (name, last, finished_at) select name, 0, now() from unnest($1::text[]) name',
    [others.map((other) => other.name)],
  );
};

/** What consumers see of the bodies, as one value. */
const shown = async () =>
  (
    await db.$client.query(`
      select md5(string_agg(concat(r, v.excerpt, v.content_text, v.content_html), ',' order by r.id)) as all
      from feedmill.records r join feedmill.record_revisions v on v.record_id = r.id`)
  ).rows[0].all;

it('begins with the counters, which status and list wait for', async () => {
  const begun: string[] = [];
  while ((await listBackfills(db)).length > 0) {
    const progress = await runBackfillBatch(db, INDEXING);
    if (progress && progress.name !== begun.at(-1)) begun.push(progress.name);
  }
  expect(begun).toEqual(['feed-counts', 'article-sites', 'article-bodies', 'search-keys']);
});

it('migrates many rows in batches, goes on after an interruption, and runs once in several processes', async () => {
  await leaveOnly('article-sites');
  const changes = await count('feedmill_data.changes');
  expect(await listBackfills(db)).toEqual([{ name: 'article-sites', position: 0, last: 0 }]);
  expect(await runBackfillBatch(db, INDEXING)).toEqual({ name: 'article-sites', position: 1_000, last: ROWS });
  expect(await count('feedmill_data.articles where site is not null')).toBe(1_000);

  // An article that comes later has its site, so the end does not move away.
  await db.$client.query(
    `insert into feedmill_data.articles (url, feed_id, due_at) values ('https://b.example/new', ${feedId}, null)`,
  );
  const positions: number[] = [];
  while ((await listBackfills(db)).length > 0) {
    const batches = await Promise.all([runBackfillBatch(db, INDEXING), runBackfillBatch(db, INDEXING)]);
    positions.push(...batches.flatMap((progress) => progress?.position ?? []));
  }
  expect(positions.toSorted((a, b) => a - b)).toEqual([...Array.from({ length: 9 }, (_, n) => (n + 2) * 1_000), ROWS]);
  expect(await count("feedmill_data.articles where site = 'a.example'")).toBe(ROWS);
  // Consumers are not told of every record that they have.
  expect(await count('feedmill_data.changes')).toBe(changes);
});

it('keeps nothing of a batch that fails', async () => {
  await leaveOnly('article-sites');
  await db.$client.query('alter table feedmill_data.articles add constraint no_sites check (id < 1500 or site is null)');
  await runBackfillBatch(db, INDEXING);
  await expect(runBackfillBatch(db, INDEXING)).rejects.toThrow();
  expect(await listBackfills(db)).toEqual([{ name: 'article-sites', position: 1_000, last: ROWS }]);
  expect(await count('feedmill_data.articles where site is not null')).toBe(1_000);
  await db.$client.query('alter table feedmill_data.articles drop constraint no_sites');
});

it('moves bodies to their own table, unseen by consumers', async () => {
  const changes = await count('feedmill_data.changes');
  const move = async () => {
    await runBackfillBatch(db, INDEXING);
    return (await listBackfills(db))[0];
  };
  await leaveOnly('article-bodies');
  const before = await shown();
  expect(await move()).toEqual({ name: 'article-bodies', position: 1_000, last: ROWS });
  expect(await shown()).toBe(before);
  expect(await count('feedmill_data.bodies')).toBe(1_000);
  while (await move());
  expect(await shown()).toBe(before);
  expect(await count('feedmill_data.bodies')).toBe(ROWS);
  expect(await count('feedmill_data.articles where num_nonnulls(excerpt, content_text, content_html) > 0')).toBe(0);
  expect(await count('feedmill_data.changes')).toBe(changes);
});

it('leaves a body that can not be moved where it is, and tells the indexer of it', async () => {
  await leaveOnly('article-bodies');
  await db.$client.query(`
    truncate feedmill_data.unindexed;
    create function feedmill_data.refuse() returns trigger language plpgsql as $$
    begin raise exception 'refused' using errcode = 'XX001'; end $$;
    create trigger refuse before insert on feedmill_data.bodies for each row when (new.article_id = 500)
    execute function feedmill_data.refuse()`);
  const before = await shown();
  expect(await runBackfillBatch(db, INDEXING)).toMatchObject({ position: 1_000 });
  expect(await shown()).toBe(before);
  expect(await count('feedmill_data.bodies')).toBe(999);
  const { rows } = await db.$client.query('select article_id::int as id, faults, error from feedmill_data.unindexed');
  expect(rows).toEqual([{ id: 500, faults: 1, error: 'refused' }]);
  await db.$client.query('drop trigger refuse on feedmill_data.bodies');
});

it('counts feeds that are older than the counters', async () => {
  await db.$client.query('delete from feedmill_data.feed_counts; delete from feedmill_data.count_changes');
  await leaveOnly('feed-counts');
  while ((await listBackfills(db)).length > 0) await runBackfillBatch(db, INDEXING);
  const { rows } = await db.$client.query('select pending, stored, failed from feedmill_data.feed_counts');
  expect(rows).toEqual([{ pending: 0, stored: ROWS, failed: 0 }]);
  expect(await runBackfillBatch(db, INDEXING)).toBeUndefined();
});

it('says how far it is: feedmill migrate, and --wait to run it to the end', async () => {
  const migrate = async (...args: string[]) =>
    run(process.execPath, ['bin/feedmill.mjs', 'migrate', ...args], {
      env: { ...process.env, DATABASE_URL: url, REDIS_URL: '' },
    });
  await leaveOnly('article-sites');
  await runBackfillBatch(db, INDEXING);
  expect((await migrate()).stdout).toContain(`Data migration article-sites: 9 %, 1000 of ${ROWS} rows; the poller runs it.`);
  expect((await migrate('--wait')).stderr).toContain(`Data migration article-sites: 100 %, ${ROWS} of ${ROWS} rows`);
  expect(await count('feedmill_data.articles where site is null')).toBe(0);
  expect((await migrate()).stdout).toBe('The database is already up to date.\n');
});
