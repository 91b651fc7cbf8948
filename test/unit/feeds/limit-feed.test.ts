import { describe, expect, it } from 'vitest';
import { hashTexts, identify } from '../../../src/feeds/identity.js';
import { FIELD_LIMITS } from '../../../src/text/field-limits.js';
import { readFeedText, rss } from '../../builders.js';

const URL = 'https://a.example/feed';
const LONG = 'x'.repeat(1_000_000);
const LONG_URL = `https://a.example/${LONG}`;

const readRssItem = async (item: string) => (await readFeedText(rss(`<item><title>T</title>${item}</item>`))).entries[0];
const readJsonItem = async (item: object) =>
  (await readFeedText(JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', items: [{ id: '1', title: 'T', ...item }] })))
    .entries[0];

describe('the files of an entry', () => {
  it.each([
    ['1e300', undefined],
    ['Infinity', undefined],
    ['-1', undefined],
    ['0', undefined],
    ['12', 12],
    ['1e15', 1e15],
    ['1e16', undefined],
  ])('of RSS with length="%s" have %s bytes', async (length, expected) => {
    const entry = await readRssItem(`<enclosure url="https://a.example/1.mp3" type="audio/mpeg" length="${length}"/>`);
    expect(entry?.enclosures).toEqual([
      { url: 'https://a.example/1.mp3', type: 'audio/mpeg', ...(expected && { length: expected }) },
    ]);
  });

  it.each([
    [1e300, 1e300, {}],
    [-1, -1, {}],
    [12.4, 3.5, { length: 12, duration: 3.5 }],
  ])('of JSON Feed with %s bytes and %s seconds have %j', async (size_in_bytes, duration_in_seconds, expected) => {
    const entry = await readJsonItem({ attachments: [{ url: 'https://a.example/1.mp3', size_in_bytes, duration_in_seconds }] });
    expect(entry?.enclosures).toEqual([{ url: 'https://a.example/1.mp3', ...expected }]);
  });

  it('are left out if their addresses are too long', async () => {
    expect((await readRssItem(`<enclosure url="${LONG_URL}" length="1"/>`))?.enclosures).toEqual([]);
  });
});

describe('a field of a megabyte', () => {
  it('is cut or left out, in RSS', async () => {
    const entry = await readRssItem(
      `<guid isPermaLink="false">${LONG}</guid><category>${LONG}</category><author>${LONG}</author>
       <dc:language xmlns:dc="http://purl.org/dc/elements/1.1/">${LONG}</dc:language><comments>${LONG_URL}</comments>`,
    );
    expect(Object.entries(entry ?? {}).filter(([, value]) => JSON.stringify(value).length > 2 * FIELD_LIMITS.url)).toEqual([]);
    expect(entry?.categories[0]).toHaveLength(FIELD_LIMITS.tag);
    expect(entry?.language).toBeUndefined();
  });

  it('is cut or left out, in JSON Feed', async () => {
    const tags = Array.from({ length: 1_000 }, (_, n) => `tag ${n}`);
    const item = { id: LONG, title: LONG, language: LONG, image: LONG_URL, tags, authors: [{ name: LONG }] };
    const entry = await readJsonItem(item);
    expect(entry?.title).toHaveLength(FIELD_LIMITS.title);
    expect(entry?.authors[0]).toHaveLength(FIELD_LIMITS.name);
    expect(entry?.categories).toHaveLength(FIELD_LIMITS.tags);
    expect([entry?.language, entry?.imageUrl]).toEqual([undefined, undefined]);
  });

  it.each([
    [
      'RSS',
      `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>${LONG}</title><link>${LONG_URL}</link>
       <description>${LONG}</description><language>${LONG}</language><atom:link rel="hub" href="${LONG_URL}"/>
       <atom:link rel="self" href="${LONG_URL}"/><item><guid>1</guid><source url="${LONG_URL}">${LONG}</source></item></channel></rss>`,
    ],
    [
      'JSON Feed',
      JSON.stringify({
        title: LONG,
        home_page_url: LONG_URL,
        feed_url: LONG_URL,
        hubs: [{ type: 'WebSub', url: LONG_URL }],
        description: LONG,
        language: LONG,
        items: [],
      }),
    ],
  ])('is cut or left out where %s describes the feed', async (_, document) => {
    const { entries, ...feed } = await readFeedText(document);
    expect(feed).not.toHaveProperty('siteUrl');
    expect(feed).not.toHaveProperty('hubUrl');
    expect(feed).not.toHaveProperty('selfUrl');
    expect(feed).not.toHaveProperty('language');
    expect(feed.title).toHaveLength(FIELD_LIMITS.title);
    expect(feed.description).toHaveLength(FIELD_LIMITS.sentence);
    expect(entries[0]?.source?.url).toBeUndefined();
  });

  it('leaves an entry under the key that its guid always had', async () => {
    const entry = await readJsonItem({ id: LONG });
    expect(identify(entry ? [entry] : [], URL, 'guid')[0]?.key).toBe(`sha256:${hashTexts([LONG])}`);
  });
});

it('titles and names have no bidi controls', async () => {
  const entry = await readJsonItem({ title: '\u202eevil\u202c', authors: [{ name: 'A\u2066b' }], tags: ['\u202dt'] });
  expect([entry?.title, entry?.authors, entry?.categories]).toEqual(['evil', ['Ab'], ['t']]);
});
