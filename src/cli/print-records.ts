import { writeCsvLine } from '../export/csv.js';
import type { CliContext, Row } from './app.js';
import { createTable } from './print.js';

/** How records are listed. */
export const RECORD_LISTS = ['table', 'json', 'csv'] as const;
export type RecordList = (typeof RECORD_LISTS)[number];

/** What of the rows is printed, and how. */
export interface PrintOptions {
  format: RecordList;
  columns: readonly string[];
  /** With `csv`: write texts as they are, although a spreadsheet may take one for a formula. */
  exact: boolean;
}

/**
 * Prints rows while they come, no faster than the reader takes them, so that any number of them needs little memory. The widths
 * of a table fit its first batch.
 * @returns how many rows there were
 */
export async function printBatches(
  { write }: Pick<CliContext, 'write'>,
  batches: AsyncIterable<readonly Row[]>,
  { format, columns, exact }: PrintOptions,
): Promise<number> {
  let count = 0;
  let formatRow: ((row: Row) => string) | undefined;
  const begin = async (first: readonly Row[]): Promise<(row: Row) => string> => {
    if (format === 'json') return (row) => `${JSON.stringify(row)}\n`;
    if (format === 'csv') {
      await write(writeCsvLine(columns, { exact }));
      return (row) =>
        writeCsvLine(
          columns.map((column) => row[column]),
          { exact },
        );
    }
    const table = createTable(columns, first);
    await write(`${table.header}\n`);
    return (row) => `${table.format(row)}\n`;
  };
  for await (const rows of batches) {
    formatRow ??= await begin(rows);
    await write(rows.map(formatRow).join(''));
    count += rows.length;
  }
  // A CSV without records still has its header.
  if (!formatRow && format === 'csv') await begin([]);
  return count;
}
