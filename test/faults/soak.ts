import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../../src/sampler/random.js';
import { audit, isClean, summarize } from './audit.js';
import { drawPanels, type Panel, type Series, trend } from './plot.js';
import { findFreePorts } from './ports.js';
import { pick } from './random.js';
import { openStack, PORTS, type Stack } from './stack.js';

const HELP = `npm run test:soak -- [options]

Runs the worker processes for a long time on a steady flow of news, and watches their memory, handles, connections and event loops
and the size of the tables. Fails when one of them keeps growing, or when the audit at the end finds something.

  --minutes N       how long (default: 60)
  --backend NAME    postgres or redis (default: postgres)
  --svg FILE        draw what was measured into this file`;

/** Interval between measurements, in ms. */
const SAMPLE_MS = 10_000;
/** Interval between two stories of a site, in ms. */
const PUBLISH_MS = 500;
/** Share of the run, at its start, in which caches fill. It is ignored. */
const WARM_UP = 0.25;
/** Growth from the end of that warm-up to the end of the run that counts as a leak, as a share of the mean. */
const MAX_TREND = 0.2;

const ROLES = ['poller', 'feeds', 'articles'] as const;

/** Curves by name: memory, handles and event-loop delay by role, connections, table sizes. */
class Measurements {
  readonly #startedAt = Date.now();
  readonly #points = new Map<string, { minute: number; value: number }[]>();

