import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParsedEntry } from '../../../src/feeds/feed.js';
import { identify } from '../../../src/feeds/identity.js';
import { readFeed } from '../../../src/feeds/read.js';
import { recognize } from '../../../src/feeds/recognize.js';
import { readDate } from '../../../src/text/dates.js';

const URL_OF_FEED = 'https://news.example/feed';

const DOCUMENTS = [
  `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>News &amp; more</title><link>https://news.example/</link><description>d</description><ttl>60</ttl><item><title><![CDATA[One <b>bold</b>]]></title>
<link>/1</link><guid isPermaLink="false">g1</guid><pubDate>Tue, 03 Mar 2026 14:05:09 GMT</pubDate><category domain="x">c</category><content:encoded>&lt;p&gt;text&lt;/p&gt;</content:encoded>
<enclosure url="https://news.example/a.mp3" type="audio/mpeg" length="12"/><media:group><media:content url="/i.jpg" medium="image"/></media:group></item></channel></rss>`,
  `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr" xml:base="https://news.example/"><title type="html">T &lt;i&gt;x&lt;/i&gt;</title><id>urn:f</id><link rel="alternate" href="/"/>
<updated>2026-03-03T14:05:09Z</updated><entry><title>Un</title><id>urn:1</id><link href="1"/><published>2026-03-03T14:05:09+01:00</published><author><name>Ann</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>texte <em>ici</em></p></div></content></entry></feed>`,
  `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://news.example/">
<title>T</title><link>https://news.example/</link></channel><item rdf:about="urn:1"><title>A</title><link>https://news.example/1</link><dc:date>2026-03-03</dc:date></item></rdf:RDF>`,
  `{"version":"https://jsonfeed.org/version/1.1","title":"T","home_page_url":"https://news.example/","items":[{"id":"1","url":"/1","content_html":"<p>x</p>",
"date_published":"2026-03-03T14:05:09Z","tags":["a"],"authors":[{"name":"Ann"}],"attachments":[{"url":"/a.mp3","mime_type":"audio/mpeg"}]}]}`,
].map((text) => Buffer.from(text));

/** What is put into a document to break it. */
const PARTS = [
  ...[
    '<',
    '>',
    '&',
    '"',
    ']]>',
    '<![CDATA[',
    '<!--',
    '-->',
    '<?',
    '<!DOCTYPE x [<!ENTITY a "b">]>',
    '&a;',
    '&#0;',
    '&#x110000;',
    '&nbsp;',
  ],
  ...[
    '<item>',
    '</item>',
    '</channel>',
    '<entry/>',
    '</feed>',
    'xmlns:a="',
    '{',
    '}',
    '[',
    'null',
    ',',
    '\\ud800',
    '\0',
    '\uFEFF',
    '\x1B$B',
    'é',
  ],
].map((text) => Buffer.from(text));
const piece = fc.oneof(fc.constantFrom(...PARTS), fc.uint8Array({ maxLength: 8 }));
/** A part of a document is left out, said twice, or replaced. */
const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(40), put: piece, twice: fc.boolean() });
const mutated = fc
  .tuple(fc.constantFrom(...DOCUMENTS), fc.array(edit, { minLength: 1, maxLength: 6 }))
  .map(([document, edits]) => {
    let body: Uint8Array = document;
    for (const { at, length, put, twice } of edits) {
      const start = Math.floor(at * body.length);
      const gone = body.subarray(start, start + length);
      body = Buffer.concat([
        body.subarray(0, start),
        twice ? gone : put,
        twice ? gone : Buffer.alloc(0),
        body.subarray(start + length),
      ]);
    }
    return body;
  });
const contentType = fc.constantFrom(
  '',
  'text/xml',
  'application/rss+xml; charset=utf-8',
  'text/xml; charset=utf-16',
  'text/plain; charset=x',
  'iso-2022-jp',
);

describe('any bytes are a feed, or are refused in a sentence', () => {
  const check = async (body: Uint8Array, type: string) => {
    const reading = await readFeed({ body, contentType: type, url: URL_OF_FEED });
    if (reading.kind === 'not-a-feed') {
      expect(reading.reason).toMatch(/\S/);
      return;
    }
    for (const entry of reading.feed.entries) {
      const links = [entry.url, entry.imageUrl, ...entry.enclosures.map(({ url }) => url)].filter((url) => url !== undefined);
      for (const link of links) expect(link).toMatch(/^https?:\/\//);
      for (const date of [entry.publishedAt, entry.updatedAt]) if (date) expect(date.getUTCFullYear()).toBeGreaterThan(1970);
      expect(entry.guid).not.toBe('');
    }
  };
  it('of no kind', () => fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), contentType, check), { numRuns: 300 }));
  it('of a feed that was damaged', () => fc.assert(fc.asyncProperty(mutated, contentType, check), { numRuns: 600 }));
});

