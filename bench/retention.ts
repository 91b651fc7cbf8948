import { parseArgs } from 'node:util';
import type { Db } from '../db/client.js';
import { foldCounts } from '../db/counters.js';
import { makePartitions } from '../db/partitions.js';
import { expireRecords } from '../db/retention.js';
import { UserError } from '../src/user-error.js';
import { type Query, readPostgresMs, withDatabase } from './database.js';

const PORT = 56_330;
/** Feeds, each with a record a day. A range of ids then holds five days. */
const FEEDS = 10_000;
/** Fewest days: a range has to end. */
const LEAST_DAYS = 8;
/** Ids that the embedded partition of the first installation has. The model is older than that. */
const FIRST_ID = 1_000_000;
const BATCH = 20_000;

const HELP = `Usage: npm run bench -- retention [options]

Fills a database with the records of some days, ${FEEDS.toLocaleString('en')} a day, each of another feed. Deletes them day by day until a range of ids has ended,
and prints what a day takes: records, milliseconds, those of processor time, the longest batch, and what is written to the log.

  --days N        how many (default: 100, a million records: 2.5 GB in BENCH_FOLDER)
  --help          print this`;

/** Prints what retention costs. */
export async function run(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { days: { type: 'string', default: '100' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const days = Number(values.days);
  if (!Number.isInteger(days) || days < LEAST_DAYS)
    throw new UserError(`--days takes a whole number from ${LEAST_DAYS} on, not ${values.days}`, 2);
  await withDatabase(PORT, (db, query) => measure(db, query, days), { max: 1 });
}

async function measure(db: Db, query: Query, days: number): Promise<void> {
  await fill(db, query, days);
  console.log('days kept  records   wall ms  Postgres ms  longest ms  log MB  ranges left');
  const [ranges] = await query('select count(*) as n from feedmill_data.id_ranges');
  for (let kept = days - 1; kept > 0; kept -= 1) {
    await printDay(db, query, kept);
    const [left] = await query('select count(*) as n from feedmill_data.id_ranges');
    if (Number(left?.n) < Number(ranges?.n)) return;
  }
}

async function fill(db: Db, query: Query, days: number): Promise<void> {
  const records = days * FEEDS;
  for (const setting of ["synchronous_commit = 'off'", "max_wal_size = '8GB'"]) await query(`alter system set ${setting}`);
  await query('select pg_reload_conf()');
  await query(
    `insert into feedmill_data.feeds (url, host, due_at) select 'https://h' || n || '.example/feed', 'h' || n || '.example', now() + interval '1 year'
     from generate_series(1, $1::int) n`,
    [FEEDS],
  );
  await query("select setval(pg_get_serial_sequence('feedmill_data.articles', 'id'), $1)", [FIRST_ID]);
  await makePartitions(db, days);
  for (let from = 0; from < records; from += BATCH) {
    await addRecords(query, { from, to: Math.min(records, from + BATCH), days });
    await makePartitions(db, days);
    while (await foldCounts(db));
    process.stderr.write(`\r${Math.round((100 * from) / records)} %`);
  }
  // The range that every installation begins with.
  await query('select feedmill_data.drop_empty_range()');
  await query('truncate feedmill_data.unindexed');
  await query('vacuum analyze');
  for (const setting of ['synchronous_commit', 'max_wal_size']) await query(`alter system reset ${setting}`);
  await query('select pg_reload_conf()');
  await query('checkpoint');
  process.stderr.write('\r');
}

/** Records with an entry each, every tenth with two; what is long is as short as the index of the words allows, since it is not read. */
async function addRecords(query: Query, { from, to, days }: { from: number; to: number; days: number }): Promise<void> {
  await query(
    `with added as (
       insert into feedmill_data.articles (url, host, site, feed_id, status, due_at, first_seen_at, stored_at, published_at, title,
         authors, language, word_count, content_source, content_html)
       select 'https://h' || f || '.example/2025/11/a-title-of-the-usual-length-' || n, 'h' || f || '.example', 'h' || f || '.example', f,
         'stored', null, at, at, at, 'A title of the usual length, number ' || n, '{Jane Doe}', 'en', 500, 'page', repeat('A text. ', 40)
       from (
         select n, 1 + n % ${FEEDS} as f, now() - ($3::int - n::float8 / ${FEEDS}) * interval '1 day' as at
         from generate_series($1::int, $2::int - 1) n) as numbered
       returning id, url, feed_id, title, stored_at
     ), words as (
       insert into feedmill_data.search_keys (article_id, title, keys)
       select id, '{1,2,3,4,5,6}', array(select (id * 7919 + n * 104729) % 50000 from generate_series(1, 200) n) from added
     ), fingerprints as (
       insert into feedmill_data.fingerprints (article_id, sketch, cluster_id) select id, decode(repeat(md5(url), 8), 'hex'), id from added
     )
     insert into feedmill_data.entries (feed_id, key, article_id, guid, url, title, authors, published_at, summary_html, content_hash,
       first_seen_at)
     select case twice when 1 then feed_id else 1 + feed_id % ${FEEDS} end, url, id, url, url, title, '{Jane Doe}', stored_at,
       repeat('A summary. ', 20), md5(url), stored_at
     from added, generate_series(1, case id % 10 when 0 then 2 else 1 end) twice`,
    [from, to, days],
  );
}

/** Deletes what is older than `days`, as the poller does, and prints what it took. */
async function printDay(db: Db, query: Query, days: number): Promise<void> {
  const [before, postgresMs] = [await readCounts(query), await readPostgresMs(query)];
  const started = performance.now();
  let [longest, more] = [0, true];
  while (more) {
    const began = performance.now();
    more = await expireRecords(db, days);
    longest = Math.max(longest, performance.now() - began);
  }
  const ms = performance.now() - started;
  const usedMs = (await readPostgresMs(query)) - postgresMs;
  const after = await readCounts(query);
  const cells = [days, before.records - after.records, ms, usedMs, longest, (after.logged - before.logged) / 1e6, after.ranges];
  console.log(cells.map((cell, n) => cell.toFixed(0).padStart([9, 9, 10, 13, 12, 8, 13][n] ?? 0)).join(''));
}

async function readCounts(query: Query): Promise<{ records: number; ranges: number; logged: number }> {
  const [row] = await query(`
    select (select count(*) from feedmill_data.articles) as records, (select count(*) from feedmill_data.id_ranges) as ranges,
      pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as logged`);
  return { records: Number(row?.records), ranges: Number(row?.ranges), logged: Number(row?.logged) };
}
