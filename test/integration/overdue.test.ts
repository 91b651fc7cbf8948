import { beforeEach, expect, it } from 'vitest';
import { readOverdue } from '../../db/overdue.js';
import { makePartitions } from '../../db/partitions.js';
import { countRowsRead, createDatabase } from '../database.js';
import { createRecords } from './records.js';

const { db } = await createDatabase();
const { query, reset, addRecord } = createRecords(db);

const KEEPING = { clusterDays: 14, keepChangesDays: 7, keepPagesDays: 7, keepPollsDays: 30, retentionDays: 90 };
const DAY_S = 86_400;
const daysAgo = (days: number) => `now() - interval '${days} days'`;
/** Whole days, without the tables of which nothing is overdue. */
const readDays = async (keeping = KEEPING) =>
  Object.fromEntries(
    Object.entries(await readOverdue(db, keeping)).flatMap(([table, seconds]) =>
      seconds === 0 ? [] : [[table, Math.floor(seconds / DAY_S)]],
    ),
  );

beforeEach(async () => {
  await reset();
  for (const table of ['changes', 'fingerprint_keys', 'hosts', 'robots', 'deliveries', 'outages', 'reextractions'])
    await query(`delete from feedmill_data.${table}`);
});

it('tells nothing while nothing is too old', async () => {
  await addRecord('young');
  expect(await readDays()).toEqual({});
});

it.each([
  { table: 'articles', days: 90, age: (ago: string) => `update feedmill_data.articles set stored_at = ${ago}` },
  {
    table: 'articles',
    days: 90,
    age: (ago: string) =>
      `update feedmill_data.articles set stored_at = null, status = 'failed', error = 'gone', due_at = null, updated_at = ${ago}`,
  },
  { table: 'changes', days: 7, age: (ago: string) => `update feedmill_data.changes set changed_at = ${ago}` },
  {
    table: 'fingerprint_keys',
    days: 14,
    age: (ago: string) => `with key as (insert into feedmill_data.fingerprint_keys select 7, id from feedmill_data.articles)
      update feedmill_data.articles set stored_at = ${ago}`,
  },
  { table: 'hosts', days: 30, age: (ago: string) => `insert into feedmill_data.hosts (host, next_at) values ('unused', ${ago})` },
  {
    table: 'messages',
    days: 90,
    age: (ago: string) => `with receiver as (
        insert into feedmill_data.deliveries (kind, url, events, secret, rate_per_minute, concurrency, digest_minutes)
        values ('webhook', 'https://r.example/', '{record.stored}', 's', 60, 1, 0) returning id)
      insert into feedmill_data.messages (delivery_id, type, subject, dead_at) select id, 'record.stored', 's', ${ago} from receiver`,
  },
  { table: 'outages', days: 400, age: (ago: string) => `insert into feedmill_data.outages (ended_at) values (${ago})` },
  {
    table: 'pages',
    days: 7,
    age: (ago: string) => `insert into feedmill_data.pages (article_id, number, url, content_type, body, fetched_at)
      select id, 1, url, 'text/html', '', ${ago} from feedmill_data.articles`,
  },
  {
    table: 'polls',
    days: 30,
    age: (ago: string) => `insert into feedmill_data.polls (feed_id, started_at, duration_ms, outcome)
      select id, ${ago}, 1, 'steady' from feedmill_data.feeds`,
  },
  {
    table: 'reextractions',
    days: 30,
    age: (ago: string) => `insert into feedmill_data.reextractions (article_id, run, due_at, outcome, done_at)
      select id, 1, null, 'unchanged', ${ago} from feedmill_data.articles`,
  },
  {
    table: 'robots',
    days: 30,
    age: (ago: string) => `insert into feedmill_data.robots (origin, asked_at) values ('https://x.example', ${ago})`,
  },
])('tells how long ago the oldest row of $table should have been deleted', async ({ table, days, age }) => {
  await addRecord('one');
  await query(age(daysAgo(days + 3)));
  expect((await readDays())[table]).toBe(3);
});

it('tells of a range of ids whose partitions should be gone', async () => {
  const [last] = await query<{ upper: string }>('select max(upper) as upper from feedmill_data.id_ranges');
  await query("select setval(pg_get_serial_sequence('feedmill_data.articles', 'id'), $1)", [Number(last?.upper)]);
  await makePartitions(db, 0);
  await addRecord('in the second range');
  await query(`update feedmill_data.articles set first_seen_at = ${daysAgo(6)}`);
  expect(await readDays()).toEqual({ id_ranges: 5 });
});

it('leaves out what is kept for ever', async () => {
  await addRecord('old');
  await query(`update feedmill_data.articles set stored_at = ${daysAgo(900)}`);
  await query(`update feedmill_data.changes set changed_at = ${daysAgo(900)}`);
  const keeping = { ...KEEPING, keepChangesDays: 0, retentionDays: 0 };
  expect(await readDays(keeping)).toEqual({});
});

it('reads a row or two of each table, by its index', async () => {
  await query(`insert into feedmill_data.articles (url, feed_id, status, due_at, stored_at, error)
    select 'https://a.example/n/' || n, (select min(id) from feedmill_data.feeds), 'stored', null, now(), 'gone' from generate_series(1, 5000) n`);
  await query('insert into feedmill_data.fingerprint_keys select 1, id from feedmill_data.articles');
  await query('vacuum analyze feedmill_data.articles');
  await query('vacuum analyze feedmill_data.fingerprint_keys');
  for (const table of ['articles', 'fingerprint_keys']) {
    const { by_scan, by_index } = await countRowsRead(db, table, (tx) => readOverdue(tx, KEEPING));
    expect(by_scan, table).toBe(0);
    expect(by_index, table).toBeLessThan(10);
  }
});
