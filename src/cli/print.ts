import { cutToWidth, displayWidth, padToWidth } from '../text/display-width.js';
import { toPrintable } from '../text/printable.js';
import { redactCredentials } from '../web/credentials.js';
import type { CliContext, Row } from './app.js';

/** Widest table cell, in columns of the terminal; longer values are cut off with an ellipsis. */
const MAX_CELL = 72;
/** Characters that are looked at of a value: whole articles are values too. */
const MAX_VALUE = 10_000;

/**
 * Prints rows as JSON Lines with all their fields, or as a table of the given columns. `empty` is printed instead of an
 * empty table.
 */
export function printRows(
  context: CliContext,
  rows: readonly Row[],
  { json, columns, empty }: { json: boolean; columns: readonly string[]; empty: string },
): void {
  if (json) for (const row of rows) context.out(JSON.stringify(row));
  else if (rows.length === 0) context.out(empty);
  else for (const line of formatTable(rows, columns)) context.out(line);
}

/** Formats rows of a table below each other. Its widths fit the header and the rows that it was made from. */
export function createTable(columns: readonly string[], sample: readonly Row[]) {
  // Not by Math.max(...all), which fails for more values than fit on the stack.
  const widths = columns.map((column) =>
    sample.reduce((widest, row) => Math.max(widest, displayWidth(formatCell(row[column]))), column.length),
  );
  const formatLine = (cells: readonly string[]) =>
    cells
      .map((value, i) => padToWidth(value, widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return { header: formatLine(columns), format: (row: Row) => formatLine(columns.map((column) => formatCell(row[column]))) };
}

function formatTable(rows: readonly Row[], columns: readonly string[]): string[] {
  const { header, format } = createTable(columns, rows);
  return [header, ...rows.map(format)];
}

function formatCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = value instanceof Date ? value.toISOString() : Array.isArray(value) ? value.join(', ') : String(value);
  const clean = redactCredentials(toPrintable(text.slice(0, MAX_VALUE)));
  return displayWidth(clean) > MAX_CELL ? `${cutToWidth(clean, MAX_CELL - 1)}…` : clean;
}
