// Polling of unchanged feeds: one poller, one feed worker, and an origin that answers 304. And the look-up of entries in a long history.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Db } from '../db/client.js';
import { loadKnownEntries } from '../db/known-entries.js';
import { type Query, withDatabase } from './database.js';
import { measureMs, median } from './numbers.js';
import { printUpdates } from './tables.js';

const HOSTS = 1_000;
const FEEDS = 10_000;
/** Duration of the measurement after the first polls, in seconds. */
const SECONDS = 20;
const PORT = 54_900;
/** The history of one feed, the items of its document, and how often they are looked up. */
const TOMBSTONES = 100_000;
const ITEMS = 30;
const LOOKUPS = 20;

/** Serves feeds on 127.1.x.y, answers 304 to requests with the validator, and counts requests and bytes. */
async function startOrigin() {
  const wire = { requests: 0, bytes: 0 };
  const feed =
    '<rss version="2.0"><channel><title>T</title><item><title>a</title><guid>1</guid><description>words</description></item></channel></rss>';
  const server = createServer((request, response) => {
    wire.requests += 1;
    if (request.headers['if-none-match'] === '"1"') response.writeHead(304, { etag: '"1"' }).end();
    else response.writeHead(200, { 'content-type': 'application/rss+xml', etag: '"1"' }).end(feed);
  });
  server.on('connection', (socket) => socket.once('close', () => (wire.bytes += socket.bytesRead + socket.bytesWritten)));
  server.keepAliveTimeout = 60_000;
  await once(server.listen(0, '0.0.0.0'), 'listening');
  const address = server.address();
  return { server, wire, port: typeof address === 'object' && address ? address.port : 0 };
}

async function readCpuAndMemory({ pid }: ChildProcess): Promise<{ cpuMs: number; peakMb: number }> {
  const [stat, status] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile(`/proc/${pid}/status`, 'utf8')]);
  // Fields 14 and 15 in proc(5): time in user and kernel mode, in ticks of 10 ms.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * 10,
    peakMb: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024,
  };
}

/** Measures polls per second, CPU time and bytes per poll, and peak memory. Needs Linux (/proc, 127.0.0.0/8). */
export async function run(): Promise<void> {
  await withDatabase(PORT, async (db, query, url) => {
    await measureLongHistory(db, query);
    const { server, wire, port } = await startOrigin();
    await addFeeds(query, port);
    const env = {
      ...process.env,
      DATABASE_URL: url,
      ALLOW_PRIVATE_HOSTS: '127.0.0.0/8',
      HOST_GAP_MS: '0',
      POLL_MIN: '1s',
      FEED_CONCURRENCY: '50',
      LOG_LEVEL: 'warn',
    };
    const [poller, worker] = (['poller', 'feeds'] as const).map((role) =>
      spawn(process.execPath, ['bin/feedmill.mjs', 'start', role], { env, stdio: ['ignore', 'ignore', 'inherit'] }),
    ) as [ChildProcess, ChildProcess];
    try {
      await measure(worker, query, wire);
      await printUpdates(query);
    } finally {
      await Promise.all([poller, worker].map(stop));
      // The server is closed once all sockets are, and with them the count of bytes is complete.
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    }
    console.log(`bytes on the wire   ${(wire.bytes / wire.requests).toFixed(0)} per poll, with the headers of both directions`);
  });
}

/** Measures how long entries of a document are looked up among many tombstones, which all have one link or each its own. */
async function measureLongHistory(db: Db, query: Query): Promise<void> {
  await query("insert into feedmill_data.feeds (url, host, due_at) values ('https://long.example/feed', 'long.example', null)");
  const [feed] = await query('select max(id)::int as id from feedmill_data.feeds');
  const document = Array.from({ length: ITEMS }, (_, n) => ({
    key: `new${n}`,
    normalizedUrl: `https://long.example/new/${n}`,
    contentHash: `new${n}`,
    authors: [],
    categories: [],
    enclosures: [],
  }));
  for (const links of [1, TOMBSTONES]) {
    await query(
      `insert into feedmill_data.entries (feed_id, key, url, content_hash)
       select $1, 'k' || n, 'https://long.example/' || n % $2, 'h' || n % $2 from generate_series(1, ${TOMBSTONES}) n`,
      [feed?.id, links],
    );
    await query('analyze feedmill_data.entries');
    const times: number[] = [];
    for (let n = 0; n < LOOKUPS; n += 1) times.push(await measureMs(() => loadKnownEntries(db, Number(feed?.id), document)));
    console.log(`${ITEMS} items among ${TOMBSTONES} tombstones with ${links} links: ${median(times).toFixed(1)} ms`);
    await query('truncate feedmill_data.entries');
  }
  await query('delete from feedmill_data.feeds');
}

/** Subscribes to the origin's feeds, as if they had been read before. */
async function addFeeds(query: Query, port: number): Promise<void> {
  await query(
    `insert into feedmill_data.feeds (url, host, content, etag, poll_every_ms)
     select 'http://127.1.' || h / 250 || '.' || h % 250 + 1 || ':${port}/' || n, '127.1.' || h / 250 || '.' || h % 250 + 1 || ':${port}', 'feed', '"1"', 1000
     from generate_series(1, ${FEEDS}) n, lateral (select n % ${HOSTS} as h) x`,
  );
  await query('insert into feedmill_data.hosts (host, turn_at) select distinct host, now() from feedmill_data.feeds');
}

async function measure(worker: ChildProcess, query: Query, wire: { requests: number }): Promise<void> {
  const count = async () => {
    const [row] = await query("select count(*)::int as n from feedmill_data.polls where outcome = 'unchanged'");
    return Number(row?.n);
  };
  while ((await count()) < 1_000) await pause(200);
  const [before, startedAt, polled, asked] = [await readCpuAndMemory(worker), performance.now(), await count(), wire.requests];
  await pause(SECONDS * 1_000);
  const [after, done, requests] = [await readCpuAndMemory(worker), (await count()) - polled, wire.requests - asked];
  const seconds = (performance.now() - startedAt) / 1_000;
  const queue = process.env.REDIS_URL ? 'Redis' : 'Postgres';
  console.log(`${FEEDS} unchanged feeds on ${HOSTS} hosts, queue on ${queue}, one feed worker, concurrency 50`);
  console.log(`polls per second    ${(done / seconds).toFixed(0)}  (${requests} requests)`);
  console.log(`CPU per poll        ${((after.cpuMs - before.cpuMs) / done).toFixed(2)} ms of the feed worker`);
  console.log(`peak memory         ${after.peakMb.toFixed(0)} MB`);
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
