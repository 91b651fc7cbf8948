import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The folder of the scorer and its collections of pages. */
const folder = resolve(root, process.env.SHARED ?? '../shared', 'extraction');

const EXTRACTORS: Record<string, string> = {
  feedmill: 'bench/score-extraction.ts',
  'readability + linkedom': 'bench/peers/readability.ts',
  'defuddle + linkedom': 'bench/peers/defuddle.ts',
  'article-extractor': 'bench/peers/article-extractor.ts',
};
/** Timed passes over all pages of a collection. The median counts. */
const PASSES = 3;

interface Scores {
  body?: { f1: number };
  fields?: Record<string, { accuracy: number }>;
  speed: { pagesPerSecond: number };
  peakRssMb: number;
}

/**
 * Compares body, metadata, speed and memory with other extractors from npm, each in a process of its own, one after the
 * other.
 */
export async function run(): Promise<void> {
  const sets = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('truth.json'))
    .map((path) => join(folder, path, '..'))
    .sort();
  if (!existsSync(join(folder, 'score.mjs')))
    throw new Error(`There are no collections in ${folder}. Set SHARED to the folder that contains extraction/score.mjs.`);
  for (const set of sets) {
    console.log(`\n${set.slice(folder.length + 1)}`);
    console.log(
      `${'extractor'.padEnd(24)}${['F1', 'title', 'author', 'date', 'pages/s', 'MB'].map((name) => name.padStart(9)).join('')}`,
    );
    for (const [name, module] of Object.entries(EXTRACTORS))
      console.log(`${name.padEnd(24)}${formatScores(measure(module, set))}`);
  }
}

function measure(module: string, set: string): Scores {
  const args = [
    '--import',
    'tsx',
    join(folder, 'score.mjs'),
    '--module',
    module,
    '--set',
    set,
    '--passes',
    String(PASSES),
    '--json',
  ];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 100_000_000 });
  if (status !== 0) throw new Error(`${module} failed: ${stderr}`);
  // Some extractors print to stdout themselves. The scores are the object at the end.
  return JSON.parse(stdout.slice(stdout.indexOf('{\n'))) as Scores;
}

function formatScores({ body, fields, speed, peakRssMb }: Scores): string {
  const cells = [body?.f1, fields?.title?.accuracy, fields?.author?.accuracy, fields?.date?.accuracy].map(
    (value) => value?.toFixed(3) ?? '–',
  );
  return [...cells, speed.pagesPerSecond.toFixed(0), peakRssMb.toFixed(0)].map((cell) => cell.padStart(9)).join('');
}
