import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Db, openDb } from '../db/client.js';
import { openEmbedded } from '../db/embedded.js';
import { migrateSchema } from '../db/migrate.js';
import { articles } from '../db/schema/articles.js';
import { feeds } from '../db/schema/feeds.js';
import { readArticle } from '../src/articles/read.js';
import { createFetchUrl } from '../src/web/fetch-url.js';
import { startOrigin } from './origin.js';

/** Enough hosts that the limit of one request per host at a time is not what is measured. */
const HOSTS = 50;
const PAGES_PER_HOST = 20;
const TOTAL = HOSTS * PAGES_PER_HOST;
/** Articles that are fetched, extracted and inserted when each part is timed alone. */
const PARTS_COUNT = 300;
/** A run of the pipeline ends after this time at the latest, in ms. */
const LIMIT_MS = 120_000;
const POSTGRES_PORT = 56_000;
const REDIS_PORT = 56_379;
/** Width of the first column of the output. */
const LABEL_WIDTH = 34;

const SETTINGS = {
  ALLOW_PRIVATE_HOSTS: '127.0.0.0/8',
  HOST_GAP_MS: '0',
  POLL_MIN: '1h',
  LOG_LEVEL: 'warn',
  LOG_FORMAT: 'json',
};

/**
 * Measures articles per second end to end, on both queue backends, with one and two article processes, beside the parts
 * alone.
 */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'feedmill-bench-'));
  const postgres = await openEmbedded(join(folder, 'data'), POSTGRES_PORT);
  const { server, hosts } = await startOrigin(HOSTS, PAGES_PER_HOST);
  const redis = startRedis();
  try {
    const partsMs = await measureParts(hosts, await createDatabase(postgres.url, 'parts'));
    console.log(`${'sum of the parts'.padEnd(LABEL_WIDTH)} ${partsMs.toFixed(2)} ms per article`);
    for (const backend of redis ? ['postgres', 'redis'] : ['postgres']) {
      for (const processes of [1, 2]) {
        const databaseUrl = await createDatabase(postgres.url, `${backend}${processes}`);
        const redisUrl = backend === 'redis' ? `redis://127.0.0.1:${REDIS_PORT}` : '';
        const roles = ['poller', 'feeds', ...Array<string>(processes).fill('articles')];
        const result = await measurePipeline(roles, { ...SETTINGS, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl }, hosts);
        printResult(`${backend}, ${processes} article process(es)`, result, partsMs);
      }
    }
  } finally {
    redis?.kill();
    server.closeAllConnections();
    server.close();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function startRedis(): ChildProcess | undefined {
  if (spawnSync('redis-server', ['--version']).status !== 0) return undefined;
  return spawn('redis-server', ['--port', String(REDIS_PORT), '--save', ''], { stdio: 'ignore' });
}

/** Creates and migrates a database. @returns its URL */
async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrateSchema(url.href);
  return url.href;
}

/** Times fetching, extracting and inserting alone, one after the other in this process. @returns their sum in ms per article */
async function measureParts(hosts: readonly string[], databaseUrl: string): Promise<number> {
  const { fetchUrl, close } = createFetchUrl({
    accept: 'page',
    userAgent: 'Bench/1',
    timeoutMs: 10_000,
    maxBytes: 10_000_000,
    allowPrivateHosts: ['127.0.0.0/8'],
    perAddress: { concurrency: 8, gapMs: 0 },
  });
  const db = openDb(databaseUrl, { onError: console.error });
  const [feed] = await db.insert(feeds).values({ url: 'parts', host: 'parts' }).returning({ id: feeds.id });
  const spent = { fetch: 0, extract: 0, insert: 0 };
  for (let n = 0; n < PARTS_COUNT; n += 1) {
    const url = `http://${hosts[n % hosts.length]}/a/${n % PAGES_PER_HOST}.html`;
    const started = performance.now();
    const outcome = await fetchUrl(url);
    const fetched = performance.now();
    if (outcome.kind !== 'fetched') throw new Error(outcome.kind);
    const reading = readArticle({ url, page: outcome, feed: { authors: [] }, now: new Date() });
    const extracted = performance.now();
    if (reading.kind !== 'article') throw new Error(reading.kind);
    const article = { ...reading.record, url: `${url}?${n}`, feedId: feed?.id ?? 0, status: 'stored' as const, dueAt: null };
    await db.insert(articles).values(article);
    spent.fetch += fetched - started;
    spent.extract += extracted - fetched;
    spent.insert += performance.now() - extracted;
  }
  await close();
  await db.$client.end();
  for (const [part, ms] of Object.entries(spent))
    console.log(`${part.padEnd(LABEL_WIDTH)} ${(ms / PARTS_COUNT).toFixed(2)} ms per article`);
  return (spent.fetch + spent.extract + spent.insert) / PARTS_COUNT;
}

interface PipelineResult {
  stored: number;
  /** Time from the first stored record to the last, in seconds. */
  seconds: number;
  /** Peak memory of each process, as text. */
  peaks: string[];
}

/** Runs the given roles as processes until every page is stored, or the time limit has passed. */
async function measurePipeline(
  roles: readonly string[],
  env: Record<string, string>,
  hosts: readonly string[],
): Promise<PipelineResult> {
  const db = openDb(env.DATABASE_URL ?? '', { onError: console.error });
  await db.insert(feeds).values(hosts.map((host) => ({ url: `http://${host}/feed.xml`, host })));
  // All processes are up before the first turn.
  await db.$client.query(
    "insert into feedmill_data.hosts (host, turn_at) select distinct host, now() + interval '4 seconds' from feedmill_data.feeds",
  );
  const children = roles.map((role) =>
    spawn(process.execPath, ['bin/feedmill.mjs', 'start', role, '--no-sampler'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  const result = await waitUntilStored(db);
  const peaks = await Promise.all(children.map(async ({ pid }, i) => `${roles[i]} ${await readPeakMb(pid)}`));
  const ended = children.map((child) => once(child, 'exit'));
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(ended);
  await db.$client.end();
  return { ...result, peaks };
}

async function waitUntilStored(db: Db): Promise<{ stored: number; seconds: number }> {
  const query = `select count(*)::int as stored, extract(epoch from max(stored_at) - min(stored_at))::float8 as seconds
    from feedmill_data.articles where stored_at is not null`;
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    await new Promise((done) => setTimeout(done, 250));
    const { rows } = await db.$client.query<{ stored: number; seconds: number }>(query);
    const [result] = rows;
    if (result && (result.stored >= TOTAL || Date.now() >= end)) return result;
  }
}

/** Peak resident memory of a process, in MB, as Linux reports it; 0 elsewhere. */
async function readPeakMb(pid: number | undefined): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return (Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024).toFixed(0);
}

function printResult(label: string, { stored, seconds, peaks }: PipelineResult, partsMs: number): void {
  const each = (seconds * 1000) / stored;
  const speed = `${(1000 / each).toFixed(0)} articles/s, ${each.toFixed(2)} ms each = ${(each / partsMs).toFixed(2)} × the parts`;
  const missing = stored < TOTAL ? ` (only ${stored} of ${TOTAL})` : '';
  console.log(`${label.padEnd(LABEL_WIDTH)} ${speed}; peak MB: ${peaks.join(', ')}${missing}`);
}
