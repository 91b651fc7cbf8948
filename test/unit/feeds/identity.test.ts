import { describe, expect, it } from 'vitest';
import type { ParsedEntry } from '../../../src/feeds/feed.js';
import { guidsChanged, identify } from '../../../src/feeds/identity.js';

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

describe('guidsChanged', () => {
  const numbered = (count: number, guid: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => entry({ guid: guid(n), url: `https://news.example/${n}` }));
  const before = (count: number) =>
    numbered(count, (n) => `old-${n}`).map(({ guid = '', url = '' }) => ({ guid, canonicalUrl: url, contentHash: '' }));
  it.each([
    ['three entries with other guids', 3, numbered(3, (n) => `new-${n}`), true],
    ['two entries are an editor', 2, numbered(2, (n) => `new-${n}`), false],
    ['one guid stayed', 3, numbered(3, (n) => (n === 0 ? 'old-0' : `new-${n}`)), false],
    ['the same guids', 5, numbered(5, (n) => `old-${n}`), false],
    ['nothing known', 0, numbered(5, (n) => `new-${n}`), false],
  ])('%s', (_, count, entries, expected) => expect(guidsChanged(before(count), identify(entries, FEED, 'guid'))).toBe(expected));

  it('knows entries without a link by what they say', () => {
    const poll = (guid: string) =>
      identify(
        [1, 2, 3].map((n) => entry({ guid: `${guid}${n}`, title: `T${n}` })),
        FEED,
        'guid',
      );
    expect(guidsChanged(poll('a'), poll('b'))).toBe(true);
    expect(guidsChanged(poll('a'), poll('a'))).toBe(false);
  });
});
