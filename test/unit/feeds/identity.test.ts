import { describe, expect, it } from 'vitest';
import type { ParsedEntry } from '../../../src/feeds/feed.js';
import { identify } from '../../../src/feeds/identity.js';
import { type KnownEntry, recognize } from '../../../src/feeds/recognize.js';

const FEED = 'https://news.example/feed';
const entry = (fields: Partial<ParsedEntry>): ParsedEntry => ({ authors: [], categories: [], enclosures: [], ...fields });
const keys = (entries: ParsedEntry[], rule: 'guid' | 'link' = 'guid') => identify(entries, FEED, rule).map(({ key }) => key);

describe('identify', () => {
  it.each<[string, ParsedEntry[], 'guid' | 'link', string[]]>([
    ['the guid', [entry({ guid: 'a', url: 'https://news.example/1' })], 'guid', ['a']],
    [
      'the link where the rule says so',
      [entry({ guid: 'a', url: 'https://news.example/1' })],
      'link',
      ['https://news.example/1'],
    ],
    [
      'the canonical link without a guid',
      [entry({ url: 'https://news.example/1?utm_source=x#top' })],
      'guid',
      ['https://news.example/1'],
    ],
    [
      'the links of items that share a guid',
      [entry({ guid: 'same', url: 'https://news.example/1' }), entry({ guid: 'same', url: 'https://news.example/2' })],
      'guid',
      ['https://news.example/1', 'https://news.example/2'],
    ],
    [
      'one key for one item that is given twice',
      [entry({ guid: 'a', url: 'https://news.example/1' }), entry({ guid: 'a', url: 'https://news.example/1?utm_medium=y' })],
      'guid',
      ['a'],
    ],
    [
      'what they say, of items that share guid and link',
      [1, 2].map((n) => entry({ guid: 'same', url: 'https://news.example/', title: `T${n}`, publishedAt: new Date(n) })),
      'guid',
      [expect.stringMatching(/^sha256:/), expect.stringMatching(/^sha256:/)],
    ],
    [
      'one key for two versions of an item',
      [1, 2].map((n) => entry({ guid: 'a', url: 'https://news.example/', title: `T${n}` })),
      'guid',
      ['a'],
    ],
  ])('is %s', (_, entries, rule, expected) => expect(keys(entries, rule)).toEqual(expected));

  it('keeps the first of entries with one key', () => {
    const found = identify([entry({ guid: 'a', title: 'New' }), entry({ guid: 'a', title: 'New' })], FEED, 'guid');
    expect(found.map(({ title }) => title)).toEqual(['New']);
  });

  it('is a hash of what is said where there is neither guid nor link', () => {
    const [one, two] = keys([entry({ title: 'One', contentHtml: 'x' }), entry({ title: 'Two', contentHtml: 'x' })]);
    expect(one).toMatch(/[0-9a-f]{64}$/);
    expect(one).not.toBe(two);
    expect(keys([entry({ title: 'One', contentHtml: 'x' })])).toEqual([one]);
  });

  it('keeps keys within what an index holds', () =>
    expect(keys([entry({ guid: 'g'.repeat(10_000) })])[0]?.length).toBeLessThan(600));

  it.each<[keyof ParsedEntry, string]>([
    ['title', 'Other'],
    ['url', 'https://news.example/2'],
    ['contentHtml', '<p>Other</p>'],
    ['summaryHtml', 'Other'],
  ])('has another content hash with another %s', (field, value) => {
    const base = { guid: 'a', title: 'T', url: 'https://news.example/1', contentHtml: '<p>C</p>', summaryHtml: 'S' };
    const hash = (fields: Partial<ParsedEntry>) => identify([entry(fields)], FEED, 'guid')[0]?.contentHash;
    expect(hash(base)).toMatch(/^[0-9a-f]{64}$/);
    expect(hash({ ...base, authors: ['Somebody'] })).toBe(hash(base));
    expect(hash({ ...base, [field]: value })).not.toBe(hash(base));
  });
});

