import { describe, expect, it } from 'vitest';
import type { ParsedFeed } from '../../../../src/feeds/feed.js';
import { makeLinksAbsolute } from '../../../../src/feeds/formats/unified/absolute-links.js';
import { toUnifiedFeed } from '../../../../src/feeds/formats/unified/to-unified-feed.js';
import { readFeed } from '../../../../src/feeds/read.js';

const URL_OF_FEED = 'https://news.example/feed';
async function feedOf(document: string): Promise<ParsedFeed> {
  const reading = await readFeed({ body: Buffer.from(document), contentType: '', url: URL_OF_FEED });
  if (reading.kind !== 'feed') throw new Error(reading.reason);
  return reading.feed;
}
const rss = (inside: string, root = '<rss version="2.0">') => `${root}<channel><title>T</title>${inside}</channel></rss>`;
const item = (inside: string) => rss(`<item>${inside}</item>`);
const atom = (inside: string, attributes = '') =>
  `<feed xmlns="http://www.w3.org/2005/Atom"${attributes}><title>T</title>${inside}</feed>`;
const entry = (inside: string, attributes = '') => atom(`<entry${attributes}>${inside}</entry>`);
const first = async (document: string) => (await feedOf(document)).entries[0];

it('is one small dialect, whatever the document was written in', () => {
  const reading = toUnifiedFeed(
    `<a:feed xmlns:a="http://www.w3.org/2005/Atom" xml:base="https://a.example/x/"><a:entry><a:id>1</a:id><a:title type="html">A &amp;amp; &lt;b>B&lt;/b></a:title>
      <a:link href="p"/><a:updated>2026-03-03T14:05:09+01:00</a:updated><a:content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><a href="q">x</a>]]&gt;</div></a:content></a:entry></a:feed>`,
    URL_OF_FEED,
    new Date('2026-06-01T00:00:00Z'),
  );
  expect(reading).toMatchObject({
    kind: 'feed',
    format: 'atom',
    xml:
      '<rss version="2.0"><channel><item><guid>1</guid><link>https://a.example/x/p</link><title>A &amp; B</title>' +
      '<published text="2026-03-03T14:05:09+01:00">2026-03-03T13:05:09.000Z</published><updated>2026-03-03T13:05:09.000Z</updated>' +
      '<body>0</body></item></channel></rss>',
    bodies: ['<div><a href="https://a.example/x/q">x</a>]]&gt;</div>'],
  });
});

