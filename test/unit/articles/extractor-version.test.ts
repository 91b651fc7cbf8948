import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { EXTRACTOR_VERSION } from '../../../src/articles/extractor-version.js';
import { readArticle } from '../../../src/articles/read.js';
import { writePage as writeSampleStory } from '../../../src/sampler/page.js';
import { composeStory, SITES } from '../../../src/sampler/story.js';
import { SAMPLES, writeBroadcasterPage, writePage } from './pages.js';

const AT = new Date('2026-03-01T06:39:03Z');
const URL = 'https://news.example/story';
/** The version of the extractor, and a hash of what it makes of our own pages. */
const FIXTURE = 'test/fixtures/extractor-version.json';
const recorded = JSON.parse(await readFile(FIXTURE, 'utf8').catch(() => '{"version": 0}')) as { version: number; hash?: string };

/** Our own pages: two layouts in many languages, and a story of each sample site. */
const ADDRESSES = {
  home: 'https://news.example/',
  feed: 'https://news.example/feed',
  story: (n: number) => `${URL}/${n}`,
  image: () => `${URL}.jpg`,
};
const pages = [
  ...SAMPLES.flatMap((sample) => [writePage(sample), writeBroadcasterPage(sample)]),
  ...SITES.map((site) => writeSampleStory(site, composeStory(site, 3, AT), [composeStory(site, 4, AT)], ADDRESSES)),
];

it('has a version of its own for each output', async () => {
  const readings = pages.map((html) => {
    const page = { url: URL, contentType: 'text/html; charset=utf-8', body: Buffer.from(html) };
    const reading = readArticle({ url: URL, page, feed: { authors: [] }, now: AT });
    return reading.kind === 'article' ? { ...reading, record: { ...reading.record, extractorVersion: undefined } } : reading;
  });
  const hash = createHash('sha256').update(JSON.stringify(readings)).digest('hex');
  const isForgotten = hash !== recorded.hash && EXTRACTOR_VERSION <= recorded.version;
  expect(
    isForgotten,
    `What the extractor makes of our own pages has changed: raise EXTRACTOR_VERSION above ${recorded.version} (src/articles/extractor-version.ts), and run this test with -u.`,
  ).toBe(false);
  // Not reached, and so not updated, while the version is forgotten.
  await expect(`${JSON.stringify({ version: EXTRACTOR_VERSION, hash })}\n`).toMatchFileSnapshot(`../../../${FIXTURE}`);
});
