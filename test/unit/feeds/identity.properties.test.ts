import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identify } from '../../../src/feeds/identity.js';
import { recognize } from '../../../src/feeds/recognize.js';
import { present } from '../../../src/text/present.js';
import { parsedEntry } from '../../builders.js';

const URL_OF_FEED = 'https://news.example/feed';

describe('identity in any document', () => {
  const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const entries = fc.array(
    fc
      .record({
        guid: some(fc.constantFrom('a', 'b', 'c', 'd', 'e')),
        url: some(fc.constantFrom(...['', '1', '2', '3', '4', '5'].map((path) => `https://news.example/${path}`))),
        title: some(fc.constantFrom('One', 'Two', 'Three', 'Four')),
        contentHtml: some(fc.constantFrom('x', 'y')),
        publishedAt: some(fc.constantFrom(...[1, 2, 3].map((day) => new Date(Date.UTC(2026, 0, day))))),
      })
      .map((fields) => parsedEntry(present(fields))),
    { maxLength: 8 },
  );
  const shuffled = entries.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
  const rule = fc.constantFrom('guid' as const, 'link' as const);
  const sorted = (list: readonly { key: string }[]) => list.map(({ key }) => key).sort();

  it('does not depend on the order of the document', () =>
    fc.assert(
      fc.property(shuffled, rule, ([list, other], by) => {
        expect(sorted(identify(other, URL_OF_FEED, by))).toEqual(sorted(identify(list, URL_OF_FEED, by)));
      }),
    ));
  it('recognizes every entry of the same document, in any order', () =>
    fc.assert(
      fc.property(shuffled, rule, ([list, other], by) => {
        const known = identify(list, URL_OF_FEED, by);
        const again = recognize(identify(other, URL_OF_FEED, by), known);
        expect(sorted(again.entries)).toEqual(sorted(known));
        expect(again.guidsChanged).toBe(false);
      }),
    ));
  it('never gives two entries of a document the same key', () =>
    fc.assert(
      fc.property(entries, entries, rule, (before, after, by) => {
        const found = recognize(identify(after, URL_OF_FEED, by), identify(before, URL_OF_FEED, 'guid')).entries;
        expect(new Set(found.map(({ key }) => key)).size).toBe(found.length);
      }),
      { numRuns: 2_000 },
    ));
});