describe('forgives', () => {
  const good = '<item><title>A</title><link>/1</link><guid>g</guid></item>';
  it.each<[string, string]>([
    ['junk before the first tag', `Warning: <b>oops</b>\n${rss(good)}`],
    ['a declaration that is never closed', `<?xml version="1.0"\n>${rss(good)}`],
    ['a comment with markup before the root', `<!-- <rss>&</rss> -->${rss(good)}`],
    ['a comment that is never closed', rss(`<!-- ${good}`)],
    ['an rss without version', rss(good, '<rss>')],
    ['a version that nobody knows', rss(good, '<rss version="7">')],
    ['names in capitals', rss(good).toUpperCase().replace('<TITLE>A', '<TITLE>A').replace('/1', '/1').replace('>G<', '>g<')],
    [
      'a prefix for all of it',
      rss(good)
        .replace(/<(\/?)(\w)/g, '<$1r:$2')
        .replace('<r:rss', '<r:rss xmlns:r="http://purl.org/rss/1.0/"'),
    ],
    ['a default namespace of its own', rss(good, '<rss version="2.0" xmlns="https://rss.example/ns">')],
    ['a doctype with entities', `<!DOCTYPE rss [<!ENTITY a "<rss>"><!ENTITY b "&a;&a;">\n] >${rss(good)}`],
    ['end tags of nothing', rss(good.replace('<link>', '</b></i><link>'))],
    ['end tags with a slip', rss(good.replace('</title>', '</titel>'))],
    ['a field without an end', rss(good.replace('</link>', ''))],
    ['an item without an end', rss(good.replace('</item>', '<item><title>B</title></item>'))],
    ['an empty item in an item', rss(good.replace('</item>', '<item/></item>'))],
    ['items beside the channel', `<rss version="2.0"><channel><title>T</title></channel>${good}</rss>`],
    ['items without a channel', `<rss version="2.0">${good}</rss>`],
    ['a document that ends after its items', rss(good).replace('</channel></rss>', '')],
    ['attributes without quotes', rss(good.replace('<guid>', '<guid isPermaLink=false>'))],
    ['control characters', rss(good.replace('>A<', '>\u0000A\u000b\u001f<'))],
  ])('%s', async (_, document) => {
    expect((await first(document)) ?? {}).toMatchObject({ title: 'A', url: 'https://news.example/1', guid: 'g' });
  });

  it.each<[string, string, string]>([
    ['bare ampersands', 'a & b &c', 'a & b &c'],
    ['names that HTML knows', 'a&nbsp;&eacute;&hellip;', 'a é…'],
    ['names of nobody', '&zork;', '&zork;'],
    ['numbers as windows-1252 meant them', 'don&#146;t', 'don’t'],
    ['controls where windows-1252 has letters', 'don\u0092t', 'don’t'],
    ['references to nothing', 'A&#0;&#xB;B', 'AB'],
    ['signs of less', '1 < 2, I <3 it', '1 < 2, I <3 it'],
    ['markup', 'A &lt;b&gt;B&lt;/b&gt; &amp;amp; C', 'A B & C'],
    ['markup that is all of it', '&lt;/example&gt;', '</example>'],
    ['markup without escapes', 'A <b>B</b>', 'A B'],
    ['CDATA', '<![CDATA[A &amp; <i>B</i> <!-- C -->]]>', 'A & B'],
    ['text about a doctype', '<![CDATA[<!DOCTYPE html [x]> is a doctype]]>', 'is a doctype'],
  ])('in a title, %s', async (_, title, expected) => {
    expect((await first(item(`<title>${title}</title>`)))?.title).toBe(expected);
  });

  it('says what it mended, and how often', async () => {
    const document = rss(
      '<item><title>a & b &nbsp;\u0001</title><foo:x/></b><pubDate>soon</pubDate><description><p>x</description></item><item><ti',
    ).replace('</channel></rss>', '');
    expect((await feedOf(document)).repairs).toEqual([
      { kind: 'unclosed', count: 4 },
      { kind: 'strayEnds', count: 1 },
      { kind: 'undeclaredPrefixes', count: 1 },
      { kind: 'htmlEntities', count: 1 },
      { kind: 'bareAmpersands', count: 1 },
      { kind: 'forbiddenCharacters', count: 1 },
      { kind: 'badDates', count: 1 },
      { kind: 'halfItems', count: 1 },
      { kind: 'cut', count: 1 },
    ]);
    expect((await feedOf(item('<title>A</title>'))).repairs).toEqual([]);
  });
});

describe('of a document that is cut off', () => {
  const whole = '<item><title>A</title><guid>a</guid></item>';
  it.each<[string, string, (string | undefined)[]]>([
    ['an item that may have had a guid is left for the next poll', `${whole}<item><title>B</title><link>/b</link>`, ['a']],
    ['an item with its guid is kept', `${whole}<item><guid>b</guid><description>half a te`, ['a', 'b']],
    ['half a guid is none', `${whole}<item><guid>https://news.example/b`, ['a']],
    [
      'an item of a feed without guids is kept by its link',
      '<item><link>/a</link></item><item><link>/b</link><title>B',
      [undefined, undefined],
    ],
  ])('%s', async (_, items, guids) => {
    const { entries } = await feedOf(`<rss version="2.0"><channel>${items}`);
    expect(entries.map(({ guid }) => guid)).toEqual(guids);
  });
});

