import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openDb } from '../db/client.js';
import { openEmbedded } from '../db/embedded.js';
import { migrateSchema } from '../db/migrate.js';
import { articles } from '../db/schema/articles.js';
import { feeds } from '../db/schema/feeds.js';
import { readArticle } from '../src/articles/read.js';
import { writePage } from '../src/sampler/page.js';
import { composeStory, SITES } from '../src/sampler/story.js';
import { createFetchUrl } from '../src/web/fetch-url.js';

/** Hosts × articles of each: enough hosts that politeness (one request a host) is not what is measured. */
const HOSTS = 50;
const PER_HOST = 20;
const TOTAL = HOSTS * PER_HOST;
/** Real news pages weigh about so much, in bytes; the sampler's are filled up with script, as real ones are. */
const PAGE_BYTES = 150_000;
const LIMIT_MS = 120_000;

/** An origin on loopback addresses: one feed a host, and pages of a real size. */
async function startOrigin() {
  const site = SITES[0];
  if (!site) throw new Error('no sampler site');
  const bodies = Array.from({ length: PER_HOST }, (_, n) => {
    const at = { home: '/', feed: '/feed.xml', story: (i: number) => `/a/${i}.html` };
    const page = writePage(site, composeStory(site, n, new Date()), [], at);
    const filler = `<script>/*${'x'.repeat(1_000)}*/</script>`.repeat(Math.ceil((PAGE_BYTES - page.length) / 1_017));
    return page.replace('</head>', `${filler}</head>`);
  });
  const server = createServer((request, response) => {
    const host = request.headers.host ?? '';
    const number = /^\/a\/(\d+)\.html$/.exec(request.url ?? '')?.[1];
    if (number) response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(bodies[Number(number)]);
    else if (request.url === '/feed.xml') {
      const items = bodies
        .map((_, n) => `<item><title>Story ${n}</title><link>http://${host}/a/${n}.html</link></item>`)
        .join('');
      response
        .writeHead(200, { 'content-type': 'application/rss+xml' })
        .end(`<rss version="2.0"><channel><title>T</title>${items}</channel></rss>`);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((ready) => server.listen(0, '0.0.0.0', ready));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { server, hosts: Array.from({ length: HOSTS }, (_, n) => `127.1.0.${n + 1}:${port}`) };
}

/** The parts alone, one after the other, in one process: articles per second of each, and of their sum. */
async function measureParts(hosts: readonly string[], databaseUrl: string): Promise<number> {
  const { fetchUrl, close } = createFetchUrl({
    accept: 'page',
    userAgent: 'Bench/1',
    timeoutMs: 10_000,
    maxBytes: 10_000_000,
    allowPrivateHosts: ['127.0.0.0/8'],
  });
  const db = openDb(databaseUrl, { onError: console.error });
  const [feed] = await db.insert(feeds).values({ url: 'parts', host: 'parts' }).returning({ id: feeds.id });
  const spent = { fetch: 0, extract: 0, insert: 0 };
  const count = 300;
  for (let n = 0; n < count; n += 1) {
    const url = `http://${hosts[n % hosts.length]}/a/${n % PER_HOST}.html`;
    let at = performance.now();
    const outcome = await fetchUrl(url);
    spent.fetch += performance.now() - at;
    if (outcome.kind !== 'fetched') throw new Error(outcome.kind);
    at = performance.now();
    const reading = readArticle({ url, page: outcome, feed: { authors: [] }, now: new Date() });
    spent.extract += performance.now() - at;
    if (reading.kind !== 'article') throw new Error(reading.kind);
    at = performance.now();
    await db
      .insert(articles)
      .values({ ...reading.record, url: `${url}?${n}`, feedId: feed?.id ?? 0, status: 'stored', dueAt: null });
    spent.insert += performance.now() - at;
  }
  await close();
  await db.$client.end();
  for (const [part, ms] of Object.entries(spent)) console.log(`${part.padEnd(34)} ${(ms / count).toFixed(2)} ms an article`);
  return (spent.fetch + spent.extract + spent.insert) / count;
}

async function measurePipeline(
  label: string,
  roles: readonly string[],
  env: Record<string, string>,
  hosts: readonly string[],
  partsMs: number,
) {
  await migrateSchema(env.DATABASE_URL ?? '');
  const db = openDb(env.DATABASE_URL ?? '', { onError: console.error });
  await db.insert(feeds).values(hosts.map((host) => ({ url: `http://${host}/feed.xml`, host })));
  await db.$client.query(
    "insert into feedmill_data.hosts (host, turn_at) select distinct host, now() + interval '4 seconds' from feedmill_data.feeds",
  );
  const children = roles.map(
    (role): ChildProcess =>
      spawn(process.execPath, ['bin/feedmill.mjs', 'start', role, '--no-sampler'], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
  );
  const query =
    'select count(*)::int as n, extract(epoch from max(stored_at) - min(stored_at))::float8 as seconds from feedmill_data.articles where stored_at is not null';
  const end = Date.now() + LIMIT_MS;
  let result: { n: number; seconds: number };
  do {
    await new Promise((done) => setTimeout(done, 250));
    result = (await db.$client.query(query)).rows[0];
  } while (result.n < TOTAL && Date.now() < end);
  const peaks = await Promise.all(
    children.map(
      async ({ pid }) =>
        Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))?.[1] ?? 0) / 1024,
    ),
  );
  const ended = children.map((child) => once(child, 'exit'));
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(ended);
  await db.$client.end();
  const each = (result.seconds * 1000) / result.n;
  console.log(
    `${label.padEnd(34)} ${(1000 / each).toFixed(0)} articles/s, ${each.toFixed(2)} ms each = ${(each / partsMs).toFixed(2)} × parts; peak MB ${roles.map((role, i) => `${role} ${peaks[i]?.toFixed(0)}`).join(', ')}${result.n < TOTAL ? ` (only ${result.n} of ${TOTAL})` : ''}`,
  );
}

/** Articles per second end to end, beside the parts alone: on both backends, with one and two article processes. */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'feedmill-bench-'));
  const postgres = await openEmbedded(join(folder, 'data'), 56_000);
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  const { server, hosts } = await startOrigin();
  const database = async (name: string) => {
    await admin.query(`create database ${name}`);
    const url = new URL(postgres.url);
    url.pathname = `/${name}`;
    await migrateSchema(url.href);
    return url.href;
  };
  const redisPort = 56_379;
  const redis =
    spawnSync('redis-server', ['--version']).status === 0
      ? spawn('redis-server', ['--port', String(redisPort), '--save', ''], { stdio: 'ignore' })
      : undefined;
  try {
    const partsMs = await measureParts(hosts, await database('parts'));
    console.log(`${'parts alone, together'.padEnd(34)} ${partsMs.toFixed(2)} ms an article`);
    const common = {
      ALLOW_PRIVATE_HOSTS: '127.0.0.0/8',
      HOST_GAP_MS: '0',
      POLL_MIN: '1h',
      LOG_LEVEL: 'warn',
      LOG_FORMAT: 'json',
    };
    for (const [backend, url] of [['postgres', ''], ...(redis ? [['redis', `redis://127.0.0.1:${redisPort}`]] : [])] as const) {
      for (const processes of [1, 2]) {
        const env = { ...common, DATABASE_URL: await database(`${backend}${processes}`), REDIS_URL: url ?? '' };
        const roles = ['poller', 'feeds', ...Array.from({ length: processes }, () => 'articles')];
        await measurePipeline(`${backend}, ${processes} article process(es)`, roles, env, hosts, partsMs);
      }
    }
  } finally {
    redis?.kill();
    server.closeAllConnections();
    server.close();
    await admin.end();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
}
