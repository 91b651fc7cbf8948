import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The collections and their scorer lie beside the project. */
const folder = resolve(root, process.env.SHARED ?? '../shared', 'extraction');

const EXTRACTORS: Record<string, string> = {
  feedmill: 'bench/score-extraction.ts',
  'readability + linkedom': 'bench/peers/readability.ts',
  'defuddle + linkedom': 'bench/peers/defuddle.ts',
  'article-extractor': 'bench/peers/article-extractor.ts',
};
/** Each is timed this often over all pages of a collection; the median counts. */
const PASSES = 3;

interface Scores {
  body?: { f1: number };
  fields?: Record<string, { accuracy: number }>;
  speed: { pagesPerSecond: number };
  peakRssMb: number;
}

/** Body, metadata, speed and memory of ours and of the peers from npm, one process each, one after the other. */
export async function run(): Promise<void> {
  const sets = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('truth.json'))
    .map((path) => join(folder, path, '..'))
    .sort();
  if (!existsSync(join(folder, 'score.mjs'))) throw new Error(`No collections in ${folder}: set SHARED.`);
  for (const set of sets) {
    console.log(`\n${set.slice(folder.length + 1)}`);
    console.log(
      `${'extractor'.padEnd(24)}${['F1', 'title', 'author', 'date', 'pages/s', 'MB'].map((name) => name.padStart(9)).join('')}`,
    );
    for (const [name, module] of Object.entries(EXTRACTORS)) console.log(`${name.padEnd(24)}${row(scoresOf(module, set))}`);
  }
}

function scoresOf(module: string, set: string): Scores {
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
  // Some peers write to stdout; the scores are the last object there.
  return JSON.parse(stdout.slice(stdout.indexOf('{\n'))) as Scores;
}

function row({ body, fields, speed, peakRssMb }: Scores): string {
  const cells = [body?.f1, fields?.title?.accuracy, fields?.author?.accuracy, fields?.date?.accuracy].map(
    (value) => value?.toFixed(3) ?? '–',
  );
  return [...cells, speed.pagesPerSecond.toFixed(0), peakRssMb.toFixed(0)].map((cell) => cell.padStart(9)).join('');
}
