import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDb } from '../db/client.js';
import { openEmbedded } from '../db/embedded.js';
import { migrateSchema } from '../db/migrate.js';
import { indexRecords } from '../db/search.js';
import { simhash } from '../src/articles/simhash.js';
import { UserError } from '../src/user-error.js';

const RECORDS = Number(process.env.BENCH_RECORDS ?? 1_000_000);
const LOOKUPS = 300;
/** Shorter texts are no articles, in characters. */
const MIN_CHARS = 400;

/** Small and repeatable (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
const random = generator(9);

/** What sites make of a wire story. */
const EDITS: Record<string, (text: string) => string> = {
  'one word in twenty changed': (text) =>
    text.replace(/\p{L}{3,}|[\u3400-\u9fff]/gu, (word) => (random() < 0.05 ? `${word}x` : word)),
  'another first paragraph': (text) =>
    `A new introduction by the desk of this paper for its readers today.\n${text.replace(/^.*\n+/, '')}`,
  'the last fifth cut': (text) => text.slice(0, Math.floor(text.length * 0.8)),
  'the last two fifths cut': (text) => text.slice(0, Math.floor(text.length * 0.6)),
  'a notice added': (text) =>
    `${text}\nThis story was supplied by an agency. Subscribe to our newsletter to get the best of our reporting every morning, free of charge.`,
  'words changed, a fifth cut, a notice added': (text) =>
    ['one word in twenty changed', 'the last fifth cut', 'a notice added'].reduce(
      (edited, name) => EDITS[name]?.(edited) ?? edited,
      text,
    ),
};

/** Texts of the articles of every truth.json below `folder`; of those that the collections share, the first. */
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

/** How well clusters find the same story on other sites, and how long it takes to find a neighbour among a million. */
export async function run(): Promise<void> {
  const corpus = join(process.env.SHARED ?? '../shared', 'extraction');
  if (!existsSync(corpus))
    throw new UserError(`There are no texts in ${corpus}. Set SHARED to the folder that holds extraction/.`);
  const texts = await readCorpus(corpus);
  const folder = await mkdtemp(join(process.env.BENCH_FOLDER ?? tmpdir(), 'feedmill-bench-'));
  const postgres = await openEmbedded(join(folder, 'data'), 56_900);
  await migrateSchema(postgres.url);
  const db = openDb(postgres.url, { max: 2, onError: console.error });
  const query = async (text: string, values: unknown[] = []) => (await db.$client.query(text, values)).rows;
  try {
    await query("insert into feedmill_data.feeds (url, host) values ('https://a.example/feed', 'a.example')");
    // Which text a record is made of is in its site_name, and how in its excerpt.
    const add = (versions: readonly string[], edit: string) =>
      query(
        `insert into feedmill_data.articles (url, feed_id, status, due_at, title, content_text, site_name, excerpt, content_source, stored_at)
         select 'https://a.example/' || $2 || i, 1, 'stored', null, 'T' || i, body, i::text, $2, 'page', now() from unnest($1::text[]) with ordinality as t (body, i)`,
        [versions, edit],
      );
    await add(texts, 'as it was');
    for (const [name, edit] of Object.entries(EDITS)) await add(texts.map(edit), name);
    const started = performance.now();
    while (await indexRecords(db, simhash));
    const [{ n }] = await query('select count(*)::int as n from feedmill.records');
    console.log(
      `${n} records of ${texts.length} texts: words and clusters in ${((performance.now() - started) / n).toFixed(2)} ms each\n`,
    );
    for (const row of await query(`
      select edited.excerpt as edit, round(100.0 * count(*) filter (where edited.cluster_id = own.cluster_id) / count(*), 1) as recall
      from feedmill.records edited join feedmill.records own on own.site_name = edited.site_name and own.excerpt = 'as it was'
      where edited.excerpt <> 'as it was' group by 1 order by 2 desc`))
      console.log(`${row.edit.padEnd(46)} ${row.recall} % found`);
    const [precision] = await query(`
      select count(*)::int as pairs, count(*) filter (where a.site_name <> b.site_name)::int as wrong
      from feedmill.records a join feedmill.records b on a.cluster_id = b.cluster_id and a.id < b.id`);
    console.log(`precision: ${precision.pairs} pairs share a cluster, ${precision.wrong} of them wrongly\n`);

    // As near to each other as texts of one language are: each differs from some text's hash in three bits of ten.
    const hashes = texts.flatMap((text) => simhash(text) ?? []);
    await query(
      'alter table feedmill_data.fingerprints drop constraint fingerprints_article_id_articles_id_fk; truncate feedmill_data.fingerprints; drop index feedmill_data.fingerprints_keys',
    );
    for (let done = 0; done < RECORDS; done += 10_000) {
      const batch = Array.from({ length: 10_000 }, () => {
        let bits = hashes[Math.floor(random() * hashes.length)] ?? 0n;
        for (let bit = 0n; bit < 64n; bit += 1n) if (random() < 0.3) bits ^= 1n << bit;
        return BigInt.asIntN(64, bits).toString();
      });
      await query(
        `insert into feedmill_data.fingerprints (article_id, simhash, cluster_id)
         select $1::bigint + i, hash, $1::bigint + i from unnest($2::bigint[]) with ordinality as t (hash, i)`,
        [done, batch],
      );
    }
    await query(
      "set maintenance_work_mem = '512MB'; create index fingerprints_keys on feedmill_data.fingerprints using gin (feedmill_data.simhash_keys(simhash)) with (fastupdate = false)",
    );
    await query('vacuum analyze feedmill_data.fingerprints');
    const times: number[] = [];
    for (let i = 0; i < LOOKUPS; i += 1) {
      const [{ simhash: hash }] = await query('select simhash from feedmill_data.fingerprints where article_id = $1', [
        1 + Math.floor(random() * RECORDS),
      ]);
      const at = performance.now();
      await query('select * from feedmill_data.simhash_nearest($1, 10)', [hash]);
      times.push(performance.now() - at);
    }
    times.sort((a, b) => a - b);
    const share = (part: number) => (times[Math.floor(part * LOOKUPS)] ?? Number.NaN).toFixed(1);
    console.log(`a neighbour among ${RECORDS}: median ${share(0.5)} ms, 95 % within ${share(0.95)} ms`);
  } finally {
    await db.$client.end();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
}
