import { describe, expect, it } from 'vitest';
import { parseDate } from '../../../../src/text/dates.js';

const NOW = new Date('2026-05-01T12:00:00Z');

describe('a date with a clock of twelve hours', () => {
  it.each([
    ['Tue, 03 Mar 2026 2:05 PM EST', '2026-03-03T19:05:00Z'],
    ['Tue, 03 Mar 2026 12:05 am GMT', '2026-03-03T00:05:00Z'],
    ['Tue, 03 Mar 2026 12:05 pm GMT', '2026-03-03T12:05:00Z'],
    ['Tue, 03 Mar 2026 14:05:09 PM GMT', '2026-03-03T14:05:09Z'],
    ['March 3, 2026 2:05 p.m.', '2026-03-03T14:05:00Z'],
    ['March 3, 2026 2:05 p. m. ET', '2026-03-03T19:05:00Z'],
    ['Tue, March 3, 2026 at 02:05 PM EST', '2026-03-03T19:05:00Z'],
    ['Tuesday, March 3, 2026 - 3:09pm', '2026-03-03T15:09:00Z'],
    ['Nov. 16, 2020, 10 a.m.', '2020-11-16T10:00:00Z'],
    ['March 3, 2026', '2026-03-03T00:00:00Z'],
    ['Mar. 3rd, 2026', '2026-03-03T00:00:00Z'],
    ['the 3rd of March 2026', '2026-03-03T00:00:00Z'],
    ['2026 March 3', '2026-03-03T00:00:00Z'],
    ['2:05 PM, 3 March 2026', '2026-03-03T14:05:00Z'],
    ['Nov. 2020', '2020-11-01T00:00:00Z'],
  ])('%j is %s', (text, instant) => expect(parseDate(text, NOW)).toEqual(new Date(instant)));
});