describe('any text is a date that a publication can have, or none', () => {
  const now = new Date('2026-05-01T12:00:00Z');
  const check = (text: string) => {
    const at = readDate(text, now)?.at.getTime();
    if (at === undefined) return;
    expect(at).toBeGreaterThanOrEqual(Date.UTC(1971, 0, 1));
    expect(at).toBeLessThanOrEqual(now.getTime() + 2 * 86_400_000);
  };
  const words = fc.constantFrom(
    ...[
      'Tue,',
      'mar',
      'March',
      '3',
      '03',
      '31',
      '2026',
      '26',
      '2569',
      '99',
      '14:05',
      '24:00',
      '25:61',
      '12',
      'AM',
      'pm',
      'GMT',
      '+0200',
      '-9999',
      'Z',
      'EST',
    ],
    ...[
      'T',
      '/',
      '-',
      '.',
      ',',
      ' ',
      '年',
      '月',
      '日',
      '오후',
      '令和',
      'thg',
      'tháng',
      'de',
      '@',
      '@03@',
      'Europe/Paris',
      'a/b',
      'W10',
      '٣',
      '１',
      'constructor',
    ],
  );
  it('of any characters', () => fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 250 }), check), { numRuns: 2_000 }));
  it('of what dates are made of', () =>
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), fc.constantFrom('', ' '), (parts, glue) => check(parts.join(glue))),
      {
        numRuns: 5_000,
      },
    ));
  it('and an instant, written down, is read as it was', () =>
    fc.assert(
      fc.property(fc.date({ min: new Date('1971-01-02'), max: now, noInvalidDate: true }), (date) => {
        expect(readDate(date.toISOString(), now)?.at).toEqual(date);
        const second = new Date(Math.floor(date.getTime() / 1_000) * 1_000);
        expect(readDate(date.toUTCString(), now)?.at).toEqual(second);
        expect(readDate(date.toString(), now)?.at).toEqual(second);
      }),
    ));
});

describe('identity does not hang on the order of a document', () => {
  const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const entries = fc.array(
    fc
      .record({
        guid: some(fc.constantFrom('a', 'b', 'c', 'd', 'e')),
        url: some(fc.constantFrom(...['', '1', '2', '3', '4', '5'].map((path) => `https://news.example/${path}`))),
        title: some(fc.constantFrom('One', 'Two', 'Three', 'Four')),
        contentHtml: some(fc.constantFrom('x', 'y')),
        publishedAt: some(fc.constantFrom(...[1, 2, 3].map((day) => new Date(Date.UTC(2026, 0, day))))),
      })
      .map(
        (fields): ParsedEntry => ({
          ...(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<ParsedEntry>),
          authors: [],
          categories: [],
          enclosures: [],
        }),
      ),
    { maxLength: 8 },
  );
  const shuffled = entries.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
  const rule = fc.constantFrom('guid' as const, 'link' as const);
  const sorted = (list: readonly { key: string }[]) => list.map(({ key }) => key).sort();

  it('has the same keys', () =>
    fc.assert(
      fc.property(shuffled, rule, ([list, other], by) => {
        expect(sorted(identify(other, URL_OF_FEED, by))).toEqual(sorted(identify(list, URL_OF_FEED, by)));
      }),
    ));
  it('finds every entry of the same document again, and takes none for another', () =>
    fc.assert(
      fc.property(shuffled, rule, ([list, other], by) => {
        const known = identify(list, URL_OF_FEED, by);
        const again = recognize(identify(other, URL_OF_FEED, by), known);
        expect(sorted(again.entries)).toEqual(sorted(known));
        expect(again.guidsChanged).toBe(false);
      }),
    ));
  it('never gives two entries of a document one key', () =>
    fc.assert(
      fc.property(entries, entries, rule, (before, after, by) => {
        const found = recognize(identify(after, URL_OF_FEED, by), identify(before, URL_OF_FEED, 'guid')).entries;
        expect(new Set(found.map(({ key }) => key)).size).toBe(found.length);
      }),
      { numRuns: 2_000 },
    ));
});
