import { setImmediate } from 'node:timers/promises';

/** Rows that one statement writes: building and sending it keeps the event loop busy for a few milliseconds. */
const SLICE_ROWS = 50;

/** Calls `write` with one slice of the rows after another, and lets the event loop do other work in between. */
export async function writeInSlices<Row, Result>(
  rows: readonly Row[],
  write: (slice: Row[]) => Promise<readonly Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < rows.length; start += SLICE_ROWS) {
    if (start > 0) await setImmediate();
    results.push(...(await write(rows.slice(start, start + SLICE_ROWS))));
  }
  return results;
}
