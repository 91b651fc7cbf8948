import { toPrintable } from '../text/printable.js';
import { redactCredentials } from '../web/credentials.js';
import type { CliContext, Row } from './app.js';

/** Longest table cell, in characters; longer values are cut off with an ellipsis. */
const MAX_CELL = 72;

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

function formatTable(rows: readonly Row[], columns: readonly string[]): string[] {
  const cells = rows.map((row) => columns.map((column) => formatCell(row[column])));
  const widths = columns.map((column, i) => Math.max(column.length, ...cells.map((line) => line[i]?.length ?? 0)));
  return [columns, ...cells].map((line) =>
    line
      .map((value, i) => value.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function formatCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = value instanceof Date ? value.toISOString() : Array.isArray(value) ? value.join(', ') : String(value);
  const clean = redactCredentials(toPrintable(text));
  return clean.length > MAX_CELL ? `${clean.slice(0, MAX_CELL - 1)}…` : clean;
}
