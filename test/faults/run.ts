import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../../src/sampler/random.js';
import { type Audit, audit, isClean, summarize } from './audit.js';
import { Consumer } from './consumer.js';
import { FAULTS, type Fault } from './faults.js';
import { findFreePorts } from './ports.js';
import { shuffle } from './random.js';
import { findRedisProgram } from './redis.js';
import { type Result, writeRecoveryTable } from './report.js';
import { openStack, PORTS, type Stack } from './stack.js';

const HELP = `npm run test:faults -- [options]

Runs the worker processes against small local sites, and causes one fault after another. After each, it checks that work resumes by
itself, that no record is lost, doubled, stale or misdated, and that no feed is blamed for our own fault.

  --seed N          seed of the order and details of the faults (default: random, and printed)
  --backend NAME    postgres or redis (default: both)
  --only TEXT       only faults whose name contains this
  --count N         cause only N of the faults on each backend, chosen by the seed; .ci/run causes 8
  --long            cause every fault three times
  --report FILE     write the recovery times into the table of this Markdown file
  --keep            keep the folder with logs and data
  --json            one JSON line per fault`;

/** How long recovery from a fault may take, in ms: the leases and backoffs of these settings, on a slow machine. */
const RECOVERY_MS = 60_000;
/** Interval between audits during recovery, in ms. */
const AUDIT_INTERVAL_MS = 250;

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string' },
    backend: { type: 'string' },
    only: { type: 'string', default: '' },
    count: { type: 'string', default: String(Number.MAX_SAFE_INTEGER) },
    long: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    report: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
async function main(): Promise<boolean> {
  const seed = Number(options.seed ?? Date.now() % 100_000);
  if (!Number.isInteger(seed)) throw new Error('--seed must be a whole number');
  if (!(Number(options.count) >= 1)) throw new Error('--count must be a number from 1');
  if (!options.json) console.log(`Seed ${seed}; repeat with: npm run test:faults -- --seed ${seed}`);
  const backends = (['postgres', 'redis'] as const).filter((name) => !options.backend || options.backend === name);
  // A mistyped name would run nothing, and nothing would fail.
  if (backends.length === 0) throw new Error('--backend must be postgres or redis');
  if (!FAULTS.some(({ name }) => name.includes(options.only))) throw new Error(`no fault's name contains ${options.only}`);
  const results: Result[] = [];
  for (const backend of backends) {
    if (backend === 'redis' && !findRedisProgram()) {
      results.push({ backend, fault: 'all', outcome: 'skipped', detail: 'redis-server is not installed' });
      continue;
    }
    results.push(...(await runSeries(backend, seed)));
  }
  if (options.report)
    await writeRecoveryTable(options.report, results, `Seed ${seed}, ${cpus().length} cores, Node ${process.version}.`);
  const count = (outcome: Result['outcome']) => results.filter((result) => result.outcome === outcome).length;
  if (!options.json) console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
  return count('failed') === 0;
}

