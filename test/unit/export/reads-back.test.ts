import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeAtom, writeRss } from '../../../src/export/feeds.js';
import type { ExportRecord } from '../../../src/export/record.js';
import type { ParsedFeed } from '../../../src/feeds/feed.js';
import { toUnifiedFeed } from '../../../src/feeds/formats/unified/to-unified-feed.js';
import { readFeed } from '../../../src/feeds/read.js';

/** Text as Feedmill stores it: well-formed, on one line, within the length limits, and with at least one letter or digit. */
const line = (without: RegExp) =>
  fc
    .string({ unit: 'binary', minLength: 1, maxLength: 40 })
    .map((text) =>
      text
        .toWellFormed()
        .replace(/[\p{C}\p{Z}\s]+/gu, ' ')
        .replace(without, '')
        .trim(),
    )
    .filter((text) => /[\p{L}\p{N}]/u.test(text));
const name = line(/[<>&@()]/g);
const date = fc.date({ min: new Date('2000-01-01'), max: new Date('2025-01-01'), noInvalidDate: true }).map((at) => {
  at.setUTCMilliseconds(0);
  return at;
});
const record = fc.record({
  n: fc.nat(1_000_000),
  title: line(/[<&]/g),
  authors: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
  categories: fc.uniqueArray(line(/[<&]/g), { maxLength: 3 }),
  // Sanitized HTML, with `<` and `&` as character references.
  content: line(/[\\]/g).map((text) => `<p>${text.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</p><pre>]]&gt; &amp;lt;</pre>`),
  at: date,
});
const toRecord = ({ n, at, content, ...rest }: typeof record extends fc.Arbitrary<infer T> ? T : never): ExportRecord => ({
  ...rest,
  id: n,
  url: `https://a.example/${n}?x=1&y=2`,
  dated_at: at,
  published_at: at,
  updated_at: at,
  first_seen_at: at,
  stored_at: at,
  language: null,
  site_name: null,
  feed_id: 1,
  feed_title: null,
  feed_url: 'https://a.example/feed',
  excerpt: 'x',
  content_html: content,
  content_text: 'x',
  lead_image_url: null,
  word_count: 1,
  content_source: 'page',
  revision: 1,
});

async function read(document: string): Promise<ParsedFeed> {
  const reading = await readFeed({ body: Buffer.from(document), contentType: 'application/xml', url: 'https://x.example/feed' });
  if (reading.kind !== 'feed') throw new Error(reading.reason);
  return reading.feed;
}

describe.each([
  ['RSS', writeRss],
  ['Atom', writeAtom],
])('a feed of records as %s', (_, write) => {
  it('is read back unchanged, and so is its unified feed', () =>
    fc.assert(
      fc.asyncProperty(line(/[<&]/g), fc.uniqueArray(record, { maxLength: 4, selector: ({ n }) => n }), async (title, made) => {
        const records = made.map(toRecord);
        const document = write({ title, url: 'https://a.example/' }, records);
        const feed = await read(document);
        expect(feed.title).toBe(title);
        expect(feed.repairs).toEqual([]);
        expect(
          feed.entries.map(({ guid, url, title, authors, categories, contentHtml, publishedAt }) => ({
            ...{ guid, url, title, authors, categories, contentHtml, publishedAt },
          })),
        ).toEqual(
          records.map((one) => ({
            ...{ guid: one.url, url: one.url, title: one.title, authors: one.authors, categories: one.categories },
            ...{ contentHtml: one.content_html, publishedAt: one.dated_at },
          })),
        );
        const unified = toUnifiedFeed(document, 'https://x.example/feed', new Date());
        if (unified.kind !== 'feed') throw new Error(unified.kind);
        expect((await read(unified.xml)).entries.map(({ guid, url, title }) => [guid, url, title])).toEqual(
          feed.entries.map(({ guid, url, title }) => [guid, url, title]),
        );
      }),
      { numRuns: 200 },
    ));
});
