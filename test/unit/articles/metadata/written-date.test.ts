import { describe, expect, it } from 'vitest';
import { parseWrittenDate } from '../../../../src/articles/metadata/written-date.js';

describe('parseWrittenDate', () => {
  it.each([
    ['2026-03-02', '2026-03-02T00:00:00Z'],
    ['2026-03-02T23:30:00-05:00', '2026-03-02T23:30:00-05:00'],
    ['2026-03-02 08:15:00 +0200', '2026-03-02T08:15:00+02:00'],
    ['20260302', '2026-03-02T00:00:00Z'],
    ['1772409600', '2026-03-02T00:00:00.000Z'],
    ['Mon, 02 Mar 2026 08:15:00 GMT', '2026-03-02T08:15:00Z'],
    ['March 2nd, 2026', '2026-03-02T00:00:00Z'],
    ['2 March 2026 at 5:30 p.m.', '2026-03-02T17:30:00Z'],
    ['2. März 2026, 17.30 Uhr', '2026-03-02T17:30:00Z'],
    ['02.03.26', '2026-03-02T00:00:00Z'],
    ['le 2 août 2026 à 14h52', '2026-08-02T14:52:00Z'],
    ['2 de marzo de 2026', '2026-03-02T00:00:00Z'],
    ['2 марта 2026 г.', '2026-03-02T00:00:00Z'],
    ['2 marca 2026', '2026-03-02T00:00:00Z'],
    ['2 Ağustos 2026', '2026-08-02T00:00:00Z'],
    ['2026年3月2日 17時', '2026-03-02T00:00:00Z'],
    ['2026년 3월 2일', '2026-03-02T00:00:00Z'],
    ['2026/3/2', '2026-03-02T00:00:00Z'],
    ['٢ مارس ٢٠٢٦', '2026-03-02T00:00:00Z'],
    ['2 มีนาคม 2569', '2026-03-02T00:00:00Z'],
    ['२ मार्च २०२६', '2026-03-02T00:00:00Z'],
    ['2026 Mar 2', '2026-03-02T00:00:00Z'],
    ['Mon Mar 02 08:15:00 EST 2026', '2026-03-02T08:15:00Z'],
    ['Mon Mar 02 08:15:00 +0200 2026', '2026-03-02T08:15:00+02:00'],
  ])('parses %j', (text, iso) => expect(parseWrittenDate(text)?.iso).toBe(iso));

  it.each([
    ['3/2/2026', false, '2026-02-03'],
    ['3/2/2026', true, '2026-03-02'],
    ['13/2/2026', true, '2026-02-13'],
  ])('parses %j with monthFirst %j as %s', (text, monthFirst, day) =>
    expect(parseWrittenDate(text, { monthFirst })?.iso).toBe(`${day}T00:00:00Z`),
  );

  it.each(['', 'yesterday', 'March', '31.02.2026', 'version 10.2.3', '2026'])('finds no date in %j', (text) => {
    expect(parseWrittenDate(text)).toBeUndefined();
  });

  it('is fast on long texts', () => expect(parseWrittenDate(`${'1 '.repeat(100_000)}`)).toBeUndefined());
});
