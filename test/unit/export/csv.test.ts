import { describe, expect, it } from 'vitest';
import { writeCsvLine } from '../../../src/export/csv.js';

const safe = (value: unknown) => writeCsvLine([value], { exact: false }).slice(0, -2);
const exact = (value: unknown) => writeCsvLine([value], { exact: true }).slice(0, -2);

describe('writeCsvLine', () => {
  it('separates fields by commas and ends the line with CRLF', () =>
    expect(writeCsvLine([1, 'a b', null, true], { exact: true })).toBe('1,a b,,true\r\n'));

  it.each([
    ['a comma', 'a,b', '"a,b"'],
    ['a quote', 'a "b"', '"a ""b"""'],
    ['line breaks', 'a\nb\r\nc', '"a\nb\r\nc"'],
    ['spaces at the ends', ' a ', '" a "'],
    ['an empty text', '', '""'],
    ['no value', null, ''],
    ['a list', ['a', 'b'], '"[""a"",""b""]"'],
    ['an object', { a: 1 }, '"{""a"":1}"'],
    ['a date', new Date('2026-03-01T12:00:00Z'), '2026-03-01T12:00:00.000Z'],
    ['a negative number', -5, '-5'],
    ['other scripts', '岸田文雄', '岸田文雄'],
  ])('writes %s', (_, value, expected) => {
    expect(exact(value)).toBe(expected);
    expect(safe(value)).toBe(expected);
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['＝1+1', "'＝1+1"],
    ['\t=1', "'\t'=1"],
    ['"=1"', `"'""=1"""`],
    // In a program that separates by semicolons or tabs, or does not know quotes within a field.
    ['a;=1', "a;'=1"],
    ['a;"=1', `"a;'""=1"`],
    ['a\n=1', `"a\n'=1"`],
    ['a\r\n=1', `"a\r\n'=1"`],
    ['a\t=1', "a\t'=1"],
  ])('puts an apostrophe before what a spreadsheet would take for a formula: %j', (text, expected) => {
    expect(safe(text)).toBe(expected);
    expect(exact(text)).not.toContain("'");
  });

  it.each(['a = b', 'a-b', 'a@b.example', '1 + 1', "it's"])('leaves other texts alone: %s', (text) =>
    expect(safe(text)).toBe(text),
  );
});
