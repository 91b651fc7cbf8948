import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import pg from 'pg';
import { runBackfillBatch } from '../db/backfills.js';
import { openDb } from '../db/client.js';
import { applyContract, readContract } from '../db/contract.js';
import { openEmbedded } from '../db/embedded.js';
import { makeMissingPartitions } from '../db/partitions.js';
import { nearDuplicates } from '../src/articles/near-duplicates.js';

const PORT = 54_372;
/** Articles in the tables; each has an entry, and a tenth of them a poll. */
const ROWS = Number(process.env.BENCH_ROWS ?? 1_000_000);
/** Where the rows come in: before them there was nothing to migrate. */
const FILLED_AFTER = 8;
/** Migrations that take less than this are summed up, in ms. */
const SHORT_MS = 50;

const FILL = `
  insert into feedmill_data.hosts (host) values ('a.example');
  insert into feedmill_data.feeds (url, host, title)
    select 'https://a.example/' || n, 'a.example', 'Feed ' || n from generate_series(1, 1000) n;
  insert into feedmill_data.articles
      (url, feed_id, status, due_at, title, published_at, content_html, content_text, excerpt, word_count, content_source, stored_at)
    select 'https://a.example/story/' || n, n % 1000 + 1, 'stored', null, 'Story ' || n, now() - n * interval '1 min',
      '<p>' || repeat('word ', 100) || '</p>', repeat('word ', 100), 'word', 100, 'page', now() - n * interval '1 min'
    from generate_series(1, ${ROWS}) n;
  insert into feedmill_data.entries (feed_id, key, article_id, url, title, content_hash, published_at)
    select feed_id, 'k' || id, id, url, title, md5(url), published_at from feedmill_data.articles;
  insert into feedmill_data.polls (feed_id, started_at, duration_ms, outcome)
    select n % 1000 + 1, now() - n * interval '1 min', 5, 'news' from generate_series(1, ${ROWS / 10}) n;`;

/** Measures how long each migration takes on a database with a million records, during which it locks the tables it changes. */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(process.env.BENCH_FOLDER ?? tmpdir(), 'feedmill-bench-'));
  const postgres = await openEmbedded(join(folder, 'data'), PORT);
  const client = new pg.Client({ connectionString: postgres.url });
  try {
    await client.connect();
    await client.query('create schema if not exists feedmill_data');
    await migrate(client);
    await applyContract(client, { contract: await readContract('db/contract'), program: '0.0.0', compatibleFrom: 0 });
    await makeMissingPartitions(client);
    await backfill(postgres.url);
  } finally {
    await client.end();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function migrate(client: pg.Client): Promise<void> {
  let shortMs = 0;
  for (const [number, { sql }] of readMigrationFiles({ migrationsFolder: 'db/migrations' }).entries()) {
    if (number === FILLED_AFTER) {
      console.log(`inserting ${ROWS} records`);
      await client.query(FILL);
    }
    const startedAt = performance.now();
    await client.query('begin');
    for (const statement of sql) await client.query(statement);
    await client.query('commit');
    const ms = performance.now() - startedAt;
    if (number < FILLED_AFTER || ms < SHORT_MS) shortMs += ms;
    else console.log(`${String(number).padStart(4, '0')}  ${(ms / 1000).toFixed(2)} s`);
  }
  console.log(`all others together  ${(shortMs / 1000).toFixed(2)} s`);
}

/** Measures what is migrated in batches, beside the running program. */
async function backfill(url: string): Promise<void> {
  const db = openDb(url, {
    onError: (error) => {
      throw error;
    },
  });
  const taken = new Map<string, { ms: number; longestMs: number }>();
  for (;;) {
    const startedAt = performance.now();
    const progress = await runBackfillBatch(db, { ...nearDuplicates, clusterDays: 14 });
    if (!progress) break;
    const ms = performance.now() - startedAt;
    const { ms: sum, longestMs } = taken.get(progress.name) ?? { ms: 0, longestMs: 0 };
    taken.set(progress.name, { ms: sum + ms, longestMs: Math.max(longestMs, ms) });
  }
  for (const [name, { ms, longestMs }] of taken)
    console.log(`${name} in batches  ${(ms / 1000).toFixed(1)} s, the longest batch ${longestMs.toFixed(0)} ms`);
  await db.$client.end();
}
