import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { readFeed } from '../../../src/feeds/read.js';
import { readFeedText } from '../../builders.js';
import { cpuMs } from '../../timing.js';

const URL_OF_FEED = 'https://news.example/feed';
const reading = (body: Uint8Array | string, contentType = '') =>
  readFeed({ body: typeof body === 'string' ? Buffer.from(body) : body, contentType, url: URL_OF_FEED });
const rss = (items: string, head = '<title>The News</title><link>https://news.example/</link>') =>
  `<rss version="2.0" xmlns:content="c" xmlns:dc="d" xmlns:media="m" xmlns:itunes="i"><channel>${head}${items}</channel></rss>`;

describe('readFeed on each format', () => {
  it('reads RSS', async () => {
    const feed = await readFeedText(
      rss(`<ttl>30</ttl><skipHours><hour>0</hour><hour>24</hour><hour>7</hour></skipHours><skipDays><day>Sunday</day></skipDays><item><title>A &amp;amp; &lt;i>B&lt;/i></title><link>/1</link><guid isPermaLink="false"> g1 </guid>
        <pubDate>Tue, 03 Mar 2026 14:05:09 GMT</pubDate><dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator><category domain="x">Sea</category>
        <description>Short</description><content:encoded><![CDATA[<p>Long</p>]]></content:encoded><itunes:duration>1:02:03</itunes:duration>
        <enclosure url="/a.mp3" type="audio/mpeg" length="9"/><enclosure url="javascript:x"/><media:group><media:content url="/b.jpg" medium="image"/></media:group></item>`),
    );
    expect(feed).toMatchObject({
      format: 'rss',
      title: 'The News',
      siteUrl: 'https://news.example/',
      wishes: { pollEveryMs: 1_800_000, skipHours: [0, 0, 7], skipDays: [0] },
      entriesDropped: 0,
    });
    expect(feed.entries).toMatchObject([
      {
        guid: 'g1',
        url: 'https://news.example/1',
        title: 'A & B',
        authors: ['Ann', 'Bob'],
        categories: ['Sea'],
        summaryHtml: 'Short',
        contentHtml: '<p>Long</p>',
        publishedAt: new Date('2026-03-03T14:05:09Z'),
        imageUrl: 'https://news.example/b.jpg',
        enclosures: [
          { url: 'https://news.example/a.mp3', type: 'audio/mpeg', length: 9, duration: 3_723 },
          { url: 'https://news.example/b.jpg' },
        ],
      },
    ]);
  });

  it('reads Atom, its xml:base and the order of its XHTML', async () => {
    const feed =
      await readFeedText(`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://atom.example/d/" xml:lang="en"><title>T</title>
      <link rel="self" href="self"/><link href="./"/><entry xml:base="e/"><id>urn:1</id><link rel="enclosure" href="f.mp3"/><link href="p"/>
      <author><name>Ann</name></author><category term="Sea"/><updated>2026-03-03T14:05:09Z</updated><published>no date</published>
      <content type="xhtml"><div>a<b>b</b>c<i>d</i></div></content></entry></feed>`);
    expect(feed).toMatchObject({ format: 'atom', title: 'T', siteUrl: 'https://atom.example/d/', language: 'en' });
    expect(feed.entries).toMatchObject([
      {
        guid: 'urn:1',
        url: 'https://atom.example/d/e/p',
        authors: ['Ann'],
        categories: ['Sea'],
        updatedAt: new Date('2026-03-03T14:05:09Z'),
        contentHtml: '<div>a<b>b</b>c<i>d</i></div>',
        enclosures: [{ url: 'https://atom.example/d/e/f.mp3' }],
      },
    ]);
  });

  it('reads RSS 1.0, with rdf:about as the guid', async () => {
    const feed =
      await readFeedText(`<rdf:RDF xmlns:rdf="r" xmlns="http://purl.org/rss/1.0/" xmlns:dc="d"><channel rdf:about="x"><title>T</title><link>https://rdf.example/</link></channel>
      <item rdf:about="https://rdf.example/1"><title>One</title><link>https://rdf.example/1</link><dc:date>2026-03-03</dc:date></item></rdf:RDF>`);
    expect(feed).toMatchObject({
      format: 'rdf',
      title: 'T',
      entries: [{ guid: 'https://rdf.example/1', publishedAt: new Date('2026-03-03') }],
    });
  });

  it.each(['https://jsonfeed.org/version/1', 'https://jsonfeed.org/version/1.1'])('reads JSON Feed %s', async (version) => {
    const item = {
      id: 7,
      url: '/1',
      title: 'One',
      content_html: '<p>x</p>',
      date_published: '2026-03-03T00:00:00Z',
      tags: ['Sea'],
      image: 4,
    };
    const feed = await readFeedText(
      JSON.stringify({ version, title: 'T', home_page_url: 'https://json.example/', items: [item] }),
    );
    expect(feed).toMatchObject({
      format: 'json',
      title: 'T',
      entries: [{ guid: '7', url: 'https://json.example/1', contentHtml: '<p>x</p>', categories: ['Sea'] }],
    });
  });
});

