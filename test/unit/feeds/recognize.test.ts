import { describe, expect, it } from 'vitest';
import type { ParsedEntry } from '../../../src/feeds/feed.js';
import { identify } from '../../../src/feeds/identity.js';
import { type KnownEntry, recognize } from '../../../src/feeds/recognize.js';
import { parsedEntry as entry } from '../../builders.js';
import { cpuMs } from '../../timing.js';

const FEED = 'https://news.example/feed';

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
    [
      'an entry edited except for guid and link',
      [story(1)],
      [story(1, { title: 'x', contentHtml: 'x', publishedAt: date(9) })],
      [0],
    ],
    ['an edited link and title', [story(1)], [story(1, { title: 'x', url: 'https://news.example/x' })], [0]],
    [
      'a guid used again for a new entry',
      [story(1)],
      [story(1, { title: 'x', url: 'https://news.example/x', publishedAt: date(9) })],
      [-1],
    ],
    ['a new guid with the same link and title', [story(1)], [story(1, { guid: 'x', publishedAt: date(9) })], [0]],
    ['a new guid with the same link and date', [story(1)], [story(1, { guid: 'x', title: 'x' })], [0]],
    [
      'a new guid, title and date under a known link',
      [story(1)],
      [story(1, { guid: 'x', title: 'x', publishedAt: date(9) })],
      [-1],
    ],
    ['a link that two entries share now', [story(1)], [story(1), story(1, { guid: 'x' })], [0, -1]],
    ['an entry that lost its guid', [story(1)], [entry({ url: 'https://news.example/1', title: 'x' })], [0]],
    ['an entry that gained a guid', [entry({ url: 'https://news.example/1', title: 'x' })], [story(1)], [0]],
    [
      'a guid that two entries shared and one still has',
      [story(1, { guid: 'x' }), story(2, { guid: 'x' })],
      [story(2, { guid: 'x' })],
      [1],
    ],
    [
      'two redesigned entries, which are too few',
      stories(2),
      stories(2, (n) => ({ guid: `x${n}`, url: `https://x.example/${n}` })),
      [-1, -1],
    ],
    ['a redesign of the site', stories(3), stories(3, (n) => ({ guid: `x${n}`, url: `https://x.example/${n}` })), [0, 1, 2]],
    [
      'no redesign if one entry is unchanged',
      stories(4),
      stories(4, (n) => (n === 1 ? {} : { guid: `x${n}`, url: `https://x.example/${n}` })),
      [0, -1, -1, -1],
    ],
  ])('finds the known entries: %s', (_, before, entries, kept) => expect(again(before, entries).kept).toEqual(kept));

  it.each<[string, number, (n: number) => Partial<ParsedEntry>, boolean]>([
    ['three entries with new guids', 3, (n) => ({ guid: `x${n}` }), true],
    ['two entries with new guids, which may be edits', 2, (n) => ({ guid: `x${n}` }), false],
    ['one guid of three unchanged', 3, (n) => (n === 1 ? {} : { guid: `x${n}` }), false],
    ['the same guids', 5, () => ({}), false],
    ['other entries under known links', 3, (n) => ({ guid: `x${n}`, title: `x${n}`, publishedAt: date(n + 10) }), false],
  ])('notices guids that identify nothing: %s', (_, count, change, expected) =>
    expect(again(stories(count), stories(count, change)).guidsChanged).toBe(expected),
  );

  it('finds entries without a link by their content', () => {
    const linkless = (letter: string) => stories(3, (n) => ({ guid: `${letter}${n}` })).map(({ url: _, ...rest }) => rest);
    expect(again(linkless('a'), linkless('b'))).toEqual({ kept: [0, 1, 2], guidsChanged: true });
    expect(again(linkless('a'), linkless('a'))).toEqual({ kept: [0, 1, 2], guidsChanged: false });
    expect(again(linkless('a'), linkless('b'), 'link').kept).toEqual([0, 1, 2]);
  });

  it('finds each of many entries that say the same', () => {
    const alike = (letter: string) => Array.from({ length: 5 }, (_, n) => entry({ guid: `${letter}${n}`, title: 'Same' }));
    expect(again(alike('a'), alike('b')).kept.sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it.each<[string, (letter: string, n: number) => ParsedEntry]>([
    ['content', (letter, n) => entry({ guid: `${letter}${n}`, title: 'Same' })],
    ['link', (letter, n) => entry({ guid: `${letter}${n}`, title: 'Same', url: 'https://news.example/' })],
    ['guid and link', (_, n) => entry({ guid: 'same', title: `T${n}`, publishedAt: date(n), url: 'https://news.example/' })],
  ])('takes time that grows with the number of entries only, though all have one %s', async (_, build) => {
    const rows = Array.from({ length: 40_000 }, (__, n): KnownEntry => ({ ...build('a', n), key: `${n}`, contentHash: 'h' }));
    const entries = identify(
      Array.from({ length: 1_000 }, (__, n) => build('b', n)),
      FEED,
      'guid',
    ).map((one) => ({ ...one, contentHash: 'h' }));
    expect(await cpuMs(() => recognize(entries, rows))).toBeLessThan(3_000);
  });
});