  add(name: string, value: number): void {
    const points = this.#points.get(name) ?? [];
    points.push({ minute: (Date.now() - this.#startedAt) / 60_000, value });
    this.#points.set(name, points);
  }

  series(prefix: string): Series[] {
    return [...this.#points]
      .filter(([name]) => name.startsWith(`${prefix} `))
      .map(([name, points]) => ({ name: name.slice(prefix.length + 1), points }));
  }
}

async function main(): Promise<boolean> {
  const { values: options } = parseArgs({
    options: {
      minutes: { type: 'string', default: '60' },
      backend: { type: 'string', default: 'postgres' },
      svg: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (options.help) {
    console.log(HELP);
    return true;
  }
  const { backend } = options;
  if (backend !== 'postgres' && backend !== 'redis') throw new Error('--backend must be postgres or redis');
  const minutes = Number(options.minutes);
  if (!(minutes > 0)) throw new Error('--minutes must be a number above 0');
  const random = createRandom(1);
  const folder = await mkdtemp(join(tmpdir(), 'feedmill-soak-'));
  const loopFile = join(folder, 'event-loop.txt');
  await writeFile(loopFile, '');
  process.env.NODE_OPTIONS = `--import ${new URL('./event-loop-probe.mjs', import.meta.url).href}`;
  process.env.EVENT_LOOP_FILE = loopFile;
  const stack = await openStack(folder, backend, await findFreePorts(55_640, PORTS), random);
  const interrupted = () => void stack.close().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const measured = new Measurements();
  try {
    await run(stack, measured, loopFile, minutes * 60_000, random);
    const panels = toPanels(measured);
    if (options.svg) await writeFile(options.svg, drawPanels(panels));
    const clean = await settle(stack);
    return reportTrends(measured) && clean;
  } finally {
    await stack.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(
  stack: Stack,
  measured: Measurements,
  loopFile: string,
  lengthMs: number,
  random: () => number,
): Promise<void> {
  const end = Date.now() + lengthMs;
  let nextSample = 0;
  while (Date.now() < end) {
    stack.origin.publish([pick(stack.sites, random)]);
    if (random() < 0.05) stack.origin.edit(pick(stack.origin.shown(), random));
    if (Date.now() >= nextSample) {
      nextSample = Date.now() + SAMPLE_MS;
      await sample(stack, measured, loopFile);
    }
    await new Promise((done) => setTimeout(done, PUBLISH_MS));
  }
}

async function sample(stack: Stack, measured: Measurements, loopFile: string): Promise<void> {
  const delays = await readDelays(loopFile);
  for (const role of ROLES) {
    const pids = stack.processes.pids(role);
    const memory = await Promise.all(pids.map(readMemoryMb));
    const handles = await Promise.all(pids.map(countHandles));
    measured.add(`memory ${role}`, Math.max(0, ...memory));
    measured.add(`handles ${role}`, Math.max(0, ...handles));
    measured.add(`loop ${role}`, Math.max(0, ...pids.map((pid) => delays.get(pid) ?? 0)));
  }
  const [row] = await stack.postgres.query<Record<string, number>>(`
    select (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
      (select count(*)::int from feedmill.records) as records,
      pg_total_relation_size('feedmill_data.articles')::float8 / 1e6 as articles,
      pg_total_relation_size('feedmill_data.entries')::float8 / 1e6 as entries,
      pg_total_relation_size('feedmill_data.polls')::float8 / 1e6 as polls,
      pg_total_relation_size('feedmill_data.search')::float8 / 1e6 as search,
      pg_total_relation_size('feedmill_data.pages')::float8 / 1e6 as pages`);
  for (const [name, value] of Object.entries(row ?? {}))
    measured.add(name === 'connections' ? 'connections all' : name === 'records' ? 'records stored' : `size ${name}`, value);
}

/** The 99th percentile of each process's event-loop delay in its last interval, in ms. */
async function readDelays(file: string): Promise<Map<number, number>> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n').slice(-40);
  return new Map(lines.map((line) => line.split(' ').map(Number)).map(([pid = 0, p99 = 0]) => [pid, p99]));
}

async function readMemoryMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
}

const countHandles = async (pid: number): Promise<number> => (await readdir(`/proc/${pid}/fd`).catch(() => [])).length;

function toPanels(measured: Measurements): Panel[] {
  return [
    { title: 'Memory', unit: 'MiB', series: measured.series('memory') },
    { title: 'Open handles', unit: '', series: measured.series('handles') },
    { title: 'Event-loop delay, p99', unit: 'ms', series: measured.series('loop') },
    { title: 'Connections', unit: '', series: measured.series('connections') },
    { title: 'Table sizes', unit: 'MB', series: measured.series('size') },
    { title: 'Records', unit: '', series: measured.series('records') },
  ];
}

/** What must not grow while news arrives at a steady rate. Tables grow with the records. */
function reportTrends(measured: Measurements): boolean {
  let steady = true;
  for (const kind of ['memory', 'handles', 'loop', 'connections']) {
    for (const { name, points } of measured.series(kind)) {
      const settled = points.slice(Math.floor(points.length * WARM_UP));
      const growth = trend(settled);
      const last = settled.at(-1)?.value ?? 0;
      // A difference of a few milliseconds or handles is noise, whatever its share.
      const grows = growth > MAX_TREND && growth * last > 10;
      if (grows) steady = false;
      console.log(
        `${kind.padEnd(12)} ${name.padEnd(10)} last ${last.toFixed(0).padStart(6)}  trend ${(growth * 100).toFixed(1)} %${grows ? '  GROWS' : ''}`,
      );
    }
  }
  for (const { name, points } of measured.series('size'))
    console.log(`size         ${name.padEnd(10)} last ${(points.at(-1)?.value ?? 0).toFixed(1).padStart(6)} MB`);
  return steady;
}

/** Waits until everything is stored, and audits it. */
async function settle(stack: Stack): Promise<boolean> {
  for (let tries = 0; ; tries += 1) {
    const found = await audit(stack.postgres, stack.origin, new Set(stack.sites));
    if (isClean(found) || tries > 60) {
      console.log(`${stack.origin.stories().length} stories: ${summarize(found)}`);
      return isClean(found);
    }
    await new Promise((done) => setTimeout(done, 1_000));
  }
}

process.exitCode = (await main()) ? 0 : 1;
