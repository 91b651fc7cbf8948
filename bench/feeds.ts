// Speed and memory of reading feeds: Feedmill beside rss-parser alone and feedsmith. All read the same documents, in turns, each
// time in a new process.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import iconv from 'iconv-lite';
import { writeFeed } from '../src/sampler/feed-writers.js';
import { composeStory, SITES } from '../src/sampler/story.js';
import { median } from './numbers.js';

const self = fileURLToPath(import.meta.url);
/** Documents of real feeds, in the folder SHARED beside the project. Without them, feeds of the sample sites are read. */
const folder = resolve(self, '../..', process.env.SHARED ?? '../shared', 'feeds/dev');

/** Rounds in which each reader has its turn. The median is reported. */
const ROUNDS = 3;
/** How often a reader reads all documents before and while it is timed. */
const WARM_UPS = 2;
const PASSES = 3;

interface Document {
  body: Buffer;
  contentType: string;
  url: string;
}
interface Figures {
  /** Documents that could be read. */
  read: number;
  ms: number;
  peakMb: number;
}

/** Each reader is loaded in the process that runs it, so that the memory measured is its own. */
const READERS: Record<string, () => Promise<(document: Document) => Promise<unknown>>> = {
  feedmill: async () => {
    const { readFeed } = await import('../src/feeds/read.js');
    return async (document) => {
      const reading = await readFeed(document);
      if (reading.kind === 'not-a-feed') throw new Error(reading.reason);
    };
  },
  'rss-parser': async () => {
    const { default: Parser } = await import('rss-parser');
    return ({ body }) => new Parser().parseString(body.toString('utf8'));
  },
  feedsmith: async () => {
    const { parseFeed } = await import('feedsmith');
    return async ({ body }) => parseFeed(body.toString('utf8'));
  },
};

/** Prints MB and feeds per second, the share of documents that could be read, and peak memory. */
export async function run(): Promise<void> {
  const documents = loadDocuments();
  const mb = documents.reduce((sum, { body }) => sum + body.byteLength, 0) / 1_000_000;
  console.log(
    `${documents.length} ${existsSync(join(folder, 'cases.json')) ? 'real feeds' : 'feeds of the sample sites'}, ${mb.toFixed(1)} MB`,
  );
  const rounds = Array.from({ length: ROUNDS }, () => new Map(Object.keys(READERS).map((name) => [name, measure(name)])));
  printTable(documents.length, mb, rounds);
}

function printTable(feeds: number, mb: number, rounds: readonly ReadonlyMap<string, Figures>[]): void {
  const findMedian = (name: string, figure: keyof Figures) =>
    median(rounds.map((round) => round.get(name)?.[figure] ?? Number.NaN));
  const findSpeed = (name: string) => mb / (findMedian(name, 'ms') / 1_000);
  const printRow = (name: string, cells: readonly string[]) =>
    console.log(`${name.padEnd(12)}${cells.map((cell) => cell.padStart(10)).join('')}`);
  printRow('reader', ['MB/s', 'feeds/s', 'ours/it', 'read', 'MB peak']);
  for (const name of Object.keys(READERS)) {
    const speed = findSpeed(name);
    printRow(name, [
      speed.toFixed(1),
      ((speed / mb) * feeds).toFixed(0),
      (findSpeed('feedmill') / speed).toFixed(2),
      `${((100 * findMedian(name, 'read')) / feeds).toFixed(1)} %`,
      findMedian(name, 'peakMb').toFixed(0),
    ]);
  }
}

function loadDocuments(): Document[] {
  const list = join(folder, 'cases.json');
  if (!existsSync(list)) return SITES.flatMap((site) => Array.from({ length: 40 }, (_, n) => sampleFeed(site, n)));
  const cases = JSON.parse(readFileSync(list, 'utf8')) as { family: string; file: string; contentType?: string; url?: string }[];
  return cases
    .filter(({ family }) => family === 'real')
    .map(({ file, contentType = '', url = 'http://feed.invalid/' }) => ({
      body: readFileSync(join(folder, file)),
      contentType,
      url,
    }));
}

function sampleFeed(site: (typeof SITES)[number], n: number): Document {
  const at = Date.UTC(2026, 0, 1);
  const stories = Array.from({ length: 30 }, (_, i) => composeStory(site, 30 * n + i, new Date(at + i * 3_600_000)));
  const url = 'http://sample.invalid/feed';
  const text = writeFeed(site, stories, {
    home: 'http://sample.invalid/',
    feed: url,
    story: (number) => `http://sample.invalid/${number}`,
  });
  return { body: iconv.encode(text, site.charset), contentType: 'text/xml', url };
}

function measure(name: string): Figures {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', self, name], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
  // A reader may print to stdout. The figures are its last line.
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Figures;
}

async function readAll(load: NonNullable<(typeof READERS)[string]>): Promise<Figures> {
  const read = await load();
  const documents = loadDocuments();
  const pass = async () => {
    let count = 0;
    for (const document of documents) {
      try {
        await read(document);
        count += 1;
      } catch {
        // Not readable: the table shows how many were read.
      }
    }
    return count;
  };
  for (let n = 0; n < WARM_UPS; n += 1) await pass();
  const start = performance.now();
  let count = 0;
  for (let n = 0; n < PASSES; n += 1) count = await pass();
  return { read: count, ms: (performance.now() - start) / PASSES, peakMb: process.resourceUsage().maxRSS / 1_024 };
}

const load = READERS[process.argv[2] ?? ''];
if (load && process.argv[1] === self) console.log(JSON.stringify(await readAll(load)));
