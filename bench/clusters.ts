import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { indexRecords } from '../db/indexer.js';
import { simhash } from '../src/articles/simhash.js';
import { createRandom } from '../src/sampler/random.js';
import { UserError } from '../src/user-error.js';
import { type Query, withDatabase } from './database.js';
import { measureMs, quantile } from './numbers.js';
import { EDITS } from './texts.js';

/** Fingerprints among which neighbours are looked up. */
const RECORDS = Number(process.env.BENCH_RECORDS ?? 1_000_000);
const BATCH = 10_000;
const LOOKUPS = 300;
const PORT = 56_900;
/** Shortest text that counts as an article, in characters. */
const MIN_CHARS = 400;

const random = createRandom(9);

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

/** Measures how well clusters find a story on other sites, and how long it takes to find a neighbour among a million records. */
export async function run(): Promise<void> {
  const corpus = join(process.env.SHARED ?? '../shared', 'extraction');
  if (!existsSync(corpus))
    throw new UserError(`There are no texts in ${corpus}. Set SHARED to the folder that contains extraction/.`);
  const texts = await readCorpus(corpus);
  await withDatabase(
    PORT,
    async (db, query) => {
      await addVersions(query, texts);
      const ms = await measureMs(async () => {
        while (await indexRecords(db, simhash));
      });
      await printQuality(query, texts.length, ms);
      await addFingerprints(query, texts);
      await printLookups(query);
    },
    { max: 2 },
  );
}

/**
 * Stores every text as it is and in every edited version. Each record has its text's number in `site_name`, its edit in
 * `excerpt`.
 */
async function addVersions(query: Query, texts: readonly string[]): Promise<void> {
  await query("insert into feedmill_data.feeds (url, host) values ('https://a.example/feed', 'a.example')");
  const add = (versions: readonly string[], edit: string) =>
    query(
      `insert into feedmill_data.articles
         (url, feed_id, status, due_at, title, content_text, site_name, excerpt, content_source, stored_at)
       select 'https://a.example/' || $2 || i, 1, 'stored', null, 'T' || i, body, i::text, $2, 'page', now()
       from unnest($1::text[]) with ordinality as t (body, i)`,
      [versions, edit],
    );
  await add(texts, 'as it was');
  for (const [name, edit] of Object.entries(EDITS)) await add(texts.map(edit), name);
}

async function printQuality(query: Query, texts: number, ms: number): Promise<void> {
  const [{ n } = { n: 0 }] = await query('select count(*)::int as n from feedmill.records');
  console.log(`${n} records of ${texts} texts: words and clusters in ${(ms / Number(n)).toFixed(2)} ms each\n`);
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

/**
 * Fills the table with hashes that are as close to each other as texts of one language: three bits of ten differ from some
 * text's.
 */
async function addFingerprints(query: Query, texts: readonly string[]): Promise<void> {
  const hashes = texts.flatMap((text) => simhash(text) ?? []);
  const makeHash = () => {
    let bits = hashes[Math.floor(random() * hashes.length)] ?? 0n;
    for (let bit = 0n; bit < 64n; bit += 1n) if (random() < 0.3) bits ^= 1n << bit;
    return BigInt.asIntN(64, bits).toString();
  };
  await query(`
    alter table feedmill_data.fingerprints drop constraint fingerprints_article_id_articles_id_fk;
    truncate feedmill_data.fingerprints; drop index feedmill_data.fingerprints_keys`);
  for (let done = 0; done < RECORDS; done += BATCH) {
    await query(
      `insert into feedmill_data.fingerprints (article_id, simhash, cluster_id)
       select $1::bigint + i, hash, $1::bigint + i from unnest($2::bigint[]) with ordinality as t (hash, i)`,
      [done, Array.from({ length: BATCH }, makeHash)],
    );
  }
  await query(`
    set maintenance_work_mem = '512MB';
    create index fingerprints_keys on feedmill_data.fingerprints using gin (feedmill_data.simhash_keys(simhash)) with (fastupdate = false)`);
  await query('vacuum analyze feedmill_data.fingerprints');
}

async function printLookups(query: Query): Promise<void> {
  const times: number[] = [];
  for (let n = 0; n < LOOKUPS; n += 1) {
    const [row] = await query('select simhash from feedmill_data.fingerprints where article_id = $1', [
      1 + Math.floor(random() * RECORDS),
    ]);
    times.push(await measureMs(() => query('select * from feedmill_data.simhash_nearest($1, 10)', [row?.simhash])));
  }
  const [middle, most] = [quantile(times, 0.5).toFixed(1), quantile(times, 0.95).toFixed(1)];
  console.log(`a neighbour among ${RECORDS}: median ${middle} ms, 95 % within ${most} ms`);
}
