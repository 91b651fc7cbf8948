import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Db } from '../db/client.js';
import { indexRecords } from '../db/indexer.js';
import { makePartitions } from '../db/partitions.js';
import { estimateSimilarity } from '../src/articles/sketch.js';
import { UserError } from '../src/user-error.js';
import { type Query, readPostgresMs, withDatabase } from './database.js';
import { INDEXING } from './indexing.js';
import { composeText, EDITS } from './texts.js';

/** Records of the last days among which copies are looked for. */
const SIZES = (process.env.BENCH_RECORDS ?? '10000,100000,1000000').split(',').map(Number);
/** Records indexed at each size. */
const INDEXED = 2_000;
const BATCH = 10_000;
const PORT = 56_900;
/** Shortest text that counts as an article, in characters. */
const MIN_CHARS = 400;
/** Length of the texts whose indexing is measured, in bytes. */
const TEXT_BYTES = 3_300;
/** What is stored: how many copies there are of each text. */
const MIXES = { 'a tenth near-duplicates': 1.1, 'ten copies of each story': 10 };

/** The texts in every truth.json below `folder`; of a text that is in several collections, the first. */
async function readCorpus(folder: string): Promise<string[]> {
  const texts: string[] = [];
  for (const path of (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('truth.json')).sort()) {
    const truth = JSON.parse(await readFile(join(folder, path), 'utf8')) as Record<string, { articleBody?: string }>;
    texts.push(...Object.values(truth).flatMap(({ articleBody = '' }) => (articleBody.length >= MIN_CHARS ? [articleBody] : [])));
  }
  const pairs = (text: string) => {
    const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    return new Set(words.map((word, n) => `${word} ${words[n + 1] ?? ''}`));
  };
  const kept: { text: string; pairs: Set<string> }[] = [];
  for (const text of texts) {
    const own = pairs(text);
    const shares = (other: Set<string>) => [...own].filter((pair) => other.has(pair)).length / Math.min(own.size, other.size);
    if (!kept.some((other) => shares(other.pairs) > 0.3)) kept.push({ text, pairs: own });
  }
  return kept.map(({ text }) => text);
}

/** Measures how well clusters find a story on other sites, and what indexing costs among more and more records. */
export async function run(): Promise<void> {
  const corpus = join(process.env.SHARED ?? '../shared', 'extraction');
  if (!existsSync(corpus))
    throw new UserError(`There are no texts in ${corpus}. Set SHARED to the folder that contains extraction/.`);
  const texts = await readCorpus(corpus);
  await withDatabase(
    PORT,
    async (db, query) => {
      await query("insert into feedmill_data.feeds (url, host) values ('https://a.example/feed', 'a.example')");
      await addVersions(query, texts);
      await indexAll(db, query);
      await printQuality(query, texts.length);
      await printAgreement(query);
      await measureSizes(db, query);
    },
    { max: 2 },
  );
}

/** Indexes everything by one indexer. @returns the processor time that it took us and Postgres, in ms */
async function indexAll(db: Db, query: Query): Promise<{ ownMs: number; postgresMs: number }> {
  const before = { own: process.cpuUsage(), postgresMs: await readPostgresMs(query) };
  while (await indexRecords(db, INDEXING));
  const { user, system } = process.cpuUsage(before.own);
  return { ownMs: (user + system) / 1_000, postgresMs: (await readPostgresMs(query)) - before.postgresMs };
}

/**
 * Stores every text as it is and in every edited version. Each record has its text's number in `site_name`, its edit in
 * `excerpt`.
 */
async function addVersions(query: Query, texts: readonly string[]): Promise<void> {
  await store(query, texts, 'as it was');
  for (const [name, edit] of Object.entries(EDITS)) await store(query, texts.map(edit), name);
}

const store = (query: Query, texts: readonly string[], edit: string) =>
  query(
    `insert into feedmill_data.articles
       (url, feed_id, status, due_at, title, content_text, site_name, excerpt, content_source, stored_at)
     select 'https://a.example/' || $2 || i, 1, 'stored', null, 'T' || i, body, i::text, $2, 'page', now()
     from unnest($1::text[]) with ordinality as t (body, i)`,
    [texts, edit],
  );

