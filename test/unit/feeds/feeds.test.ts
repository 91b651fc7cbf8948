import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import type { ParsedEntry } from '../../../src/feeds/feed.js';
import { identify } from '../../../src/feeds/identity.js';
import { readFeed } from '../../../src/feeds/read.js';
import { readOpml } from '../../../src/feeds/read-opml.js';
import { planPoll } from '../../../src/feeds/schedule.js';
import { parseDate } from '../../../src/text/dates.js';

const url = 'https://news.example/feed.xml';
const read = async (text: string | Uint8Array, contentType = '') => {
  const reading = await readFeed({ body: typeof text === 'string' ? Buffer.from(text) : text, contentType, url });
  if (reading.kind !== 'feed') throw new Error(reading.reason);
  return reading.feed;
};
const item = (inside: string) =>
  `<rss version="2.0"><channel><title>T</title><link>https://news.example/</link><item>${inside}</item></channel></rss>`;

describe('dates', () => {
  const now = new Date('2026-06-01T00:00:00Z');
  it.each([
    ['Sun, 28 Jul 2024 06:39:03 GMT', '2024-07-28T06:39:03Z'],
    ['Sun, 28 Jul 2024 06:39:03 +0800', '2024-07-27T22:39:03Z'],
    ['28 Jul 24 06:39 EST', '2024-07-28T11:39:00Z'],
    ['Mon, 28 Jul 2024 06:39:03 PDT', '2024-07-28T13:39:03Z'],
    ['2024-07-28T06:39:03Z', '2024-07-28T06:39:03Z'],
    ['2024-07-28T06:39:03.500+02:00', '2024-07-28T04:39:03.500Z'],
    ['2024-07-28T06:39+0200', '2024-07-28T04:39:00Z'],
    ['2024-07-28 06:39:03', '2024-07-28T06:39:03Z'],
    ['2024-07-28', '2024-07-28T00:00:00Z'],
    ['20240728T063903Z', '2024-07-28T06:39:03Z'],
    ['July 28, 2024 6:39 PM', '2024-07-28T18:39:00Z'],
    ['2024-07-28T24:00:00Z', '2024-07-29T00:00:00Z'],
  ])('%s', (text, iso) => expect(parseDate(text, now)?.toISOString()).toBe(new Date(iso).toISOString()));
  it.each(['', 'yesterday', '31 Jun 2024 00:00 GMT', '2027-01-01', '1970-01-01T00:00:00Z', '2024-13-01', 'x'.repeat(1_000)])(
    'has none for %s',
    (text) => expect(parseDate(text, now)).toBeUndefined(),
  );
});

