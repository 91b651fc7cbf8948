import { describe, expect, it } from 'vitest';
import { keepNumber, keepWhole, limitText, limitTexts } from '../../../src/text/field-limits.js';
import { cpuMs } from '../../timing.js';

describe('limitText', () => {
  it.each([
    ['an override and an embedding', '\u202eevil\u202c \u202atitle\u202c', 'evil title'],
    ['isolates', '\u2066a\u2069 \u2067b\u2069 \u2068c\u2069', 'a b c'],
    ['NUL and half a surrogate pair', 'a\0b\ud800', 'ab\ufffd'],
  ])('removes %s', (_, text, expected) => expect(limitText(text, 100)).toBe(expected));

  it('keeps the marks that Hebrew and Arabic need', () =>
    expect(limitText('C++\u200e \u05d0\u200f', 100)).toBe('C++\u200e \u05d0\u200f'));
  it('cuts at the limit', () => expect(limitText('abcdef', 3)).toBe('abc'));
  it.each([undefined, '', ' ', '\u202e'])('is undefined where nothing is left: %j', (text) =>
    expect(limitText(text, 9)).toBe(undefined),
  );
  it('takes linear time', async () => {
    expect(await cpuMs(() => limitText('\u202e '.repeat(1_000_000), 2_000_000))).toBeLessThan(10_000);
  });
});

it('limitTexts keeps the first of them, and none that is empty', () =>
  expect(limitTexts(['abc', '', '\u202e', 'd', 'e'], 2, 4)).toEqual(['ab', 'd']));

it.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, undefined],
  [undefined, 3, undefined],
])('keepWhole(%j, %i) is %j', (text, limit, expected) => expect(keepWhole(text, limit)).toBe(expected));

it.each([
  [1, 1],
  [100, 100],
  [101, undefined],
  [0, undefined],
  [-1, undefined],
  [1e300, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  [Number.NaN, undefined],
  [undefined, undefined],
])('keepNumber(%s) up to 100 is %s', (value, expected) => expect(keepNumber(value, 100)).toBe(expected));
