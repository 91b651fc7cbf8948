import { describe, expect, it } from 'vitest';
import { cutToWidth, displayWidth, padToWidth } from '../../../src/text/display-width.js';

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['Übermut', 7],
    ['cafe\u0301', 4],
    ['岸田文雄', 8],
    ['ｱｲｳ', 3],
    ['ＡＢ', 4],
    ['한국', 4],
    ['a、b', 4],
    ['🎉', 2],
    ['مدينة', 5],
    ['สวัสดี', 4],
    ['a\u200bb', 2],
    ['“quoted” – …', 12],
  ])('of %j is %i', (text, width) => expect(displayWidth(text)).toBe(width));
});

it('cuts and pads by columns', () => {
  expect(cutToWidth('岸田文雄', 5)).toBe('岸田');
  expect(cutToWidth('a🎉b', 2)).toBe('a');
  expect(cutToWidth('abc', 5)).toBe('abc');
  expect(padToWidth('岸田', 6)).toBe('岸田  ');
  expect(padToWidth('toolong', 3)).toBe('toolong');
});
