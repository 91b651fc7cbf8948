// Polling of unchanged feeds: one poller, one feed worker, and an origin that answers 304.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { openDb } from '../db/client.js';
import { openEmbedded } from '../db/embedded.js';
import { migrateSchema } from '../db/migrate.js';

const HOSTS = 1_000;
const FEEDS = 10_000;
/** Duration of the measurement after the first polls, in seconds. */
const SECONDS = 20;

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
  const folder = await import('node:fs/promises').then((fs) => fs.mkdtemp('/tmp/feedmill-bench-'));
  const postgres = await openEmbedded(folder, 54_900);
  await migrateSchema(postgres.url);
  const db = openDb(postgres.url, { onError: console.error });
  const { server, wire, port } = await startOrigin();
  await db.$client.query(
    `insert into feedmill_data.feeds (url, host, content, etag, poll_every_ms)
     select 'http://127.1.' || h / 250 || '.' || h % 250 + 1 || ':${port}/' || n, '127.1.' || h / 250 || '.' || h % 250 + 1 || ':${port}', 'feed', '"1"', 1000
     from generate_series(1, ${FEEDS}) n, lateral (select n % ${HOSTS} as h) x`,
  );
  await db.$client.query('insert into feedmill_data.hosts (host, turn_at) select distinct host, now() from feedmill_data.feeds');
  const redis = process.env.REDIS_URL ?? '';
  const env = {
    ...process.env,
    DATABASE_URL: postgres.url,
    ALLOW_PRIVATE_HOSTS: '127.0.0.0/8',
    HOST_GAP_MS: '0',
    POLL_MIN: '1s',
    FEED_CONCURRENCY: '50',
    LOG_LEVEL: 'warn',
  };
  const children = ['poller', 'feeds'].map((role) =>
    spawn(process.execPath, ['bin/feedmill.mjs', 'start', role], { env, stdio: ['ignore', 'ignore', 'inherit'] }),
  );
  const [, worker] = children;
  if (!worker) throw new Error('no worker');
  const count = async () =>
    Number((await db.$client.query("select count(*) as n from feedmill_data.polls where outcome = 'unchanged'")).rows[0].n);
  while ((await count()) < 1_000) await pause(200);
  const [before, startedAt, polled, asked] = [await readCpuAndMemory(worker), performance.now(), await count(), wire.requests];
  await pause(SECONDS * 1_000);
  const [after, done, requests] = [await readCpuAndMemory(worker), (await count()) - polled, wire.requests - asked];
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.map((child) => once(child, 'exit')));
  server.closeAllConnections();
  await pause(200);
  console.log(
    `${FEEDS} unchanged feeds on ${HOSTS} hosts, queue on ${redis ? 'Redis' : 'Postgres'}, one feed worker, concurrency 50`,
  );
  console.log(`polls per second    ${(done / seconds).toFixed(0)}  (${requests} requests)`);
  console.log(`CPU per poll        ${((after.cpuMs - before.cpuMs) / done).toFixed(2)} ms of the feed worker`);
  console.log(`peak memory         ${after.peakMb.toFixed(0)} MB`);
  console.log(`bytes on the wire   ${(wire.bytes / wire.requests).toFixed(0)} per poll, with the headers of both directions`);
  await db.$client.end();
  await postgres.close();
  await new Promise((closed) => server.close(closed));
}
