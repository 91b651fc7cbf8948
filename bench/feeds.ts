// Speed and memory of reading feeds, ours beside rss-parser alone and feedsmith: the same documents, in turns, a process each
// time.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import iconv from 'iconv-lite';
import { writeFeed } from '../src/sampler/feed-writers.js';
import { composeStory, SITES } from '../src/sampler/story.js';

const self = fileURLToPath(import.meta.url);
/** The documents of real feeds lie beside the project; where they do not, those of our sample sites are read. */
const folder = resolve(self, '../..', process.env.SHARED ?? '../shared', 'feeds/dev');

/** Rounds in which each reader has its turn; the median counts. */
const ROUNDS = 3;
/** Each reads all documents so often before it is timed, and so often while it is. */
const WARM_UPS = 2;
const PASSES = 3;

interface Document {
  body: Buffer;
  contentType: string;
  url: string;
}
interface Figures {
  /** Documents that it could read. */
  read: number;
  ms: number;
  peakMb: number;
}

/** Each reader is loaded where it runs alone, so that memory is its own. */
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

/** Prints MB and feeds a second, the share of documents that could be read, and peak memory. */
export async function run(): Promise<void> {
  const documents = loadDocuments();
  const mb = documents.reduce((sum, { body }) => sum + body.byteLength, 0) / 1_000_000;
  console.log(
    `${documents.length} ${existsSync(join(folder, 'cases.json')) ? 'real feeds' : 'feeds of the sample sites'}, ${mb.toFixed(1)} MB`,
  );
  const names = Object.keys(READERS);
  const figures = new Map(names.map((name): [string, Figures[]] => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) for (const name of names) figures.get(name)?.push(measure(name));
  const speedOf = (name: string) => mb / (median((figures.get(name) ?? []).map(({ ms }) => ms)) / 1_000);
  const ours = speedOf('feedmill');
  console.log(
    `${'reader'.padEnd(12)}${['MB/s', 'feeds/s', 'ours/it', 'read', 'MB peak'].map((name) => name.padStart(10)).join('')}`,
  );
  for (const name of names) {
    const speed = speedOf(name);
    const all = figures.get(name) ?? [];
    const cells = [
      speed.toFixed(1),
      ((speed / mb) * documents.length).toFixed(0),
      (ours / speed).toFixed(2),
      `${((100 * median(all.map(({ read }) => read))) / documents.length).toFixed(1)} %`,
      median(all.map(({ peakMb }) => peakMb)).toFixed(0),
    ];
    console.log(`${name.padEnd(12)}${cells.map((cell) => cell.padStart(10)).join('')}`);
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
  // A reader may write to stdout; the figures are the last line there.
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
        // Not read: it is counted by what is missing.
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

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const load = READERS[process.argv[2] ?? ''];
if (load && process.argv[1] === self) console.log(JSON.stringify(await readAll(load)));