async function printQuality(query: Query, texts: number): Promise<void> {
  const [{ n } = { n: 0 }] = await query('select count(*)::int as n from feedmill.records');
  console.log(`${n} records of ${texts} texts\n`);
  const recall = await query(`
    select edited.excerpt as edit, round(100.0 * count(*) filter (where edited.cluster_id = own.cluster_id) / count(*), 1) as recall
    from feedmill.records edited join feedmill.records own on own.site_name = edited.site_name and own.excerpt = 'as it was'
    where edited.excerpt <> 'as it was' group by 1 order by 2 desc`);
  for (const row of recall) console.log(`${String(row.edit).padEnd(46)} ${row.recall} % found`);
  const [precision] = await query(`
    select count(*)::int as pairs, count(*) filter (where a.site_name <> b.site_name)::int as wrong
    from feedmill.records a join feedmill.records b on a.cluster_id = b.cluster_id and a.id < b.id`);
  console.log(`precision: ${precision?.pairs} pairs share a cluster, ${precision?.wrong} of them wrongly\n`);
}

/** Compares the estimates with the exact share of words: of versions of one text, and of texts that follow each other. */
async function printAgreement(query: Query): Promise<void> {
  const pairs = await query(`
    select feedmill_data.shared_words(a.id, b.id) as exact, f.sketch as one, g.sketch as other
    from feedmill_data.articles a join feedmill_data.articles b on a.id < b.id
      and (a.site_name = b.site_name or (a.excerpt = b.excerpt and a.site_name::int = b.site_name::int - 1))
    join feedmill_data.fingerprints f on f.article_id = a.id join feedmill_data.fingerprints g on g.article_id = b.id`);
  const estimates = pairs.map(({ exact, one, other }) => ({
    exact: Number(exact),
    estimate: estimateSimilarity(one as Buffer, other as Buffer),
  }));
  const errors = estimates.map(({ exact, estimate }) => (estimate - exact) ** 2);
  const rms = Math.sqrt(errors.reduce((sum, error) => sum + error, 0) / errors.length);
  const share = (list: typeof estimates) =>
    `${((100 * list.filter(({ exact, estimate }) => exact >= 0.5 === estimate >= 0.5).length) / list.length).toFixed(2)} % of ${list.length}`;
  console.log(`sketches agree with the words on ${share(estimates)} pairs, with an error of ${rms.toFixed(3)}`);
  console.log(`… on ${share(estimates.filter(({ exact }) => exact > 0.4 && exact < 0.6))} pairs that share 40 to 60 %\n`);
}

/** Indexes records of each mix among more and more others. */
async function measureSizes(db: Db, query: Query): Promise<void> {
  let filled = 0;
  for (const size of SIZES) {
    await addFingerprints(db, query, filled, size);
    filled = size;
    for (const [mix, copies] of Object.entries(MIXES)) {
      await store(query, composeCopies(INDEXED, copies), `${mix}, ${size}`);
      const { ownMs, postgresMs } = await indexAll(db, query);
      const each = (total: number) => (total / INDEXED).toFixed(2);
      console.log(`among ${size}, ${mix}: ${each(ownMs)} ms of ours and ${each(postgresMs)} ms of Postgres for a record`);
    }
  }
}

/** Texts of which there are so many copies each, edited in one of the ways; their copies come after all of them, as news does. */
function composeCopies(count: number, copies: number): string[] {
  const edits = Object.values(EDITS);
  const stories = Array.from({ length: Math.round(count / copies) }, () => composeText(TEXT_BYTES).text);
  return Array.from({ length: count }, (_, n) => {
    const text = stories[n % stories.length] ?? '';
    return n < stories.length ? text : (edits[n % edits.length]?.(text) ?? text);
  });
}

/** Adds fingerprints of other records, from the `from`th to the `to`th; no two share a key. The records themselves do not exist. */
async function addFingerprints(db: Db, query: Query, from: number, to: number): Promise<void> {
  const [{ next } = { next: 0 }] = await query(
    "select setval('feedmill_data.articles_id_seq', max(id) + $1) - $1 as next from feedmill_data.articles",
    [to - from],
  );
  while ((await makePartitions(db, 0)) > 0);
  for (let done = 0; done < to - from; done += BATCH) {
    await query(
      `with others as (
         insert into feedmill_data.fingerprints (article_id, sketch, cluster_id)
         select $1::bigint + n, decode(repeat(md5(n::text), 8), 'hex'), $1::bigint + n from generate_series(1, $2::int) n returning article_id
       )
       insert into feedmill_data.fingerprint_keys (key, article_id)
       select (random() * 4503599627370495)::bigint, article_id from others, generate_series(1, 12)`,
      [Number(next) + done, Math.min(BATCH, to - from - done)],
    );
  }
  await query('vacuum analyze feedmill_data.fingerprints, feedmill_data.fingerprint_keys');
}
