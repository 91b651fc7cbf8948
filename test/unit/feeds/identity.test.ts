import { describe, expect, it } from 'vitest';
import type { ParsedEntry } from '../../../src/feeds/feed.js';
import { identify } from '../../../src/feeds/identity.js';
import { present } from '../../../src/text/present.js';
import { parsedEntry as entry } from '../../builders.js';

const FEED = 'https://news.example/feed';
const keys = (entries: ParsedEntry[], rule: 'guid' | 'link' = 'guid') => identify(entries, FEED, rule).map(({ key }) => key);

describe('identify', () => {
  it.each<[string, ParsedEntry[], 'guid' | 'link', string[]]>([
    ['the guid', [entry({ guid: 'a', url: 'https://news.example/1' })], 'guid', ['a']],
    ['the link under the rule link', [entry({ guid: 'a', url: 'https://news.example/1' })], 'link', ['https://news.example/1']],
    [
      'the normalized link if there is no guid',
      [entry({ url: 'https://news.example/1?utm_source=x#top' })],
      'guid',
      ['https://news.example/1'],
    ],
    [
      'the links for entries that share a guid',
      [entry({ guid: 'same', url: 'https://news.example/1' }), entry({ guid: 'same', url: 'https://news.example/2' })],
      'guid',
      ['https://news.example/1', 'https://news.example/2'],
    ],
    [
      'one key for an entry that occurs twice',
      [entry({ guid: 'a', url: 'https://news.example/1' }), entry({ guid: 'a', url: 'https://news.example/1?utm_medium=y' })],
      'guid',
      ['a'],
    ],
    [
      'hashes of the contents for entries that share guid and link',
      [1, 2].map((n) => entry({ guid: 'same', url: 'https://news.example/', title: `T${n}`, publishedAt: new Date(n) })),
      'guid',
      [expect.stringMatching(/^sha256:/), expect.stringMatching(/^sha256:/)],
    ],
    [
      'one key for two versions of an entry',
      [1, 2].map((n) => entry({ guid: 'a', url: 'https://news.example/', title: `T${n}` })),
      'guid',
      ['a'],
    ],
  ])('gives %s', (_, entries, rule, expected) => expect(keys(entries, rule)).toEqual(expected));

  it('keeps the first of several entries with the same key', () => {
    const found = identify([entry({ guid: 'a', title: 'New' }), entry({ guid: 'a', title: 'New' })], FEED, 'guid');
    expect(found.map(({ title }) => title)).toEqual(['New']);
  });

  it('hashes the content of entries with neither guid nor link', () => {
    const [one, two] = keys([entry({ title: 'One', contentHtml: 'x' }), entry({ title: 'Two', contentHtml: 'x' })]);
    expect(one).toMatch(/[0-9a-f]{64}$/);
    expect(one).not.toBe(two);
    expect(keys([entry({ title: 'One', contentHtml: 'x' })])).toEqual([one]);
  });

  it('keeps keys short enough for an index', () =>
    expect(keys([entry({ guid: 'g'.repeat(10_000) })])[0]?.length).toBeLessThan(600));

  it.each<[keyof ParsedEntry, string]>([
    ['title', 'Other'],
    ['url', 'https://news.example/2'],
    ['contentHtml', '<p>Other</p>'],
    ['summaryHtml', 'Other'],
  ])('changes the content hash with the %s', (field, value) => {
    const base = { guid: 'a', title: 'T', url: 'https://news.example/1', contentHtml: '<p>C</p>', summaryHtml: 'S' };
    const hash = (fields: Partial<ParsedEntry>) => identify([entry(fields)], FEED, 'guid')[0]?.contentHash;
    expect(hash(base)).toMatch(/^[0-9a-f]{64}$/);
    expect(hash({ ...base, authors: ['Somebody'] })).toBe(hash(base));
    expect(hash({ ...base, [field]: value })).not.toBe(hash(base));
  });
});

describe('the key of an entry', () => {
  const story = (guid: string | undefined, path: string | undefined, title = 't') =>
    entry({ title, ...present({ guid, url: path && `https://news.example${path}` }) });
  it('is its guid', () => expect(keys([story('1', '/a'), story('2', '/b')])).toEqual(['1', '2']));
  it('is its link if other entries have the same guid', () =>
    expect(keys([story('1', '/a'), story('1', '/b')])).toEqual(['https://news.example/a', 'https://news.example/b']));
  it('is its link if it has no guid', () =>
    expect(keys([story(undefined, '/a?utm_source=x')])).toEqual(['https://news.example/a']));
  it('is a hash of its content if it has neither', () =>
    expect(new Set(keys([story(undefined, undefined, 'a'), story(undefined, undefined, 'b')])).size).toBe(2));
  it('is its link under the rule link', () => expect(keys([story('1', '/a')], 'link')).toEqual(['https://news.example/a']));
  it('is one for an entry that occurs twice', () => expect(keys([story('1', '/a'), story('1', '/a')])).toEqual(['1']));
});