describe('fields', () => {
  const ns =
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:c="http://purl.org/rss/1.0/modules/content/" xmlns:h="http://www.w3.org/1999/xhtml"';
  const full = (inside: string) => rss(`<item>${inside}</item>`, `<rss version="2.0" ${ns}>`);
  it.each<[string, string, Record<string, unknown>]>([
    ['a namespace counts, not its prefix', full('<c:encoded>&lt;p>x&lt;/p></c:encoded>'), { contentHtml: '<p>x</p>' }],
    ['a usual prefix counts, declared or not', item('<dc:creator>Ann</dc:creator>'), { authors: ['Ann'] }],
    [
      'elements of others are nothing',
      full('<x:title xmlns:x="https://x.example/">No</x:title><dc:title>Yes</dc:title>'),
      { title: 'Yes' },
    ],
    ['a guid that is a link', item('<guid>https://news.example/g</guid>'), { url: 'https://news.example/g' }],
    [
      'rdf:about',
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel/><item rdf:about="https://r.example/1"><title>A</title></item></rdf:RDF>',
      { guid: 'https://r.example/1', title: 'A' },
    ],
    [
      'persons by name, addresses for nobody',
      item('<author>desk@news.example (The Desk)</author><author>x@news.example</author>'),
      { authors: ['The Desk'] },
    ],
    [
      "an entry without an author has its feed's",
      atom('<author><name>Ann</name><email>a@x.example</email></author><entry><id>1</id></entry>'),
      { authors: ['Ann'] },
    ],
    [
      "an entry that was taken over has its source's",
      atom(
        '<author><name>Ann</name></author><entry><source><title>S</title><link href="/s"/><author><name>Bob</name></author></source></entry>',
      ),
      { authors: ['Bob'], source: { title: 'S' } },
    ],
    [
      'categories by label, term or text',
      entry('<category term="t1" label="One"/><category term="two"/>'),
      { categories: ['One', 'two'] },
    ],
    [
      'categories of modules',
      full(
        '<category>A</category><dc:subject>B</dc:subject><itunes:category text="C"><itunes:category text="D"/></itunes:category><media:category label="E">e</media:category>',
      ),
      { categories: ['A', 'B', 'C', 'D', 'E'] },
    ],
    [
      'the first date that is one',
      item('<pubDate>nonsense</pubDate><dc:date>2026-01-02T03:04:05Z</dc:date>'),
      { publishedAt: new Date('2026-01-02T03:04:05Z') },
    ],
    [
      'Atom 0.3 dates',
      entry('<issued>2004-01-02T03:04:05Z</issued><modified>2004-02-02T03:04:05Z</modified>'),
      { publishedAt: new Date('2004-01-02T03:04:05Z'), updatedAt: new Date('2004-02-02T03:04:05Z') },
    ],
    [
      'all files once, by enclosure, link and Media RSS',
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
      'a thumbnail before a cover before a picture',
      full(
        '<enclosure url="/p.jpg" type="image/jpeg"/><itunes:image href="/c.jpg"/><media:group><media:thumbnail url="/t.jpg"/></media:group>',
      ),
      { imageUrl: 'https://news.example/t.jpg' },
    ],
    [
      'comments and source',
      item('<comments>https://news.example/1#c</comments><source url="https://wire.example/feed">The Wire</source>'),
      { commentsUrl: 'https://news.example/1#c', source: { title: 'The Wire', url: 'https://wire.example/feed' } },
    ],
    ['languages of entries', entry('<title>A</title>', ' xml:lang="ja"'), { language: 'ja' }],
    ['text of Atom is text', entry('<summary>1 &lt; 2 &amp; 3</summary>'), { summaryHtml: '1 &lt; 2 &amp; 3' }],
    [
      'HTML of Atom is HTML',
      entry('<summary type="html">1 &amp;lt; 2 &lt;b>3&lt;/b></summary>'),
      { summaryHtml: '1 &lt; 2 <b>3</b>' },
    ],
    [
      'XHTML keeps its order, CDATA is text',
      entry('<content type="xhtml"><div>a<b>b</b>c<br/><![CDATA[x < y]]></div></content>'),
      { contentHtml: '<div>a<b>b</b>c<br>x &lt; y</div>' },
    ],
    ['XHTML with a prefix loses it', full('<h:body><h:p>x</h:p></h:body>'), { contentHtml: '<p>x</p>' }],
    [
      'base64 (Atom 0.3)',
      entry(`<content type="text/html" mode="base64">${Buffer.from('<p>é</p>').toString('base64')}</content>`),
      { contentHtml: '<p>é</p>' },
    ],
    [
      'markup that nobody escaped',
      item('<description>a <b class="x">b</b> &lt; c <img src="/i.png"/></description>'),
      { summaryHtml: 'a <b class="x">b</b> < c <img src="https://news.example/i.png">' },
    ],
    [
      'links of HTML by the nearest base',
      entry(
        '<content type="html" xml:base="/c/">&lt;a href="d?a=1&amp;amp;b=2">x&lt;/a>&lt;img src=e.png></content>',
        ' xml:base="https://b.example/x/"',
      ),
      { contentHtml: '<a href="https://b.example/c/d?a=1&amp;b=2">x</a><img src="https://b.example/c/e.png">' },
    ],
    [
      'relative links of an item by its site',
      rss('<link>https://site.example/d/</link><item><link>p</link></item>'),
      { url: 'https://site.example/d/p' },
    ],
    [
      'an alternate link before others',
      entry(
        '<link rel="self" href="/self"/><link rel="alternate" type="application/json" href="/j"/><link type="text/html" href="/h"/>',
      ),
      { url: 'https://news.example/h' },
    ],
    [
      'an entry that is a document',
      '<entry xmlns="http://www.w3.org/2005/Atom"><id>1</id><title>Alone</title></entry>',
      { guid: '1', title: 'Alone' },
    ],
  ])('%s', async (_, document, expected) => {
    expect((await first(document)) ?? {}).toMatchObject(expected);
  });
});

