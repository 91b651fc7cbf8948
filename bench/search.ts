import { sql } from 'drizzle-orm';
import type { Db } from '../db/client.js';
import { makePartitions } from '../db/partitions.js';
import { readSplitRecords, writeSearchKeys } from '../db/search-keys.js';
import { type Query, withDatabase } from './database.js';
import { measureMs, median } from './numbers.js';
import { composeText, PLANTED } from './texts.js';

/** BENCH_RECORDS=1000000 takes about half an hour on two cores, most of it to write and index the records. */
const RECORDS = Number(process.env.BENCH_RECORDS ?? 200_000);
/** Records up to which the other ways to search are measured, too: of a million, a query with ILIKE reads for minutes. */
const MAX_COMPARED = 200_000;
const BATCH = 1_000;
/** How many times each query runs, and the time after which it does not run again, in ms; the median counts. */
const RUNS = 5;
const SLOW_MS = 2_000;
const PORT = 56_700;
/** Length of a text in bytes: that of news articles, on average. */
const TEXT_BYTES = 3_300;

/** Queries of which only the time is measured. */
const QUERIES: Record<string, string> = {
  'absent word': 'xyzzyabsent',
  'absent pair': '龍龍',
  'two common words': 'the government',
  'three common words': 'the of and',
  'common and rare': 'the zephyrine',
  'common but not': 'government -the',
  'one character': '丂',
  'absent phrase of common words': '"government the of and"',
  'common phrase': '"the of"',
};

/** Measures recall, latency and size of `feedmill.search`, ILIKE and to_tsvector('english') on records in several languages. */
export async function run(): Promise<void> {
  await withDatabase(
    PORT,
    async (db, query) => {
      await writeRecords(db, query);
      await indexWords(db, query);
      await printSizes(query);
      await printComparison(query);
      await printInserts(db, query);
    },
    { max: 2 },
  );
}

async function printTime(label: string, work: () => Promise<unknown>): Promise<void> {
  const ms = await measureMs(work);
  console.log(`${label.padEnd(46)} ${(ms / 1000).toFixed(0)} s`);
}

/** Writes records in bulk, without triggers: what is measured is reading. */
async function writeRecords(db: Db, query: Query): Promise<void> {
  await query(`drop index feedmill_data.search_keys_keys; alter table feedmill_data.articles disable trigger user;
    insert into feedmill_data.feeds (url, host) values ('https://a.example/feed', 'a.example');
    select setval('feedmill_data.articles_id_seq', ${RECORDS})`);
  while ((await makePartitions(db, 0)) > 0);
  await query("select setval('feedmill_data.articles_id_seq', 1, false)");
  await printTime(`${RECORDS} records written`, async () => {
    for (let n = 0; n < RECORDS; n += BATCH) {
      const batch = Array.from({ length: BATCH }, () => composeText(TEXT_BYTES));
      await query(
        `with written as (
           insert into feedmill_data.articles (url, feed_id, status, due_at, title, language, site_name, content_source, stored_at)
           select 'https://a.example/' || $1 + i, 1, 'stored', null, title, language, planted, 'page', now()
           from unnest($2::text[], $4::text[], $5::text[]) with ordinality as t (title, language, planted, i) returning id, url
         )
         insert into feedmill_data.bodies (article_id, body)
         select id, row(null, body, '<p>' || replace(body, E'\n\n', '</p><p>') || '</p>')::feedmill_data.body
         from written join unnest($3::text[]) with ordinality as t (body, i) on url = 'https://a.example/' || $1 + i`,
        [
          n,
          batch.map(({ title }) => title),
          batch.map(({ text }) => text),
          batch.map(({ language }) => language),
          batch.map(({ planted }) => planted.map((mark) => `[${mark}]`).join('')),
        ],
      );
    }
  });
}

const readBatch = (db: Db, after: number) => readSplitRecords(db, sql`id > ${after} and id <= ${after + BATCH}`);

/** Indexes the words for `feedmill.search`, and for comparison with the text search configuration `english`. */
async function indexWords(db: Db, query: Query): Promise<void> {
  await printTime('words split and written', async () => {
    for (let n = 0; n < RECORDS; n += BATCH) await writeSearchKeys(db, await readBatch(db, n));
  });
  await printTime('indexed (GIN)', () =>
    query(
      "set maintenance_work_mem = '512MB'; create index search_keys_keys on feedmill_data.search_keys using gin (keys); reset all",
    ),
  );
  if (RECORDS <= MAX_COMPARED) {
    await printTime("the same with to_tsvector('english')", () =>
      query(`create table english as
        select id, to_tsvector('english', title || ' ' || (feedmill_data.body_of(a)).content_text) as words from feedmill_data.articles a;
      create index on english using gin (words); create unique index on english (id)`),
    );
    await query('vacuum analyze english');
  }
  for (const table of ['articles', 'bodies', 'search_keys']) await query(`vacuum analyze feedmill_data.${table}`);
}

