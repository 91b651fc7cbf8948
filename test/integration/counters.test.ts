import { beforeEach, expect, it } from 'vitest';
import type { Db } from '../../db/client.js';
import { auditCounts, foldCounts, measureFeeds, type WrongCounts } from '../../db/counters.js';
import { reportStore } from '../../db/reports.js';
import { createRandom } from '../../src/sampler/random.js';
import { createCommandLine } from '../command-line.js';
import { countRowsRead, createDatabase, insertFeed, insertRecord, until } from '../database.js';

const { db } = await createDatabase();
const query = async (text: string, values: unknown[] = []) => (await db.$client.query(text, values)).rows;

beforeEach(async () => {
  await query('truncate feedmill_data.feeds cascade');
});

async function audit({ repair = false } = {}): Promise<WrongCounts[]> {
  const wrong: WrongCounts[] = [];
  for await (const part of auditCounts(db, { repair })) wrong.push(...part.wrong);
  return wrong;
}
/** Leaves feeds as they were before the counters. */
const forgetCounts = () => query('delete from feedmill_data.feed_counts; delete from feedmill_data.count_changes');
const store = (feedId: number, name = 'one') => insertRecord(db, { feedId, url: `https://a.example/${name}`, text: name });
const records = () => query('select id::int, records::int from feedmill.feeds order by id');

it('counts are right at once, and the same when they are folded', async () => {
  const feed = await insertFeed(db);
  const ids = [await store(feed), await store(feed, 'two')];
  await query("insert into feedmill_data.articles (url, feed_id) values ('https://a.example/3', $1)", [feed]);
  expect(await reportStore(db).loadStatus()).toMatchObject({ feeds: 1, pending: 1, stored: 2, failed: 0 });
  while (await foldCounts(db));
  expect(await query('select * from feedmill_data.count_changes')).toEqual([]);
  await query("update feedmill_data.articles set status = 'failed', error = 'gone', due_at = null where status = 'pending'");
  await query('delete from feedmill_data.articles where id = $1', [ids[0]]);
  expect(await reportStore(db).loadStatus()).toMatchObject({ pending: 0, stored: 1, failed: 1 });
  await foldCounts(db);
  expect(await query('select pending, stored, failed from feedmill_data.feed_counts')).toEqual([
    { pending: 0, stored: 1, failed: 1 },
  ]);
  expect(await records()).toEqual([{ id: feed, records: 1 }]);
});

it('the status of counted feeds reads none of their articles', async () => {
  const feed = await insertFeed(db);
  await Promise.all(Array.from({ length: 30 }, (_, n) => store(feed, String(n))));
  await foldCounts(db);
  let stored = 0;
  const read = await countRowsRead(db, 'articles', async (tx) => {
    stored = (await reportStore(tx as Db).loadStatus()).stored;
  });
  expect({ stored, ...read }).toEqual({ stored: 30, by_scan: 0, by_index: 0 });
});

it('the counts of a feed move with its articles, and go with it', async () => {
  const [one, other] = [await insertFeed(db), await insertFeed(db, 'https://b.example/feed')];
  await store(one);
  await foldCounts(db);
  await query('update feedmill_data.articles set feed_id = $1', [other]);
  expect(await records()).toEqual([
    { id: one, records: 0 },
    { id: other, records: 1 },
  ]);
  await query('delete from feedmill_data.feeds where id = $1', [other]);
  await foldCounts(db);
  expect(await records()).toEqual([{ id: one, records: 0 }]);
  expect(await audit()).toEqual([]);
});

it('a feed that is older than the counters is counted when it is read, and by the first change', async () => {
  const feed = await insertFeed(db);
  await store(feed);
  await forgetCounts();
  expect(await records()).toEqual([{ id: feed, records: 1 }]);
  await store(feed, 'two');
  await foldCounts(db);
  expect(await records()).toEqual([{ id: feed, records: 2 }]);
  expect(await audit()).toEqual([]);
});

it('nothing is lost or counted twice while several sessions write, fold, count and delete', async () => {
  const feeds = await Promise.all([1, 2, 3].map((n) => insertFeed(db, `https://${n}.example/feed`)));
  const random = createRandom(11);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)];
  const operations = [
    () =>
      query(
        `insert into feedmill_data.articles (url, feed_id) select 'https://x.example/' || gen_random_uuid(), $1
         from generate_series(1, 3)`,
        [pick(feeds)],
      ),
    () =>
      query(`update feedmill_data.articles set status = 'stored', stored_at = now(), published_at = now() where id in (
        select id from feedmill_data.articles where status = 'pending' limit 2 for update skip locked)`),
    () =>
      query(`update feedmill_data.articles set status = 'failed' where id in (
        select id from feedmill_data.articles where status = 'pending' limit 1 for update skip locked)`),
    () =>
      query(
        `update feedmill_data.articles set feed_id = $1 where id in (
           select id from feedmill_data.articles order by random() limit 2 for update skip locked)`,
        [pick(feeds)],
      ),
    () =>
      query(`delete from feedmill_data.articles where id in (
        select id from feedmill_data.articles order by random() limit 1 for update skip locked)`),
    () => foldCounts(db),
    () => query('select feedmill_data.recount_feeds($1)', [[pick(feeds)]]),
    () => measureFeeds(db),
  ];
  const work = async () => {
    for (let n = 0; n < 60; n += 1) await pick(operations)?.();
  };
  await Promise.all([work(), work(), work(), work()]);
  expect(await query('select count(*)::int > 20 as many from feedmill_data.articles')).toEqual([{ many: true }]);
  expect(await audit()).toEqual([]);
  while (await foldCounts(db));
  expect(await audit()).toEqual([]);
});

