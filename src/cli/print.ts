import { redactCredentials } from '../web/credentials.js';
import type { CliContext, Row } from './app.js';

/** Rows for people (a table of the named columns) or for scripts (JSON Lines with all of them). */
export function printRows(
  context: CliContext,
  rows: readonly Row[],
  { json, columns, empty }: { json: boolean; columns: readonly string[]; empty: string },
): void {
  if (json) {
    for (const row of rows) context.out(JSON.stringify(row));
    return;
  }
  if (rows.length === 0) {
    context.out(empty);
    return;
  }
  const cells = rows.map((row) => columns.map((column) => cell(row[column])));
  const widths = columns.map((column, i) => Math.max(column.length, ...cells.map((line) => line[i]?.length ?? 0)));
  const line = (values: readonly string[]) =>
    values
      .map((value, i) => value.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  context.out(line(columns));
  for (const values of cells) context.out(line(values));
}

/** Longest cell of a table for people, in characters. */
const MAX_CELL = 72;

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = value instanceof Date ? value.toISOString() : Array.isArray(value) ? value.join(', ') : String(value);
  // Control characters of a hostile title would reach the terminal.
  const clean = redactCredentials(text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, ' '));
  return clean.length > MAX_CELL ? `${clean.slice(0, MAX_CELL - 1)}…` : clean;
}
