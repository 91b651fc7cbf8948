import { expect, it } from 'vitest';
import { writeInSlices } from '../../../db/slices.js';

it('writes fifty rows at a time, in order, and lets other work run in between', async () => {
  const rows = Array.from({ length: 120 }, (_, index) => index);
  const log: string[] = [];
  const other = setInterval(() => log.push('other'), 0);
  const written = await writeInSlices(rows, async (slice) => {
    log.push(`${slice[0]} to ${slice.at(-1)}`);
    const end = performance.now() + 5;
    while (performance.now() < end);
    return slice.map((row) => row * 2);
  });
  clearInterval(other);
  expect(written).toEqual(rows.map((row) => row * 2));
  expect(log.filter((line) => line !== 'other')).toEqual(['0 to 49', '50 to 99', '100 to 119']);
  expect(log.slice(0, log.indexOf('100 to 119'))).toContain('other');
});
