import { describe, expect, it } from 'vitest';
import type { ArticleRecord, Provenance } from '../../../src/articles/article.js';
import { type CurrentRecord, listChanges, settleDates } from '../../../src/articles/compare-records.js';
import { articleRecord } from '../../builders.js';

const FIRST_SEEN = new Date('2026-03-01T12:00:00Z');
const OTHER = new Date('2026-02-01T00:00:00Z');
const provenance = (fields: Partial<Provenance> = {}): Provenance => ({
  source: 'meta',
  text: 'as written',
  zoneAssumed: false,
  clamped: false,
  ...fields,
});
const current = (fields: Partial<CurrentRecord> = {}): CurrentRecord => {
  const { extractorVersion: _, published: __, ...record } = articleRecord();
  return { ...record, publishedAt: FIRST_SEEN, published: { source: 'first seen' }, firstSeenAt: FIRST_SEEN, ...fields };
};

describe('listChanges', () => {
  it.each<[string, Partial<CurrentRecord>, Partial<ArticleRecord>, string[]]>([
    ['the same record', {}, {}, []],
    ['another version of the extractor alone', {}, { extractorVersion: 99 }, []],
    ['no date: the time it was first seen', {}, {}, []],
    [
      'a date in the future: the time it was first seen',
      { published: provenance({ clamped: true }) },
      { publishedAt: OTHER, published: provenance({ clamped: true }) },
      [],
    ],
    ['a date that was found', {}, { publishedAt: OTHER, published: provenance() }, ['published_at', 'published_at_source']],
    ['a record older than provenance', { published: undefined as never }, {}, ['published_at_source']],
    ['a list', { tags: ['a'] }, { tags: ['a', 'b'] }, ['tags']],
    ['a value that is gone', { section: 'Local' }, {}, ['section']],
    ['text', { contentText: 'x y' }, {}, ['content_text']],
  ])('compares %s', (_, before, after, fields) => {
    expect(listChanges(current(before), articleRecord(after)).map(({ field }) => field)).toEqual(fields);
  });
});

describe('settleDates', () => {
  const clamped = provenance({ clamped: true });
  it.each<[string, Partial<CurrentRecord>, Partial<ArticleRecord>, Date | undefined]>([
    [
      'keeps what a date in the future was replaced by',
      { modifiedAt: OTHER, modified: clamped },
      { modifiedAt: FIRST_SEEN, modified: clamped },
      OTHER,
    ],
    [
      'takes another date',
      { modifiedAt: OTHER, modified: clamped },
      { modifiedAt: FIRST_SEEN, modified: provenance() },
      FIRST_SEEN,
    ],
    [
      'takes what the same text, such as "yesterday", means now',
      { modifiedAt: OTHER, modified: provenance() },
      { modifiedAt: FIRST_SEEN, modified: provenance() },
      FIRST_SEEN,
    ],
    ['takes a first date', {}, { modifiedAt: FIRST_SEEN, modified: clamped }, FIRST_SEEN],
  ])('%s', (_, before, after, expected) => {
    expect(settleDates(articleRecord(after), current(before)).modifiedAt).toEqual(expected);
  });
});
