// A million feeds: import, list, status, claims, and the memory of each process. Needs Linux (/proc).
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { claimDue, msUntilNextTurn } from '../db/claim.js';
import type { Db } from '../db/client.js';
import { printCommand, readMemory, startCommand } from './commands.js';
import { type Query, withDatabase } from './database.js';
import { measureMs, median } from './numbers.js';

const FEEDS = Number(process.env.BENCH_FEEDS ?? 1_000_000);
const FEEDS_PER_HOST = 4;
/** Feeds in a folder of the file. */
const FOLDER = 1_000;
const PORT = 56_400;
/** Rows that a tick may claim, and ticks that are measured. */
const ROOM = 500;
const TICKS = 300;
const OPTIONS = { room: { feeds: ROOM, articles: ROOM }, leaseMs: 3_600_000, hostGapMs: 1_000, hostConcurrency: 1 };
/** How long the poller is watched, in seconds. */
const POLLER_SECONDS = 30;

/** Prints what commands and claims cost with so many feeds. */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(process.env.BENCH_FOLDER ?? tmpdir(), 'feedmill-bench-'));
  try {
    await withDatabase(PORT, async (db, query, url) => {
      const file = join(folder, 'feeds.opml');
      await pipeline(Readable.from(writeFile()), createWriteStream(file));
      console.log(`${FEEDS.toLocaleString('en')} feeds, ${FEEDS_PER_HOST} per host`);
      await printCommand('import', url, 'import', file);
      await printCommand('import again (all known)', url, 'import', file);
      await query('vacuum analyze');
      await printCommand('list --json', url, 'list', '--json');
      await printCommand('status', url, 'status');
      await printCommand('export --format opml', url, 'export', '--format', 'opml');
      await printQuery('feedmill.feeds, the first 100', () => query('select * from feedmill.feeds order by id limit 100'));
      await printQuery('feedmill.feeds, not well', () =>
        query("select id from feedmill.feeds where state not in ('well', 'not polled yet')"),
      );
      await measurePoller(url);
      await measureClaims(db, query);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function* writeFile(): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0"><head><title>Many</title></head><body>\n';
  for (let n = 0; n < FEEDS; n += FOLDER) {
    const outlines = Array.from({ length: Math.min(FOLDER, FEEDS - n) }, (_, i) => {
      const host = `site-${Math.floor((n + i) / FEEDS_PER_HOST)}.example`;
      return `<outline type="rss" text="News of site ${n + i}" xmlUrl="https://${host}/feeds/${(n + i) % FEEDS_PER_HOST}.xml" htmlUrl="https://${host}/"/>`;
    });
    yield `<outline text="Folder ${n / FOLDER}">\n${outlines.join('\n')}\n</outline>\n`;
  }
  yield '</body></opml>\n';
}

async function printQuery(label: string, work: () => Promise<unknown>): Promise<void> {
  await work();
  const times: number[] = [];
  while (times.length < 5) times.push(await measureMs(work));
  console.log(`${label.padEnd(32)} ${median(times).toFixed(1).padStart(7)} ms`);
}

/** Starts a poller when all feeds are due, and watches its memory. */
async function measurePoller(url: string): Promise<void> {
  const poller = startCommand(url, 'start', 'poller');
  const used: number[] = [];
  for (let n = 0; n < POLLER_SECONDS; n += 1) {
    await pause(1_000);
    used.push((await readMemory(poller)).nowMb);
  }
  const ended = once(poller, 'exit');
  poller.kill('SIGTERM');
  await ended;
  const at = (second: number) => `${(used[second - 1] ?? 0).toFixed(0)} MB after ${second} s`;
  console.log(`${'poller, all feeds due'.padEnd(32)} ${[5, 15, POLLER_SECONDS].map(at).join(', ')}`);
}

/** Measures ticks in which every row is due, and ticks in which none is; and what the process keeps of them. */
async function measureClaims(db: Db, query: Query): Promise<void> {
  await query("update feedmill_data.feeds set due_at = now() - interval '1 hour' * random()");
  await query("update feedmill_data.hosts set turn_at = now() - interval '1 hour' * random(), leases = '{}', next_at = now()");
  await query('vacuum analyze feedmill_data.feeds');
  await query('vacuum analyze feedmill_data.hosts');
  await printTicks(`${TICKS} ticks of ${ROOM}, all due`, db);
  await query("update feedmill_data.feeds set due_at = now() + interval '1 day'");
  await query("update feedmill_data.hosts set turn_at = now() + interval '1 day'");
  await query('vacuum analyze feedmill_data.feeds');
  await query('vacuum analyze feedmill_data.hosts');
  await printTicks(`${TICKS} ticks, none due`, db);
}

async function printTicks(label: string, db: Db): Promise<void> {
  const ticks: number[] = [];
  let claimed = 0;
  const before = process.memoryUsage().rss;
  for (let n = 0; n < TICKS; n += 1) {
    ticks.push(
      await measureMs(async () => {
        claimed += (await claimDue(db, OPTIONS)).feeds.length;
        await msUntilNextTurn(db);
      }),
    );
  }
  const grownMb = (process.memoryUsage().rss - before) / 1_024 ** 2;
  console.log(
    `${label.padEnd(32)} ${median(ticks).toFixed(1).padStart(7)} ms   longest ${Math.max(...ticks).toFixed(0)} ms, ` +
      `${claimed} claimed, ${grownMb.toFixed(0)} MB more memory`,
  );
}