describe('formats', () => {
  it('reads RSS with all that an aggregator needs', async () => {
    const feed = await read(
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
  it('reads Atom, and one bad date costs that date alone', async () => {
    const feed = await read(
      '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>T</title><entry><title>E</title><id>i</id><link href="/e"/><published>bad</published><updated>2024-07-28T06:39:03Z</updated></entry></feed>',
    );
    expect(feed).toMatchObject({ format: 'atom', language: 'de', entries: [{ guid: 'i', url: 'https://news.example/e' }] });
  });
  it('reads GBK', async () => {
    const feed = await read(
      iconv.encode(`<?xml version="1.0" encoding="gbk"?>${item('<title>云水县</title><link>/a</link>')}`, 'gbk'),
    );
    expect(feed.entries[0]?.title).toBe('云水县');
  });
  it('reads JSON Feed, wrong types and all', async () => {
    const feed = await read(
      JSON.stringify({
        version: 'https://jsonfeed.org/version/1',
        title: 'T',
        items: [{ id: 7, url: '/a', title: 5, content_text: 'x < y' }],
      }),
    );
    expect(feed.entries[0]).toMatchObject({ guid: '7', url: 'https://news.example/a', contentHtml: '<p>x &lt; y</p>' });
  });
  it.each([
    ['no version', '<rss><channel><title>T</title><item><title>I</title></item></channel></rss>'],
    ['a bare ampersand', item('<title>I & J</title>')],
    ['an undefined entity', item('<title>I&nbsp;&copy;</title>')],
    ['junk before', `junk\n${item('<title>I</title>')}`],
    ['a control character', item('<title>I\u0001</title>')],
    ['a truncated end', `${item('<title>I</title>').slice(0, -16)}<item><title>half`],
    ['entities in a DTD', `<!DOCTYPE r [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>${item('<title>I</title>')}`],
  ])('mends %s', async (_, text) => expect((await read(text)).entries[0]?.title).toMatch(/^I/));
  it.each([
    ['<!doctype html><html><body>x</body></html>', /web page/],
    ['', /empty/],
    ['{"a":1}', /JSON Feed/],
    ['plain words', /neither/],
  ])('refuses %s in words', async (text, words) => {
    const reading = await readFeed({ body: Buffer.from(text), contentType: '', url });
    expect(reading).toMatchObject({ kind: 'not-a-feed', reason: expect.stringMatching(words) });
  });
  it('keeps the newest thousand', async () => {
    const many = Array.from(
      { length: 1_200 },
      (_, i) => `<item><guid>${i}</guid><pubDate>${new Date(Date.UTC(2020, 0, 1) + i * 60_000).toUTCString()}</pubDate></item>`,
    );
    const feed = await read(`<rss version="2.0"><channel>${many.join('')}</channel></rss>`);
    expect(feed.entries).toHaveLength(1_000);
    expect([feed.entriesDropped, feed.entries[0]?.guid]).toEqual([200, '200']);
  });
});

describe('identity', () => {
  const entry = (guid: string | undefined, path: string | undefined, title = 't'): ParsedEntry => ({
    authors: [],
    categories: [],
    enclosures: [],
    title,
    ...(guid ? { guid } : {}),
    ...(path ? { url: `https://news.example${path}` } : {}),
  });
  const keys = (entries: ParsedEntry[], rule: 'guid' | 'link' = 'guid') => identify(entries, url, rule).map(({ key }) => key);
  it('is the guid', () => expect(keys([entry('1', '/a'), entry('2', '/b')])).toEqual(['1', '2']));
  it('is the link where guids repeat', () =>
    expect(keys([entry('1', '/a'), entry('1', '/b')])).toEqual(['https://news.example/a', 'https://news.example/b']));
  it('is the link where there is no guid', () =>
    expect(keys([entry(undefined, '/a?utm_source=x')])).toEqual(['https://news.example/a']));
  it('is what it says where there is neither', () =>
    expect(new Set(keys([entry(undefined, undefined, 'a'), entry(undefined, undefined, 'b')])).size).toBe(2));
  it('is the link by rule', () => expect(keys([entry('1', '/a')], 'link')).toEqual(['https://news.example/a']));
  it('merges one item that stands twice', () => expect(keys([entry('1', '/a'), entry('1', '/a')])).toEqual(['1']));
});

describe('schedule', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  const base = {
    now,
    outcome: 'steady' as const,
    publishedAts: [],
    failures: 0,
    minMs: 300_000,
    maxMs: 86_400_000,
    random: () => 0.5,
  };
  const wait = (facts: Partial<Parameters<typeof planPoll>[0]>) => {
    const { dueAt } = planPoll({ ...base, ...facts });
    return dueAt === null ? null : dueAt.getTime() - now.getTime();
  };
  const hourly = Array.from({ length: 10 }, (_, i) => new Date(now.getTime() - i * 3_600_000));
  it('follows the pace of the feed', () => expect(wait({ publishedAts: hourly })).toBe(1_800_000));
  it('is never sooner than the publisher asks', () =>
    expect(wait({ publishedAts: hourly, wishes: { pollEveryMs: 7_200_000 } })).toBe(7_200_000));
  it('nor later than the longest', () => expect(wait({ wishes: { pollEveryMs: 1e12 } })).toBe(86_400_000));
  it('doubles while it fails', () =>
    expect([0, 1, 2].map((failures) => wait({ outcome: 'failed', failures }))).toEqual([300_000, 600_000, 1_200_000]));
  it('never freezes a feed', () => expect(wait({ outcome: 'failed', failures: 500 })).toBeLessThanOrEqual(86_400_000 * 1.1));
  it('obeys Retry-After', () => expect(wait({ outcome: 'failed', retryAfterMs: 5_000_000 })).toBe(5_000_000));
  it('retires what is gone', () => expect(wait({ outcome: 'failed', absence: 'gone' })).toBeNull());
  it('does as the user says', () => expect(wait({ override: 5_000, wishes: { pollEveryMs: 7_200_000 } })).toBe(5_000));
});

it('reads OPML in folders, and says what it can not use', () => {
  const text =
    '<opml version="2.0"><body><outline text="F"><outline text="A" xmlUrl="https://a.example/f"/></outline><outline xmlUrl="ftp://x"/></body></opml>';
  expect(readOpml(text)).toEqual({
    kind: 'opml',
    feeds: [{ url: 'https://a.example/f', title: 'A', folder: 'F' }],
    problems: [expect.stringContaining('ftp://x')],
    duplicates: [],
  });
  expect(readOpml('<html></html>')).toMatchObject({ kind: 'not-opml' });
});
