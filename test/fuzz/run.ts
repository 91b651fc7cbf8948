import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { composeDocument, type FuzzDocument } from './documents.js';
import { FOUND, toKind, writeFound } from './found.js';
import { type Fuzzer, openFuzzer } from './fuzzer.js';
import { type Effort, minimize } from './minimize.js';
import { type FuzzOptions, HELP, parseOptions } from './options.js';

/** Interval between two lines of progress, in ms. */
const PROGRESS_MS = 10_000;
/** How hard it is tried to make a finding smaller: some findings take the time limit of a document for every try. */
const EFFORT: Effort = { tries: 2_000, ms: 90_000 };
/** The slowest documents that a run names. They may show code that is slower than it should be within the time limit. */
const SHOWN_SLOW = 5;
/** Seeds beyond this begin again at 0. */
const SEEDS = 2 ** 32;

/** What a run has done so far. */
interface Progress {
  startedMs: number;
  documents: number;
  bytes: number;
  /** How many documents had problems of each kind. */
  kinds: Map<string, number>;
  /** The documents that took longest. */
  slowest: { seed: number; bytes: number; ms: number }[];
}

/** Examines documents until one of the limits is reached. @returns the number of kinds of problems */
async function run(options: FuzzOptions): Promise<number> {
  const threads = availableParallelism();
  const fuzzer = openFuzzer({ threads });
  const progress: Progress = { startedMs: performance.now(), documents: 0, bytes: 0, kinds: new Map(), slowest: [] };
  const timer = setInterval(() => console.log(describeProgress(progress)), PROGRESS_MS);
  let next = 0;
  const examineNext = async (): Promise<void> => {
    while (next < options.documents && performance.now() - progress.startedMs < options.minutes * 60_000) {
      const seed = (options.seed + next) % SEEDS;
      next += 1;
      await examineOne(fuzzer, seed, progress);
    }
  };
  try {
    await Promise.all(Array.from({ length: threads }, examineNext));
  } finally {
    clearInterval(timer);
    await fuzzer.close();
  }
  console.log(describeProgress(progress));
  for (const { seed, bytes, ms } of progress.slowest) console.log(`  slow: seed ${seed}, ${bytes} bytes, ${ms.toFixed(0)} ms`);
  for (const [kind, count] of progress.kinds) console.log(`  ${count} × ${kind}`);
  return progress.kinds.size;
}

async function examineOne(fuzzer: Fuzzer, seed: number, progress: Progress): Promise<void> {
  const document = composeDocument(seed);
  const startedMs = performance.now();
  const problems = await fuzzer.findProblems(document);
  const took = { seed, bytes: document.body.length, ms: performance.now() - startedMs };
  progress.documents += 1;
  progress.bytes += document.body.length;
  progress.slowest = [...progress.slowest, took].sort((one, other) => other.ms - one.ms).slice(0, SHOWN_SLOW);
  for (const problem of new Map(problems.map((one) => [toKind(one), one])).values()) {
    const kind = toKind(problem);
    const count = progress.kinds.get(kind) ?? 0;
    progress.kinds.set(kind, count + 1);
    // Further documents of a kind most likely show the same bug.
    if (count === 0) await reportFinding(fuzzer, { document, seed, problem });
  }
}

interface Finding {
  document: FuzzDocument;
  seed: number;
  problem: string;
}

async function reportFinding(fuzzer: Fuzzer, { document, seed, problem }: Finding): Promise<void> {
  console.log(`FOUND seed ${seed} (${document.kind}, ${document.body.length} bytes): ${problem}`);
  console.log(`  repeat with: npm run test:fuzz -- --seed ${seed} --documents 1`);
  const kind = toKind(problem);
  const hasProblem = async (body: Buffer) =>
    (await fuzzer.findProblems({ ...document, body })).some((other) => toKind(other) === kind);
  const body = await minimize(document.body, hasProblem, EFFORT);
  const name = writeFound(FOUND, { ...document, body }, problem, seed);
  console.log(`  minimized to ${body.length} bytes: test/fuzz/found/${name}`);
}

function describeProgress({ startedMs, documents, bytes, kinds }: Progress): string {
  const seconds = (performance.now() - startedMs) / 1_000;
  const rate = (documents / seconds).toFixed(1);
  const megabytes = (bytes / 1e6).toFixed(0);
  return `${seconds.toFixed(0)} s: ${documents} documents, ${megabytes} MB, ${rate} documents/s, ${kinds.size} kinds of findings`;
}

const options = parseOptions(process.argv.slice(2), randomInt(SEEDS));
if (options === 'help') console.log(HELP);
else if ('problem' in options) {
  console.error(`${options.problem}\n\n${HELP}`);
  process.exitCode = 2;
} else {
  console.log(`Seed ${options.seed}`);
  process.exitCode = (await run(options)) === 0 ? 0 : 1;
}
