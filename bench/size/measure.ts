import { readFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import pg from 'pg';
import { articleStore } from '../../db/articles.js';
import { claimDue } from '../../db/claim.js';
import type { Db } from '../../db/client.js';
import { feedStore } from '../../db/feeds.js';
import { indexRecords } from '../../db/indexer.js';
import { reportStore } from '../../db/reports.js';
import { expireRecords } from '../../db/retention.js';
import type { ArticleRecord } from '../../src/articles/article.js';
import type { Query } from '../database.js';
import { INDEXING } from '../indexing.js';
import { measureMs, median } from '../numbers.js';
import { composeRecord, DAYS, type ModelRecord } from './corpus.js';
import { countFeeds } from './fill.js';

/** Figures by name. */
export type Figures = Record<string, number>;

/** Records that are stored and indexed to measure it, after some that are not counted. */
const STORED = 2_000;
const WARM_UPS = 400;
/** New entries that a poll brings, and jobs that run at once. */
const ENTRIES = 20;
const CONCURRENCY = 10;
/** How many times each query runs after a first time; the median counts. A slow one runs less often. */
const RUNS = 7;
const SLOW_MS = 2_000;

const OPTIONS = {
  leaseMs: 3_600_000,
  hostGapMs: 0,
  hostConcurrency: 1_000,
  toHostKey: (url: string) => new URL(url).host,
  maxNewPerDay: 1_000_000,
  maxNewHosts: 1_000,
  room: { feeds: 0, articles: 500 },
};

/** Bytes per record of each table with its partitions: rows, long values apart from them (TOAST), and indexes. */
export async function measureSizes(query: Query, records: number): Promise<Figures> {
  const rows = await query(`
    select coalesce(pg_partition_root(c.oid), c.oid)::regclass::text as name, sum(pg_table_size(c.oid))::float8 as stored,
      sum(pg_total_relation_size(c.reltoastrelid))::float8 as toast, sum(pg_indexes_size(c.oid))::float8 as indexes
    from pg_class c where relnamespace = 'feedmill_data'::regnamespace and relkind in ('r', 'm') group by 1 order by 2 desc`);
  const figures: Figures = {};
  let rest = 0;
  for (const row of rows) {
    const name = String(row.name).replace('feedmill_data.', '');
    const [stored, toast, indexes] = [Number(row.stored), Number(row.toast ?? 0), Number(row.indexes)].map((n) => n / records);
    for (const [part, bytes] of Object.entries({ rows: (stored ?? 0) - (toast ?? 0), TOAST: toast ?? 0, indexes: indexes ?? 0 }))
      if (bytes >= 10) figures[`${name}: ${part}`] = bytes;
      else rest += bytes;
  }
  const all = Object.values(figures).reduce((sum, bytes) => sum + bytes, rest);
  return { ...figures, 'all others': rest, 'in all': all };
}

/** What storing, claiming and indexing a record costs, in ms. */
export async function measureWork(db: Db, records: number): Promise<Figures> {
  await storeRecords(db, records, records, WARM_UPS);
  await index(db);
  const { storeMs, claimMs } = await storeRecords(db, records, records + WARM_UPS, STORED);
  const indexMs = await measureMs(() => index(db));
  return {
    'storing a record': storeMs / STORED,
    'claiming a row': claimMs / STORED,
    'indexing and clustering a record': indexMs / STORED,
  };
}

async function index(db: Db): Promise<void> {
  while (await indexRecords(db, INDEXING));
}

/** Takes new records through the database: entries, claims, starts, records. */
async function storeRecords(db: Db, records: number, from: number, count: number): Promise<{ storeMs: number; claimMs: number }> {
  const feeds = countFeeds(records);
  const fresh = Array.from({ length: count }, (_, n) => composeRecord(from + n + 1, feeds, new Date()));
  const byUrl = new Map(fresh.map(({ url, record }) => [url, record]));
  const limit = pLimit(CONCURRENCY);
  const polls = Array.from({ length: Math.ceil(count / ENTRIES) }, (_, n) => fresh.slice(n * ENTRIES, (n + 1) * ENTRIES));
  let storeMs = await measureMs(() => Promise.all(polls.map((poll, n) => limit(() => addEntries(db, 1 + (n % feeds), poll)))));
  let claimMs = 0;
  for (let stored = 0; stored < count; ) {
    let ids: number[] = [];
    claimMs += await measureMs(async () => {
      ids = (await claimDue(db, OPTIONS)).articles;
    });
    if (ids.length === 0) throw new Error(`only ${stored} of ${count} articles were claimed`);
    storeMs += await measureMs(() => Promise.all(ids.map((id) => limit(() => store(db, id, byUrl)))));
    stored += ids.length;
  }
  return { storeMs, claimMs };
}

async function addEntries(db: Db, feedId: number, records: readonly ModelRecord[]): Promise<void> {
  const entries = records.map(({ number, url, record }) => ({
    key: url,
    guid: `guid-${number}`,
    normalizedUrl: url,
    title: record.title,
    summaryHtml: `<p>${record.excerpt}</p>`,
    authors: record.authors,
    categories: record.tags,
    enclosures: [],
    contentHash: `hash ${number}`,
  }));
  await feedStore(db, OPTIONS).addEntries({ id: feedId, url: 'https://feeds.example/feed', content: 'page' }, entries);
}

async function store(db: Db, id: number, records: ReadonlyMap<string, ArticleRecord>): Promise<void> {
  const articles = articleStore(db, OPTIONS);
  const article = await articles.startArticle(id);
  const record = article && records.get(article.url);
  if (!record) throw new Error(`article ${id} could not be started`);
  await articles.recordArticle(article, { kind: 'stored', record }, { reached: true });
}

/** The latency of what readers ask, as the reader role: every query of docs/sql.md, and searches; in ms. */
export async function measureReaders(url: string): Promise<Figures> {
  const text = await readFile('docs/sql.md', 'utf8');
  const documented = [...text.matchAll(/^```sql\n(.*?)^```/gms)].map(([, code = '']) => code.trim());
  return measureQueries(url, { ...Object.fromEntries(documented.map((query) => [toLabel(query), query])), ...MORE });
}

/** What is not in docs/sql.md. */
const MORE = {
  'search: a rare word': "select * from feedmill.search('zephyrine')",
  'search: an absent word': "select * from feedmill.search('quagmirelessness')",
  'search: a common word': "select * from feedmill.search('government')",
  'search: common words': "select * from feedmill.search('the government of covid-19')",
  'search: a phrase': `select * from feedmill.search('"said the prime minister"')`,
  'changes() after a recent cursor': 'select * from feedmill.changes(feedmill.current_cursor())',
  'the newest 100 records with text': 'select * from feedmill.records order by id desc limit 100',
};

/** The latency of queries by their labels, as the reader role, in ms. */
export async function measureQueries(url: string, queries: Readonly<Record<string, string>>): Promise<Figures> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('set role feedmill_reader');
    const figures: Figures = {};
    for (const [label, query] of Object.entries(queries)) figures[label] = await measureMedian(() => client.query(query));
    return figures;
  } finally {
    await client.end();
  }
}