describe('recognize', () => {
  const date = (day: number) => new Date(Date.UTC(2026, 0, day));
  const story = (n: number, change: Partial<ParsedEntry> = {}) =>
    entry({
      guid: `g${n}`,
      url: `https://news.example/${n}`,
      title: `T${n}`,
      contentHtml: `c${n}`,
      publishedAt: date(n),
      ...change,
    });
  const stories = (count: number, change: (n: number) => Partial<ParsedEntry> = () => ({})) =>
    Array.from({ length: count }, (_, n) => story(n + 1, change(n + 1)));
  const known = (entries: readonly ParsedEntry[]): KnownEntry[] => identify(entries, FEED, 'guid');
  const again = (before: readonly ParsedEntry[], entries: readonly ParsedEntry[], rule: 'guid' | 'link' = 'guid') => {
    const rows = known(before);
    const { entries: found, guidsChanged } = recognize(identify(entries, FEED, rule), rows);
    return { kept: found.map(({ key }) => rows.findIndex((row) => row.key === key)), guidsChanged };
  };

  it.each<[string, readonly ParsedEntry[], readonly ParsedEntry[], number[]]>([
    ['the same', stories(2), stories(2), [0, 1]],
    ['another order', stories(3), stories(3).reverse(), [2, 1, 0]],
    ['all edited but the guid and the link', [story(1)], [story(1, { title: 'x', contentHtml: 'x', publishedAt: date(9) })], [0]],
    ['a link and a title edited', [story(1)], [story(1, { title: 'x', url: 'https://news.example/x' })], [0]],
    ['an id used again', [story(1)], [story(1, { title: 'x', url: 'https://news.example/x', publishedAt: date(9) })], [-1]],
    ['a guid that changed, and the title stayed', [story(1)], [story(1, { guid: 'x', publishedAt: date(9) })], [0]],
    ['a guid that changed, and the date stayed', [story(1)], [story(1, { guid: 'x', title: 'x' })], [0]],
    ['a new guid, title and date for an old link', [story(1)], [story(1, { guid: 'x', title: 'x', publishedAt: date(9) })], [-1]],
    ['a link that two entries have now', [story(1)], [story(1), story(1, { guid: 'x' })], [0, -1]],
    ['a guid that is gone', [story(1)], [entry({ url: 'https://news.example/1', title: 'x' })], [0]],
    ['a guid that is there now', [entry({ url: 'https://news.example/1', title: 'x' })], [story(1)], [0]],
    ['a guid that two had, left on one', [story(1, { guid: 'x' }), story(2, { guid: 'x' })], [story(2, { guid: 'x' })], [1]],
    [
      'two redesigned entries: too few to tell',
      stories(2),
      stories(2, (n) => ({ guid: `x${n}`, url: `https://x.example/${n}` })),
      [-1, -1],
    ],
    ['a redesign', stories(3), stories(3, (n) => ({ guid: `x${n}`, url: `https://x.example/${n}` })), [0, 1, 2]],
    [
      'no redesign while one entry is as it was',
      stories(4),
      stories(4, (n) => (n === 1 ? {} : { guid: `x${n}`, url: `https://x.example/${n}` })),
      [0, -1, -1, -1],
    ],
  ])('finds the known entries: %s', (_, before, entries, kept) => expect(again(before, entries).kept).toEqual(kept));

  it.each<[string, number, (n: number) => Partial<ParsedEntry>, boolean]>([
    ['three entries with other guids', 3, (n) => ({ guid: `x${n}` }), true],
    ['two entries are an editor', 2, (n) => ({ guid: `x${n}` }), false],
    ['one guid stayed', 3, (n) => (n === 1 ? {} : { guid: `x${n}` }), false],
    ['the same guids', 5, () => ({}), false],
    ['other entries under the old link', 3, (n) => ({ guid: `x${n}`, title: `x${n}`, publishedAt: date(n + 10) }), false],
  ])('tells guids that identify nothing: %s', (_, count, change, expected) =>
    expect(again(stories(count), stories(count, change)).guidsChanged).toBe(expected),
  );

  it('knows entries without a link by what they say', () => {
    const linkless = (letter: string) => stories(3, (n) => ({ guid: `${letter}${n}` })).map(({ url: _, ...rest }) => rest);
    expect(again(linkless('a'), linkless('b'))).toEqual({ kept: [0, 1, 2], guidsChanged: true });
    expect(again(linkless('a'), linkless('a'))).toEqual({ kept: [0, 1, 2], guidsChanged: false });
    expect(again(linkless('a'), linkless('b'), 'link').kept).toEqual([0, 1, 2]);
  });
});
