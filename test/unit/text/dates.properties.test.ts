import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDate } from '../../../src/text/dates.js';

describe('any text is read as a plausible date or rejected', () => {
  const now = new Date('2026-05-01T12:00:00Z');
  const check = (text: string) => {
    const at = readDate(text, now)?.at.getTime();
    if (at === undefined) return;
    expect(at).toBeGreaterThanOrEqual(Date.UTC(1971, 0, 1));
    expect(at).toBeLessThanOrEqual(now.getTime() + 2 * 86_400_000);
  };
  const words = fc.constantFrom(
    ...[
      'Tue,',
      'mar',
      'March',
      '3',
      '03',
      '31',
      '2026',
      '26',
      '2569',
      '99',
      '14:05',
      '24:00',
      '25:61',
      '12',
      'AM',
      'pm',
      'GMT',
      '+0200',
      '-9999',
      'Z',
      'EST',
    ],
    ...[
      'T',
      '/',
      '-',
      '.',
      ',',
      ' ',
      '年',
      '月',
      '日',
      '오후',
      '令和',
      'thg',
      'tháng',
      'de',
      '@',
      '@03@',
      'Europe/Paris',
      'a/b',
      'W10',
      '٣',
      '１',
      'constructor',
    ],
  );
  it('random characters', () => fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 250 }), check), { numRuns: 2_000 }));
  it('random parts of dates', () =>
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), fc.constantFrom('', ' '), (parts, glue) => check(parts.join(glue))),
      {
        numRuns: 5_000,
      },
    ));
  it('instants as JavaScript writes them', () =>
    fc.assert(
      fc.property(fc.date({ min: new Date('1971-01-02'), max: now, noInvalidDate: true }), (date) => {
        expect(readDate(date.toISOString(), now)?.at).toEqual(date);
        const second = new Date(Math.floor(date.getTime() / 1_000) * 1_000);
        expect(readDate(date.toUTCString(), now)?.at).toEqual(second);
        expect(readDate(date.toString(), now)?.at).toEqual(second);
      }),
    ));
});