/** What the commands for operators ask. */
export async function measureReports(db: Db): Promise<Figures> {
  const { loadStatus, readFeeds, loadFailures } = reportStore(db);
  return {
    status: await measureMedian(loadStatus),
    'list (all feeds)': await measureMedian(() => readAll(readFeeds())),
    failures: await measureMedian(() => loadFailures({ limit: 20 })),
  };
}

async function readAll(batches: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of batches);
}

/** How long it takes to delete the oldest day's records, in ms. */
export async function measureRetention(db: Db): Promise<Figures> {
  const ms = await measureMs(async () => {
    while (await expireRecords(db, DAYS - 1));
  });
  return { "deleting a day's records": ms };
}

async function measureMedian(work: () => Promise<unknown>): Promise<number> {
  await work();
  const first = await measureMs(work);
  const times: number[] = [];
  while (times.length < (first > SLOW_MS ? 1 : RUNS)) times.push(await measureMs(work));
  return median(times);
}

/** A query on one line, without the list of its columns. */
const toLabel = (query: string): string =>
  `\`${query
    .replace(/\s+/g, ' ')
    .replace(/;$/, '')
    .replace(/^select (?!\w+ ?\().*? from /, 'from ')
    .replaceAll('feedmill.', '')
    .slice(0, 60)}\``;
