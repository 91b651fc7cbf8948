import { expect, it } from 'vitest';
import { parseRetryAfter } from '../../../src/web/retry-after.js';

const DATE = 'Sun, 01 Mar 2026 12:00:00 GMT';

// RFC 9110 §10.2.3.
it.each<[string | undefined, number | undefined]>([
  ['120', 120_000],
  [' 7 ', 7_000],
  ['Sun, 01 Mar 2026 12:01:00 GMT', 60_000],
  ['Sunday, 01-Mar-26 12:01:00 GMT', 60_000],
  ['999999999', 24 * 3_600_000],
  ['0', undefined],
  ['Sun, 01 Mar 2026 11:59:30 GMT', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['soon 5', undefined],
  ['', undefined],
  [undefined, undefined],
])('parses Retry-After: %s', (value, ms) => expect(parseRetryAfter(value, DATE)).toBe(ms));

it('does not compare a date with our own clock', () => {
  expect(parseRetryAfter('Sun, 01 Mar 2099 12:01:00 GMT', undefined)).toBeUndefined();
});
