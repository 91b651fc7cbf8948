import { describe, expect, it } from 'vitest';
import { readFeedText, rss } from '../../../../builders.js';

const item = (inside: string) => rss(`<item>${inside}</item>`);
const atom = (inside: string, attributes = '') =>
  `<feed xmlns="http://www.w3.org/2005/Atom"${attributes}><title>T</title>${inside}</feed>`;
const entry = (inside: string, attributes = '') => atom(`<entry${attributes}>${inside}</entry>`);
const first = async (document: string) => (await readFeedText(document)).entries[0];

describe('an entry', () => {
  const ns =
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:c="http://purl.org/rss/1.0/modules/content/" xmlns:h="http://www.w3.org/1999/xhtml"';
  const full = (inside: string) => item(inside).replace('<rss', `<rss ${ns}`);
  it.each<[string, string, Record<string, unknown>]>([
    ['is read by namespace, not by prefix', full('<c:encoded>&lt;p>x&lt;/p></c:encoded>'), { contentHtml: '<p>x</p>' }],
    ['is read by the usual prefixes, declared or not', item('<dc:creator>Ann</dc:creator>'), { authors: ['Ann'] }],
    [
      'ignores elements of unknown namespaces',
      full('<x:title xmlns:x="https://x.example/">No</x:title><dc:title>Yes</dc:title>'),
      { title: 'Yes' },
    ],
    ['takes its link from a guid that is one', item('<guid>https://news.example/g</guid>'), { url: 'https://news.example/g' }],
    [
      'takes its guid from rdf:about',
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel/><item rdf:about="https://r.example/1"><title>A</title></item></rdf:RDF>',
      { guid: 'https://r.example/1', title: 'A' },
    ],
    [
      'takes names from authors, but not addresses',
      item('<author>desk@news.example (The Desk)</author><author>x@news.example</author>'),
      { authors: ['The Desk'] },
    ],
    [
      'has the authors of its feed if it has none',
      atom('<author><name>Ann</name><email>a@x.example</email></author><entry><id>1</id></entry>'),
      { authors: ['Ann'] },
    ],
    [
      'has the authors of its source if it has none',
      atom(
        '<author><name>Ann</name></author><entry><source><title>S</title><link href="/s"/><author><name>Bob</name></author></source></entry>',
      ),
      { authors: ['Bob'], source: { title: 'S' } },
    ],
    [
      'reads categories from label, term or text',
      entry('<category term="t1" label="One"/><category term="two"/>'),
      { categories: ['One', 'two'] },
    ],
    [
      'reads the categories of modules',
      full(
        '<category>A</category><dc:subject>B</dc:subject><itunes:category text="C"><itunes:category text="D"/></itunes:category><media:category label="E">e</media:category>',
      ),
      { categories: ['A', 'B', 'C', 'D', 'E'] },
    ],
    [
      'takes the first readable date',
      item('<pubDate>nonsense</pubDate><dc:date>2026-01-02T03:04:05Z</dc:date>'),
      { publishedAt: new Date('2026-01-02T03:04:05Z') },
    ],
    [
      'reads the dates of Atom 0.3',
      entry('<issued>2004-01-02T03:04:05Z</issued><modified>2004-02-02T03:04:05Z</modified>'),
      { publishedAt: new Date('2004-01-02T03:04:05Z'), updatedAt: new Date('2004-02-02T03:04:05Z') },
    ],
    [
      'lists each file once, from enclosures, links and Media RSS',
      full(
        '<enclosure url="/a.mp3" type="audio/mpeg"/><media:group><media:content url="/a.mp3" fileSize="5" duration="60"/><media:content url="/b.mp4"/></media:group><itunes:duration>2:03</itunes:duration>',
      ),
      {
        enclosures: [
          { url: 'https://news.example/a.mp3', type: 'audio/mpeg', length: 5, duration: 60 },
          { url: 'https://news.example/b.mp4', duration: 123 },
        ],
      },
    ],
    [
      'prefers a thumbnail to a cover, and a cover to a picture',
      full(
        '<enclosure url="/p.jpg" type="image/jpeg"/><itunes:image href="/c.jpg"/><media:group><media:thumbnail url="/t.jpg"/></media:group>',
      ),
      { imageUrl: 'https://news.example/t.jpg' },
    ],
    [
      'reads comments and source',
      item('<comments>https://news.example/1#c</comments><source url="https://wire.example/feed">The Wire</source>'),
      { commentsUrl: 'https://news.example/1#c', source: { title: 'The Wire', url: 'https://wire.example/feed' } },
    ],
    ['resolves the address of comments', item('<comments>/1#c</comments>'), { commentsUrl: 'https://news.example/1#c' }],
    ['reads its language', entry('<title>A</title>', ' xml:lang="ja"'), { language: 'ja' }],
    ['takes plain text in Atom literally', entry('<summary>1 &lt; 2 &amp; 3</summary>'), { summaryHtml: '1 &lt; 2 &amp; 3' }],
    [
      'reads HTML in Atom',
      entry('<summary type="html">1 &amp;lt; 2 &lt;b>3&lt;/b></summary>'),
      { summaryHtml: '1 &lt; 2 <b>3</b>' },
    ],
    [
      'keeps the order of XHTML, and takes CDATA in it literally',
      entry('<content type="xhtml"><div>a<b>b</b>c<br/><![CDATA[x < y]]></div></content>'),
      { contentHtml: '<div>a<b>b</b>c<br>x &lt; y</div>' },
    ],
    ['drops the prefix of XHTML', full('<h:body><h:p>x</h:p></h:body>'), { contentHtml: '<p>x</p>' }],
    [
      'decodes base64 (Atom 0.3)',
      entry(`<content type="text/html" mode="base64">${Buffer.from('<p>é</p>').toString('base64')}</content>`),
      { contentHtml: '<p>é</p>' },
    ],
    [
      'reads unescaped markup',
      item('<description>a <b class="x">b</b> &lt; c <img src="/i.png"/></description>'),
      { summaryHtml: 'a <b class="x">b</b> < c <img src="https://news.example/i.png">' },
    ],
    [
      'resolves links in HTML against the nearest xml:base',
      entry(
        '<content type="html" xml:base="/c/">&lt;a href="d?a=1&amp;amp;b=2">x&lt;/a>&lt;img src=e.png></content>',
        ' xml:base="https://b.example/x/"',
      ),
      { contentHtml: '<a href="https://b.example/c/d?a=1&amp;b=2">x</a><img src="https://b.example/c/e.png">' },
    ],
    [
      'resolves its link against the site',
      rss('<link>https://site.example/d/</link><item><link>p</link></item>'),
      { url: 'https://site.example/d/p' },
    ],
    [
      'prefers an alternate link',
      entry(
        '<link rel="self" href="/self"/><link rel="alternate" type="application/json" href="/j"/><link type="text/html" href="/h"/>',
      ),
      { url: 'https://news.example/h' },
    ],
    [
      'can be a document of its own',
      '<entry xmlns="http://www.w3.org/2005/Atom"><id>1</id><title>Alone</title></entry>',
      { guid: '1', title: 'Alone' },
    ],
  ])('%s', async (_, document, expected) => {
    expect((await first(document)) ?? {}).toMatchObject(expected);
  });

  it('drops an address of comments that would run a script', async () =>
    expect(await first(item('<title>A</title><comments>javascript:hit()</comments>'))).not.toHaveProperty('commentsUrl'));
});