async function runSeries(backend: 'postgres' | 'redis', seed: number): Promise<Result[]> {
  const random = createRandom(seed);
  const folder = await mkdtemp(join(tmpdir(), 'feedmill-faults-'));
  const stack = await openStack(folder, backend, await findFreePorts(55_600, PORTS), random);
  const consumer = new Consumer(stack.postgres);
  consumer.start();
  const interrupted = () => void stack.close().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const chosen = FAULTS.filter(({ backend: only, name }) => (!only || only === backend) && name.includes(options.only));
  const rounds = options.long ? [...chosen, ...chosen, ...chosen] : chosen;
  const results: Result[] = [];
  const blameless = new Set(stack.sites);
  try {
    stack.origin.publish(stack.sites);
    report(results, { backend, fault: 'none (start)', ...(await recover(stack, blameless)) });
    for (const fault of shuffle(rounds, random).slice(0, Number(options.count))) {
      const reason = fault.cannotRun?.(stack);
      if (reason) {
        report(results, { backend, fault: fault.name, outcome: 'skipped', detail: reason });
        continue;
      }
      const result = await runFault(stack, fault, blameless, random);
      report(results, { backend, fault: fault.name, ...result });
      // Start over, so that this failure does not count against the next fault.
      if (result.outcome === 'failed') {
        await makeAllDue(stack);
        await recover(stack, blameless);
      }
    }
    report(results, { backend, fault: 'all (consumer)', ...(await compareConsumer(stack, consumer)) });
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await stack.close();
    if (options.keep) console.log(`Logs and data: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
  return results;
}

/** Causes one fault, with work under way before, during and after it. */
async function runFault(
  stack: Stack,
  fault: Fault,
  blameless: Set<number>,
  random: () => number,
): Promise<Omit<Result, 'backend' | 'fault'>> {
  const { origin, sites } = stack;
  if (fault.isOriginFault) for (const site of fault.name.includes('all sites') ? sites : stack.failing) blameless.delete(site);
  origin.publish(sites);
  // Wait until polls and fetches are under way.
  await pause(500 + random() * 1_500);
  const heal = await fault.inject(stack, random);
  origin.publish(sites);
  for (const story of origin.shown().filter(() => random() < 0.05)) origin.edit(story);
  await pause(fault.lastsMs);
  await heal();
  origin.publish(sites);
  // Feeds that failed because of the origin rightly wait for their next poll. Do not wait for that long.
  if (fault.isOriginFault) await makeAllDue(stack);
  const result = await recover(stack, blameless);
  if (fault.isOriginFault && result.outcome === 'passed') for (const site of sites) blameless.add(site);
  return result;
}

/** Resets all failures, so that every failed feed and every unfinished article is due now. */
async function makeAllDue({ postgres }: Stack): Promise<void> {
  await postgres.query('update feedmill_data.hosts set blocked_until = null, trouble = 0, turn_at = now()');
  await postgres.query('update feedmill_data.feeds set due_at = now(), failures = 0, last_error = null where failures > 0');
  await postgres.query('update feedmill_data.articles set due_at = now() where due_at is not null');
}

/** Waits until the stored records match the origin. */
async function recover(stack: Stack, blameless: ReadonlySet<number>): Promise<Omit<Result, 'backend' | 'fault'>> {
  const from = Date.now();
  let found: Audit | undefined;
  let problem = '';
  while (Date.now() - from < RECOVERY_MS) {
    try {
      found = await audit(stack.postgres, stack.origin, blameless);
      if (isClean(found)) return { outcome: 'passed', recoveryMs: Date.now() - from };
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    await pause(AUDIT_INTERVAL_MS);
  }
  const examples = found ? Object.values(found).flatMap((list: string[]) => list.slice(0, 2)) : [problem];
  return { outcome: 'failed', detail: `${found ? summarize(found) : 'no audit'}: ${examples.join(' | ')}` };
}

async function compareConsumer(stack: Stack, consumer: Consumer): Promise<Omit<Result, 'backend' | 'fault'>> {
  await stack.processes.stop();
  await consumer.stop();
  const rows = await stack.postgres.query<{ id: string }>('select id::text from feedmill.records');
  const stored = new Set(rows.map(({ id }) => id));
  const missed = [...stored].filter((id) => !consumer.ids.has(id)).length;
  const extra = [...consumer.ids].filter((id) => !stored.has(id)).length;
  return missed + extra === 0
    ? { outcome: 'passed', detail: `${stored.size} records, all of them reported` }
    : { outcome: 'failed', detail: `the consumer missed ${missed} records and kept ${extra} that are gone` };
}

function report(results: Result[], result: Result): void {
  results.push(result);
  const { backend, fault, outcome, recoveryMs, detail } = result;
  if (options.json) {
    console.log(JSON.stringify(result));
    return;
  }
  const time = recoveryMs === undefined ? '' : `${(recoveryMs / 1000).toFixed(1)} s`;
  console.log(`${backend.padEnd(9)} ${fault.padEnd(44)} ${outcome.padEnd(8)} ${time.padStart(7)}  ${detail ?? ''}`);
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

if (options.help) console.log(HELP);
else process.exitCode = (await main()) ? 0 : 1;