it.each([
  ['<a href="https://x.example/">x</a>', '<a href="https://x.example/">x</a>'],
  ["<a href='p'>x</a>", '<a href="https://news.example/p">x</a>'],
  ['<a href="#note">x</a>', '<a href="https://news.example/feed#note">x</a>'],
  [
    '<a href="mailto:a@x.example">x</a> <a href="//y.example/z">y</a>',
    '<a href="mailto:a@x.example">x</a> <a href="https://y.example/z">y</a>',
  ],
  ['text with href="p" in it', 'text with href="p" in it'],
  ['<img src="a b.png" alt="x">', '<img src="https://news.example/a%20b.png" alt="x">'],
])('makeLinksAbsolute: %s', (html, expected) => expect(makeLinksAbsolute(html, URL_OF_FEED)).toBe(expected));

it.each([
  ['CDATA that never ends', rss('<![CDATA['.repeat(200_000))],
  ['comments that never end', rss('<!--'.repeat(200_000))],
  ['root tags', `${'<rss '.repeat(200_000)} version="2.0"`],
  ['ampersands', rss('&'.repeat(500_000))],
  ['signs of less', rss(`${'<'.repeat(300_000)}<![CDATA[`)],
  ['XHTML that never ends', `<feed>${'<content type="xhtml">'.repeat(19_000)}</feed>`],
  ['end tags of nothing', `<feed>${'<a>'.repeat(10_000)}${'</b>'.repeat(300_000)}</feed>`],
  ['attributes', `<feed><entry ${'a="b" '.repeat(400_000)}/></feed>`],
  ['namespaces', `<feed>${Array.from({ length: 15_000 }, (_, n) => `<a xmlns:p${n}="u">`).join('')}</feed>`],
  ['links', item('<link href="/a"/>'.repeat(100_000))],
  ['files', item('<enclosure url="/a"/>'.repeat(100_000))],
  ['feeds in each other', `${'<channel>'.repeat(15_000)}${'<author>a</author>'.repeat(100_000)}`],
  ['tags that never end in HTML', item(`<description><![CDATA[${'<a href=x '.repeat(100_000)}]]></description>`)],
])('takes linear time over %s', (_, document) => {
  const start = performance.now();
  toUnifiedFeed(document, URL_OF_FEED, new Date());
  // Linear takes some hundreds of ms on a busy machine; quadratic took half a minute.
  expect(performance.now() - start).toBeLessThan(3_000);
});