const item = (inside: string) =>
  `<rss version="2.0"><channel><title>T</title><link>https://news.example/</link><item>${inside}</item></channel></rss>`;

describe('readFeed on an item', () => {
  it('reads the fields of RSS', async () => {
    const feed = await readFeedText(
      item(
        '<title>A &amp;amp; &lt;b&gt;B&lt;/b&gt;</title><link>/a</link><guid isPermaLink="false">g1</guid><pubDate>Sun, 28 Jul 2024 06:39:03 GMT</pubDate><author>desk@x.example (The Desk)</author><category domain="d">C</category><enclosure url="/a.mp3" type="audio/mpeg" length="12"/>',
      ),
    );
    expect(feed.entries[0]).toMatchObject({
      guid: 'g1',
      url: 'https://news.example/a',
      title: 'A & B',
      authors: ['The Desk'],
      categories: ['C'],
    });
    expect(feed.entries[0]?.enclosures).toEqual([{ url: 'https://news.example/a.mp3', type: 'audio/mpeg', length: 12 }]);
  });
  it('reads an Atom entry with an unreadable date', async () => {
    const feed = await readFeedText(
      '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>T</title><entry><title>E</title><id>i</id><link href="/e"/><published>bad</published><updated>2024-07-28T06:39:03Z</updated></entry></feed>',
    );
    expect(feed).toMatchObject({ format: 'atom', language: 'de', entries: [{ guid: 'i', url: 'https://news.example/e' }] });
  });
  it('reads GBK', async () => {
    const feed = await readFeedText(
      iconv.encode(`<?xml version="1.0" encoding="gbk"?>${item('<title>云水县</title><link>/a</link>')}`, 'gbk'),
    );
    expect(feed.entries[0]?.title).toBe('云水县');
  });
  it('reads a JSON Feed with fields of the wrong type', async () => {
    const feed = await readFeedText(
      JSON.stringify({
        version: 'https://jsonfeed.org/version/1',
        title: 'T',
        items: [{ id: 7, url: '/a', title: 5, content_text: 'x < y' }],
      }),
    );
    expect(feed.entries[0]).toMatchObject({ guid: '7', url: 'https://news.example/a', contentHtml: '<p>x &lt; y</p>' });
  });
  it.each([
    ['a missing version', '<rss><channel><title>T</title><item><title>I</title></item></channel></rss>'],
    ['a bare ampersand', item('<title>I & J</title>')],
    ['an undefined entity', item('<title>I&nbsp;&copy;</title>')],
    ['text before the document', `junk\n${item('<title>I</title>')}`],
    ['a control character', item('<title>I\u0001</title>')],
    ['a document that is cut off', `${item('<title>I</title>').slice(0, -16)}<item><title>half`],
    ['entities declared in a DTD', `<!DOCTYPE r [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>${item('<title>I</title>')}`],
  ])('repairs %s', async (_, text) => expect((await readFeedText(text)).entries[0]?.title).toMatch(/^I/));
  it.each([
    ['<!doctype html><html><body>x</body></html>', /web page/],
    ['', /empty/],
    ['{"a":1}', /JSON Feed/],
    ['plain words', /neither/],
  ])('refuses %j with a reason', async (text, words) => {
    expect(await reading(text)).toMatchObject({ kind: 'not-a-feed', reason: expect.stringMatching(words) });
  });
  it('keeps the newest 1,000 entries', async () => {
    const many = Array.from(
      { length: 1_200 },
      (_, i) => `<item><guid>${i}</guid><pubDate>${new Date(Date.UTC(2020, 0, 1) + i * 60_000).toUTCString()}</pubDate></item>`,
    );
    const feed = await readFeedText(`<rss version="2.0"><channel>${many.join('')}</channel></rss>`);
    expect(feed.entries).toHaveLength(1_000);
    expect([feed.entriesDropped, feed.entries[0]?.guid]).toEqual([200, '200']);
  });
});

