import { describe, expect, it } from 'vitest';
import { parseDate, readDate } from '../../../src/text/dates.js';
import { cpuMs } from '../../timing.js';

const NOW = new Date('2026-05-01T12:00:00Z');

describe('a date in RFC 822, 2822 or 5322', () => {
  it.each([
    ['Tue, 03 Mar 2026 14:05:09 GMT', '2026-03-03T14:05:09Z'],
    ['Tue, 03 Mar 2026 14:05:09 UT', '2026-03-03T14:05:09Z'],
    ['Tue, 03 Mar 2026 14:05:09 Z', '2026-03-03T14:05:09Z'],
    ['Tue, 03 Mar 2026 14:05:09 +0200', '2026-03-03T12:05:09Z'],
    ['Tue, 03 Mar 2026 14:05:09 -0330', '2026-03-03T17:35:09Z'],
    ['Tue, 03 Mar 2026 14:05:09 -0000', '2026-03-03T14:05:09Z'],
    ['3 Mar 2026 14:05:09 +0000', '2026-03-03T14:05:09Z'],
    ['Tue, 3 Mar 26 14:05:09 GMT', '2026-03-03T14:05:09Z'],
    ['Wed, 3 Mar 99 14:05:09 GMT', '1999-03-03T14:05:09Z'],
    ['Wed, 3 Mar 104 14:05:09 GMT', '2004-03-03T14:05:09Z'],
    ['Tue, 03 Mar 2026 14:05 GMT', '2026-03-03T14:05:00Z'],
    ['Tue, 03 Mar 2026 24:00:00 GMT', '2026-03-04T00:00:00Z'],
    ['Thu, 31 Dec 1998 23:59:60 GMT', '1998-12-31T23:59:59Z'],
    ['Thu, 29 Feb 2024 10:00:00 GMT', '2024-02-29T10:00:00Z'],
  ])('%j is %s', (text, instant) => expect(parseDate(text, NOW)).toEqual(new Date(instant)));
});

describe('a near miss of these', () => {
  it.each([
    ['Tue, 03 Mar 2026', '2026-03-03T00:00:00Z'],
    ['Tue, 03 Mar 2026 14:05:09', '2026-03-03T14:05:09Z'],
    ['Tue, 03 Mar 2026 14:05:09 +02:00', '2026-03-03T12:05:09Z'],
    ['Tue, 03 Mar 2026 14:05:09 +2', '2026-03-03T12:05:09Z'],
    ['Tue, 03 Mar 2026 14:05:09 +530', '2026-03-03T08:35:09Z'],
    ['Tue, 03 Mar 2026 14:05:09 \u22120500', '2026-03-03T19:05:09Z'],
    ['Sun, 03 Mar 2026 14:05:09 GMT', '2026-03-03T14:05:09Z'],
    ['Tuesday, 03 March 2026 14:05:09 GMT', '2026-03-03T14:05:09Z'],
    ['Tue 03 Mar 2026 14:05:09 GMT', '2026-03-03T14:05:09Z'],
    ['Tues., 3 Mar. 2026, 14:05:09 GMT', '2026-03-03T14:05:09Z'],
    ['Tue,  3  Mar 2026\n 14:05:09 GMT', '2026-03-03T14:05:09Z'],
    ['Tue, 3rd Mar 2026 14:05:09 GMT', '2026-03-03T14:05:09Z'],
    ['Tue, 03-Mar-2026 14:05:09 GMT', '2026-03-03T14:05:09Z'],
    ['Tuesday, 03-Mar-26 14:05:09 GMT', '2026-03-03T14:05:09Z'],
    ['tue, 03 mar 2026 14:05:09 gmt', '2026-03-03T14:05:09Z'],
    ['TUE, 03 MAR 2026 14:05:09 GMT', '2026-03-03T14:05:09Z'],
    ['Tue, 03 Mar 2026T14:05:09Z', '2026-03-03T14:05:09Z'],
    ['Tue, 03 Mar 2026 4:5:9 GMT', '2026-03-03T04:05:09Z'],
    ['Tue, 03 Mar 2026 - 14:05', '2026-03-03T14:05:00Z'],
    ['Tue, Mar 3 2026 14:05:09 GMT', '2026-03-03T14:05:09Z'],
    ['Wed, 02 Sept 2020 14:05:09 GMT', '2020-09-02T14:05:09Z'],
    ['Tue,\u00A003\u00A0Mar\u00A02026 14:05:09 GMT', '2026-03-03T14:05:09Z'],
    ['\u200ETue, 03 Mar 2026 14:05:09 GMT\u200F', '2026-03-03T14:05:09Z'],
  ])('%j is %s', (text, instant) => expect(parseDate(text, NOW)).toEqual(new Date(instant)));
});

describe('a date like those of asctime', () => {
  it.each([
    ['Tue Mar  3 14:05:09 2026', '2026-03-03T14:05:09Z'],
    ['Tue Mar 03 14:05:09 +0200 2026', '2026-03-03T12:05:09Z'],
    ['Tue Mar 3 14:05:09 EST 2026', '2026-03-03T19:05:09Z'],
    ['Fri Mar 31 20:19:00 America/Los_Angeles 2017', '2017-04-01T03:19:00Z'],
    ['Tue Mar 03 2026 14:05:09 GMT+0200 (Central European Summer Time)', '2026-03-03T12:05:09Z'],
  ])('%j is %s', (text, instant) => expect(parseDate(text, NOW)).toEqual(new Date(instant)));
});