async function printSizes(query: Query): Promise<void> {
  const [sizes] = await query(`
    select (select sum(pg_total_relation_size(relid))::bigint from pg_partition_tree('feedmill_data.bodies')) / ${RECORDS} as bodies,
      sum(pg_total_relation_size(relid))::bigint / ${RECORDS} as search,
      (select sum(pg_relation_size(relid))::bigint from pg_partition_tree('feedmill_data.search_keys_keys')) / ${RECORDS} as index,
      (select avg(cardinality(keys))::int from feedmill_data.search_keys) as words
    from pg_partition_tree('feedmill_data.search_keys')`);
  console.log(
    `bytes a record: bodies ${sizes?.bodies}; search ${sizes?.search}, of which the index ${sizes?.index}; ${sizes?.words} words\n`,
  );
}

const ILIKE = "from feedmill.records where title ilike '%' || $1 || '%' or content_text ilike '%' || $1 || '%'";
const ENGLISH = "from english where words @@ websearch_to_tsquery('english', $1)";

/** The ways to search: the SQL for all results and for the first page, and how a query is written. */
interface Way {
  all: string;
  page: string;
  toQuery(text: string): string;
}

const OURS: Way = {
  all: 'select record_id as id from feedmill.search($1, 1000000)',
  page: 'select record_id from feedmill.search($1)',
  toQuery: (text) => text,
};
const OTHERS: Record<string, Way> = {
  ILIKE: {
    all: `select id ${ILIKE}`,
    page: `select id ${ILIKE} order by id desc limit 20`,
    toQuery: (text) => text.replaceAll('"', ''),
  },
  english: {
    all: `select id ${ENGLISH}`,
    page: `select id ${ENGLISH} order by ts_rank(words, websearch_to_tsquery('english', $1)) desc limit 20`,
    toQuery: (text) => text,
  },
};

async function printComparison(query: Query): Promise<void> {
  const ways = { 'feedmill.search': OURS, ...(RECORDS <= MAX_COMPARED && OTHERS) };
  const titles = Object.keys(ways).map((way) => way.padEnd(26));
  console.log(`${'query'.padEnd(18)}${'texts'.padStart(8)}   ${titles.join('')}`);
  for (const [n, { query: text }] of PLANTED.entries()) {
    const rows = await query(`select id from feedmill_data.articles where site_name like '%[${n}]%'`);
    const wanted = new Set(rows.map(({ id }) => id));
    const cells: string[] = [];
    for (const { all, page, toQuery } of Object.values(ways)) {
      const hits = (await query(all, [toQuery(text)])).filter(({ id }) => wanted.has(id)).length;
      const ms = await measurePage(query, page, toQuery(text));
      cells.push(`${((100 * hits) / wanted.size).toFixed(1)} %  ${ms.toFixed(1)} ms`.padEnd(26));
    }
    console.log(`${text.padEnd(18)}${String(wanted.size).padStart(8)}   ${cells.join('')}`);
  }
  for (const [label, text] of Object.entries(QUERIES)) {
    console.log(`${`${label}: ${text}`.padEnd(58)} ${(await measurePage(query, OURS.page, text)).toFixed(1)} ms`);
  }
}

async function measurePage(query: Query, page: string, text: string): Promise<number> {
  const times: number[] = [];
  while (times.length < RUNS && (times.at(-1) ?? 0) < SLOW_MS) times.push(await measureMs(() => query(page, [text])));
  return median(times);
}

/** What it costs to add records to the full index, and to search while GIN has not merged them. */
async function printInserts(db: Db, query: Query): Promise<void> {
  const rows = await readBatch(db, RECORDS / 2);
  await query('delete from feedmill_data.search_keys where article_id = any ($1)', [rows.map(({ id }) => id)]);
  const ms = await measureMs(async () => {
    for (let n = 0; n < rows.length; n += 50) await db.transaction((tx) => writeSearchKeys(tx, rows.slice(n, n + 50)));
  });
  console.log(`\nadded to the index: ${(ms / rows.length).toFixed(2)} ms a record`);
  console.log(`then an absent word: ${(await measurePage(query, OURS.page, 'xyzzyabsent')).toFixed(1)} ms`);
}
