import { type Query, withDatabase } from './database.js';
import { measureMs, median } from './numbers.js';
import { composeText, PLANTED } from './texts.js';

/** BENCH_RECORDS=1000000 takes about half an hour on two cores, most of it to write and index the records. */
const RECORDS = Number(process.env.BENCH_RECORDS ?? 200_000);
const BATCH = 2_000;
/** How many times each query runs; the median counts. */
const RUNS = 5;
const PORT = 56_700;
/** Length of a text in bytes: about a hundred words. */
const TEXT_BYTES = 700;

/** Measures recall and latency of `feedmill.search`, ILIKE and to_tsvector('english') on records in several languages. */
export async function run(): Promise<void> {
  await withDatabase(
    PORT,
    async (_db, query) => {
      await writeRecords(query);
      await indexWords(query);
      await printSizes(query);
      await printComparison(query);
    },
    { max: 2 },
  );
}

async function printTime(label: string, work: () => Promise<unknown>): Promise<void> {
  const ms = await measureMs(work);
  console.log(`${label.padEnd(46)} ${(ms / 1000).toFixed(0)} s`);
}

/** Writes records in bulk, without triggers: what is measured is reading. */
async function writeRecords(query: Query): Promise<void> {
  await query(`drop index feedmill_data.search_words; alter table feedmill_data.articles disable trigger user;
    insert into feedmill_data.feeds (url, host) values ('https://a.example/feed', 'a.example')`);
  await printTime(`${RECORDS} records written`, async () => {
    for (let n = 0; n < RECORDS; n += BATCH) {
      const batch = Array.from({ length: BATCH }, () => composeText(TEXT_BYTES));
      await query(
        `insert into feedmill_data.articles
           (url, feed_id, status, due_at, title, content_text, language, excerpt, content_source, stored_at)
         select 'https://a.example/' || $1 + i, 1, 'stored', null, title, body, language, planted, 'page', now()
         from unnest($2::text[], $3::text[], $4::text[], $5::text[]) with ordinality as t (title, body, language, planted, i)`,
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

/** Indexes the words for `feedmill.search`, and for comparison with the text search configuration `english`. */
async function indexWords(query: Query): Promise<void> {
  const splitHalf = (half: number) =>
    query(`
    insert into feedmill_data.search (article_id, words)
    select id, feedmill_data.search_vector(title, (feedmill_data.body_of(a)).content_text) from feedmill_data.articles a where id % 2 = ${half}`);
  await printTime('split into words', () => Promise.all([splitHalf(0), splitHalf(1)]));
  await printTime('indexed (GIN)', () =>
    query("set maintenance_work_mem = '512MB'; create index search_words on feedmill_data.search using gin (words)"),
  );
  await printTime("the same with to_tsvector('english')", () =>
    query(`create table english as
        select id, to_tsvector('english', title || ' ' || content_text) as words from feedmill_data.articles;
      create index on english using gin (words); create unique index on english (id)`),
  );
  for (const table of ['feedmill_data.articles', 'feedmill_data.search', 'english']) await query(`vacuum analyze ${table}`);
}

async function printSizes(query: Query): Promise<void> {
  const [sizes] = await query(`
    select pg_size_pretty(pg_total_relation_size('feedmill_data.articles')) as articles,
           pg_size_pretty(pg_total_relation_size('feedmill_data.search')) as search,
           pg_size_pretty(pg_relation_size('feedmill_data.search_words')) as index`);
  console.log(`articles ${sizes?.articles}; words ${sizes?.search}, of which the index ${sizes?.index}\n`);
}

const ILIKE = "from feedmill_data.articles where title ilike '%' || $1 || '%' or content_text ilike '%' || $1 || '%'";
const ENGLISH = "from english where words @@ websearch_to_tsquery('english', $1)";

/** The ways to search: the SQL for all results and for the first page, and how a query is written. */
const WAYS: Record<string, { all: string; page: string; toQuery(text: string): string }> = {
  'feedmill.search': {
    all: 'select record_id as id from feedmill.search($1, 1000000)',
    page: 'select record_id from feedmill.search($1)',
    toQuery: (text) => text,
  },
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
  const titles = Object.keys(WAYS).map((way) => way.padEnd(26));
  console.log(`${'query'.padEnd(18)}${'texts'.padStart(8)}   ${titles.join('')}`);
  for (const [n, { query: text }] of PLANTED.entries()) {
    const rows = await query(`select id from feedmill_data.articles where excerpt like '%[${n}]%'`);
    const wanted = new Set(rows.map(({ id }) => id));
    const cells: string[] = [];
    for (const { all, page, toQuery } of Object.values(WAYS)) {
      const hits = (await query(all, [toQuery(text)])).filter(({ id }) => wanted.has(id)).length;
      const times: number[] = [];
      for (let run = 0; run < RUNS; run += 1) times.push(await measureMs(() => query(page, [toQuery(text)])));
      cells.push(`${((100 * hits) / wanted.size).toFixed(1)} %  ${median(times).toFixed(1)} ms`.padEnd(26));
    }
    console.log(`${text.padEnd(18)}${String(wanted.size).padStart(8)}   ${cells.join('')}`);
  }
}
