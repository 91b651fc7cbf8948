import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFeed } from '../../../src/feeds/read.js';

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

/** What is inserted into a document to break it. */
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
/** A part of a document is dropped, doubled or replaced. */
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

describe('any bytes are read as a feed or refused with a reason', () => {
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
  it('random bytes', () => fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), contentType, check), { numRuns: 300 }));
  it('damaged feeds', () => fc.assert(fc.asyncProperty(mutated, contentType, check), { numRuns: 600 }));
});