describe('a date among other words', () => {
  it.each([
    ['Published: Tue, 03 Mar 2026 14:05:09 GMT', '2026-03-03T14:05:09Z'],
    ['"2026-03-03T14:05:09Z"', '2026-03-03T14:05:09Z'],
    ['Posted on March 3, 2026 at 14:05 by the editors', '2026-03-03T14:05:00Z'],
    ['2026-03-03 14:05:09 h', '2026-03-03T14:05:09Z'],
    // Slightly ahead of now: a wrong zone
    ['Sat, 02 May 2026 12:00:00 GMT', '2026-05-02T12:00:00Z'],
  ])('%j is %s', (text, instant) => expect(parseDate(text, NOW)).toEqual(new Date(instant)));
});

describe('a date of any form', () => {
  const now = new Date('2026-06-01T00:00:00Z');
  it.each([
    ['Sun, 28 Jul 2024 06:39:03 GMT', '2024-07-28T06:39:03Z'],
    ['Sun, 28 Jul 2024 06:39:03 +0800', '2024-07-27T22:39:03Z'],
    ['28 Jul 24 06:39 EST', '2024-07-28T11:39:00Z'],
    ['Mon, 28 Jul 2024 06:39:03 PDT', '2024-07-28T13:39:03Z'],
    ['2024-07-28T06:39:03Z', '2024-07-28T06:39:03Z'],
    ['2024-07-28T06:39:03.500+02:00', '2024-07-28T04:39:03.500Z'],
    ['2024-07-28T06:39+0200', '2024-07-28T04:39:00Z'],
    ['2024-07-28 06:39:03', '2024-07-28T06:39:03Z'],
    ['2024-07-28', '2024-07-28T00:00:00Z'],
    ['20240728T063903Z', '2024-07-28T06:39:03Z'],
    ['July 28, 2024 6:39 PM', '2024-07-28T18:39:00Z'],
    ['2024-07-28T24:00:00Z', '2024-07-29T00:00:00Z'],
  ])('%j is %s', (text, instant) => expect(parseDate(text, now)).toEqual(new Date(instant)));

  it.each(['', 'yesterday', '31 Jun 2024 00:00 GMT', '2027-01-01', '1970-01-01T00:00:00Z', '2024-13-01', 'x'.repeat(1_000)])(
    '%j is not a date',
    (text) => expect(parseDate(text, now)).toBeUndefined(),
  );
});

describe('parseDate rejects', () => {
  it.each([
    undefined,
    '',
    '   ',
    'yesterday',
    'now',
    '2 hours ago',
    '12',
    'Tue',
    'March',
    '14:05',
    'Sun, Dec x 2012 11:47:32 GMT',
    'Sun, 17 Dec 14:05 EST',
    // Days that do not exist
    '31 Jun 2026 10:00:00 GMT',
    'Mon, 32 Jan 2006 15:04:05 GMT',
    'Sat, 29 Feb 2025 10:00:00 GMT',
    'Tue, 00 Mar 2026 10:00:00 GMT',
    '2026-13-01',
    '2026-02-30',
    '2026-00-10',
    '31.02.2026',
    '2025-366',
    '2024-000',
    '2026-W54-1',
    '2026年13月3日',
    // Times that do not exist
    '2026-03-03T25:00:00Z',
    '2026-03-03T24:30:00Z',
    'Tue, 03 Mar 2026 10:61:00 GMT',
    'Tue, 03 Mar 2026 10:00:75 GMT',
    // Dates that no publication has
    '0000-00-00 00:00:00',
    '0001-01-01T00:00:00Z',
    'Thu, 01 Jan 1970 00:00:00 GMT',
    '0',
    '-1',
    '1',
    '9999999999',
    'Mon, 04 May 2026 12:00:00 GMT',
    '2036-03-03',
    '9999-12-31',
    // The year of another calendar
    '1404-12-12',
    // Ambiguous
    '03/04/2024',
    '03/04/2024 10:00',
    '03/04/2024 10:00 GMT',
    '3/4/2024 4:20 pm',
    '03-04-2024',
    '24/03/05',
    '03-04-05',
    'x'.repeat(5_000),
    `${'1 '.repeat(100_000)}`,
  ])('%j', (text) => expect(parseDate(text, NOW)).toBeUndefined());
});

describe('readDate', () => {
  it.each([
    ['Tue, 03 Mar 2026 14:05:09 GMT', false],
    ['2026-03-03T14:05:09Z', false],
    ['2026-03-03 14:05 +0100', false],
    ['Thu, 25 Feb 2016 00:00:00 Europe/Brussels', false],
    ['1772546709', false],
    ['2026-03-03T14:05:09', true],
    ['2026-03-03', true],
    ['Tue, 03 Mar 2026 14:05:09 XQT', true],
    ['Tue, 03 Mar 2026 14:05:09 A', true],
    ['2026년 3월 3일 14:05', true],
  ])('reads %j; zone assumed: %s', (text, zoneAssumed) =>
    expect(readDate(` ${text}\n`, NOW)).toMatchObject({ text, zoneAssumed }),
  );

  it('is fast on hostile texts', async () => {
    const hostile = ['1:', '@03@', 'mar ', '1.', '12/', '- 1', 'a/b ', '年', '+', 'ب'].map((part) =>
      part.repeat(200).slice(0, 200),
    );
    const readAll = () => hostile.map((text) => readDate(text, NOW));
    expect(await cpuMs(() => Array.from({ length: 100 }, readAll))).toBeLessThan(6_000);
  });
});
