import { describe, expect, it } from 'vitest';
import { extrapolate, findExponent, formatTable } from '../../../bench/size/table.js';

describe('growth', () => {
  it.each([
    { what: 'a figure that stays the same', values: [5, 5], exponent: 0, extrapolated: 5 },
    { what: 'one that grows with the records', values: [2, 200], exponent: 1, extrapolated: 20_000 },
    { what: 'one that grows with their root', values: [2, 20], exponent: 0.5, extrapolated: 200 },
    { what: 'one that shrank, which is not continued', values: [200, 2], exponent: -1, extrapolated: 2 },
    { what: 'the last two of three sizes', sizes: [100, 10_000, 1_000_000], values: [9, 5, 5], exponent: 0, extrapolated: 5 },
    { what: 'one size alone', sizes: [1_000_000], values: [5], exponent: undefined, extrapolated: undefined },
    { what: 'a figure that was not measured before', values: [Number.NaN, 5], exponent: undefined, extrapolated: undefined },
  ])('$what', ({ sizes = [10_000, 1_000_000], values, exponent, extrapolated }) => {
    const near = (value: number | undefined) => (value === undefined ? undefined : expect.closeTo(value, 6));
    expect(findExponent(sizes, values)).toEqual(near(exponent));
    expect(extrapolate(sizes, values)).toEqual(near(extrapolated));
  });
});

it('is printed as one table, with a line for each group', () => {
  const table = formatTable(
    [10_000, 1_000_000],
    [
      { group: 'bytes', name: 'articles', values: [5_000, 5_000] },
      { group: 'bytes', name: 'search', values: [Number.NaN, 12.34] },
      { group: 'ms', name: 'status', values: [2, 200] },
    ],
  );
  expect(table.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
    '| | 10,000 | 1,000,000 | growth | at 100 M |',
    expect.stringMatching(/^\| -+ \| -+: \| -+: \| -+: \| -+: \|$/),
    '| **bytes** | | | | |',
    '| articles | 5,000 | 5,000 | × 1.00 | 5,000 |',
    '| search | | 12.3 | | |',
    '| **ms** | | | | |',
    '| status | 2 | 200 | × 10.00 | 20,000 |',
  ]);
});