it('a new feed needs no counting', async () => {
  const feed = await insertFeed(db);
  expect(await query('select kept, pending::int from feedmill_data.current_counts')).toEqual([{ kept: true, pending: 0 }]);
  await store(feed);
  await query('update feedmill_data.feeds set removed_at = now(), due_at = null');
  expect(await query('select kept, stored::int from feedmill_data.current_counts')).toEqual([{ kept: true, stored: 1 }]);
});

it('folding leaves out a feed that is being removed, and counting waits for it without a deadlock', async () => {
  const [feed, other] = [await insertFeed(db), await insertFeed(db, 'https://b.example/feed')];
  await store(feed);
  await insertRecord(db, { feedId: other, url: 'https://b.example/1', text: 'two' });
  await query('delete from feedmill_data.feed_counts');
  const removal = await db.$client.connect();
  await removal.query('begin');
  await removal.query('select from feedmill_data.feeds where id = $1 for update', [feed]);
  await foldCounts(db);
  expect(await query('select feed_id::int as id from feedmill_data.feed_counts')).toEqual([{ id: other }]);
  const recounted = query('select feedmill_data.recount_feeds($1)', [[feed, other]]);
  await until(
    async () =>
      (await query("select from pg_stat_activity where query like '%recount_feeds($1)%' and wait_event_type = 'Lock'"))[0],
    'the count to wait for the feed',
  );
  await removal.query('delete from feedmill_data.feeds where id = $1', [feed]);
  await removal.query('commit');
  removal.release();
  await recounted;
  while (await foldCounts(db));
  expect(await query('select * from feedmill_data.count_changes')).toEqual([]);
  expect(await audit()).toEqual([]);
});

it('feeds that were never counted are counted a few at a time', async () => {
  for (let n = 0; n < 45; n += 1) await store(await insertFeed(db, `https://f${n}.example/feed`), String(n));
  await query('delete from feedmill_data.feed_counts');
  const counted = async () => (await query('select count(*)::int as n from feedmill_data.feed_counts'))[0]?.n;
  const steps: unknown[] = [];
  for (let step = 0; step < 3; step += 1) steps.push([await foldCounts(db), await counted()]);
  expect(steps).toEqual([
    [true, 20],
    [true, 40],
    [false, 45],
  ]);
  expect(await query('select * from feedmill_data.count_changes')).toEqual([]);
  expect(await audit()).toEqual([]);
});

it('truncating the articles leaves no counts', async () => {
  await store(await insertFeed(db));
  await foldCounts(db);
  await query('truncate feedmill_data.articles cascade');
  expect(await audit()).toEqual([]);
});

it('the command check names the feeds whose counters are wrong, and repairs them', async () => {
  const feed = await insertFeed(db);
  await store(feed);
  await foldCounts(db);
  const { run } = createCommandLine(() => ({
    auditCounts: (options) => auditCounts(db, options),
    listPutAside: async () => [],
    listForeignRelations: async () => [],
  }));
  expect(await run('check', '--counters')).toBe('The counters of 1 feed are right.\n');
  await query('update feedmill_data.feed_counts set stored = 7');
  await expect(run('check', '--counters')).rejects.toThrow('The counters of 1 of 1 feed are wrong. To set them right:');
  expect(JSON.parse(await run('check', '--counters', '--repair', '--json'))).toEqual({
    feed_id: feed,
    url: 'https://a.example/feed',
    counted: { pending: 0, stored: 7, failed: 0 },
    found: { pending: 0, stored: 1, failed: 0 },
  });
  expect(await run('check')).toBe(
    'Schema feedmill holds nothing but its own views.\nNo record failed to be indexed.\nThe counters of 1 feed are right.\n',
  );
});

it('a feed is measured once it is counted, and again after news', async () => {
  const feed = await insertFeed(db);
  await query("update feedmill_data.feeds set created_at = now() - interval '2 hours'");
  const measured = () => query('select median_delay_seconds as delay from feedmill.feeds where id = $1', [feed]);
  await store(feed);
  await query("update feedmill_data.articles set published_at = stored_at - interval '5 minutes'");
  await foldCounts(db);
  await measureFeeds(db);
  expect(await measured()).toEqual([{ delay: 300 }]);
  const next = () => query("select measure_at > now() + interval '1 hour' as late from feedmill_data.feed_counts");
  expect(await next()).toEqual([{ late: true }]);
  await store(feed, 'two');
  await foldCounts(db);
  expect(await next()).toEqual([{ late: false }]);
});