describe('the WebSub hub of a feed', () => {
  const links = (prefix: string) =>
    `<${prefix}link rel="hub" href="https://hub.example/"/><${prefix}link rel="hub" href="https://hub2.example/"/><${prefix}link rel="self" href="/self"/>`;
  it.each([
    [
      'RSS',
      rss('', `<title>T</title><link>https://news.example/</link>${links('atom:')}`).replace(
        '<rss',
        '<rss xmlns:atom="http://www.w3.org/2005/Atom"',
      ),
    ],
    ['Atom', `<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>${links('')}</feed>`],
    [
      'JSON Feed',
      JSON.stringify({
        version: 'https://jsonfeed.org/version/1.1',
        title: 'T',
        feed_url: '/self',
        hubs: [3, { type: 'rssCloud', url: 'https://cloud.example/' }, { type: 'WebSub', url: 'https://hub.example/' }],
        items: [],
      }),
    ],
  ])('is read from %s', async (_, document) => {
    expect(await readFeedText(document)).toMatchObject({ hubUrl: 'https://hub.example/', selfUrl: 'https://news.example/self' });
  });
  it('is absent if the feed names none', async () => {
    expect(await readFeedText(rss(''))).not.toHaveProperty('hubUrl');
  });
});

describe('readFeed on encodings', () => {
  it.each([
    ['gbk', '世界新闻', 'GBK'],
    ['shift_jis', '世界のニュース', 'Shift_JIS'],
    ['euc-jp', '世界のニュース', 'EUC-JP'],
    ['windows-1251', 'Новости мира', 'windows-1251'],
  ])('reads %s from the declaration or the header', async (encoding, title, label) => {
    const document = rss('', `<title>${title}</title>`);
    const declared = iconv.encode(`<?xml version="1.0" encoding="${label}"?>${document}`, encoding);
    expect((await readFeedText(declared)).title).toBe(title);
    expect((await readFeedText(iconv.encode(document, encoding), { contentType: `text/xml; charset=${label}` })).title).toBe(
      title,
    );
  });
});

describe('readFeed on other documents', () => {
  it.each([
    ['', 'empty'],
    ['<!doctype html><html><head></head><body>x</body></html>', 'web page'],
    ['{"items":', 'JSON'],
    ['{"hello":1}', 'JSON'],
    ['just words', 'neither'],
    ['<svg xmlns="x"/>', 'neither'],
    ['<rss version="2.0"><channel>', 'read'],
  ])('says why %j is not a feed', async (text, word) =>
    expect(await reading(text)).toMatchObject({ kind: 'not-a-feed', reason: expect.stringContaining(word) }),
  );

  it.each([
    ['deeply nested markup in a title', rss(`<item><title><![CDATA[${'<b>'.repeat(100_000)}]]></title></item>`)],
    [
      'deeply nested markup in a JSON title',
      JSON.stringify({ title: '<b>'.repeat(100_000), items: [{ title: '<i>'.repeat(100_000) }] }),
    ],
    ['deeply nested elements', rss(`<item><description>${'<b>'.repeat(20_000)}${'</b>'.repeat(20_000)}</description></item>`)],
    ['deeply nested JSON', `{"items":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['tags that never end', rss(`<item><description><![CDATA[${'a<p '.repeat(40_000)}]]></description></item>`)],
    ['names that JavaScript uses', rss('<item><__proto__>x</__proto__><constructor>y</constructor><title>t</title></item>')],
    ['noise', Buffer.from(Array.from({ length: 5_000 }, (_, n) => (n * 7_919) % 256))],
  ])('is fast on %s', async (_, body) => {
    const read = async () => expect((await reading(body)).kind).toMatch(/^(feed|not-a-feed)$/);
    // Quadratic time was 20 seconds.
    expect(await cpuMs(read)).toBeLessThan(3_000);
  });

  it('does not expand the entities of a doctype', async () => {
    const doctype = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]>';
    const feed = await readFeedText(doctype + rss('<item><title>[&b;&f;]</title></item>'));
    expect(feed.entries[0]?.title).toBe('[&b;&f;]');
  });

  it('keeps the newest entries of a long document, in its order', async () => {
    const item = (n: number) =>
      `<item><guid>${n}</guid><pubDate>${new Date(Date.UTC(2020, 0, 1) + n * 60_000).toUTCString()}</pubDate></item>`;
    const dated = await readFeedText(rss(Array.from({ length: 1_003 }, (_, n) => item(n)).join('')));
    expect([dated.entries.length, dated.entriesDropped, dated.entries[0]?.guid, dated.entries.at(-1)?.guid]).toEqual([
      1_000,
      3,
      '3',
      '1002',
    ]);
    const undated = await readFeedText(rss(Array.from({ length: 1_003 }, (_, n) => `<item><guid>${n}</guid></item>`).join('')));
    expect([undated.entriesDropped, undated.entries[0]?.guid, undated.entries.at(-1)?.guid]).toEqual([3, '0', '999']);
  });

  it('is not affected by a broken document read before', async () => {
    await reading('<rss version="2.0"><channel><item></channel>');
    expect((await readFeedText(rss('<item><title>t</title></item>'))).entries).toHaveLength(1);
  });
});
