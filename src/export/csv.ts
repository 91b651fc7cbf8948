/**
 * Where a spreadsheet may see a cell that begins with a formula character (OWASP, "CSV Injection"): at the start of the value,
 * and, in a program that takes another separator than the comma, after a semicolon, tab or line break within it. The wide forms
 * are those that spreadsheets in East Asia accept.
 */
const FORMULA_START = /(?<=^|[;\t\n\r])(?="*[=+\-@\t\r＝＋－＠])/g;

/** How values are written. */
export interface CsvOptions {
  /** Write texts as they are. By default, a text that a spreadsheet could take for a formula gets an apostrophe before it. */
  exact: boolean;
}

/**
 * Writes one line of CSV (RFC 4180): fields separated by commas, in double quotes where needed, and CRLF at the end. A null is an
 * empty field, an empty text is two quotes, and lists and objects are JSON.
 */
export const writeCsvLine = (values: readonly unknown[], { exact }: CsvOptions): string =>
  `${values.map((value) => writeField(value, exact)).join(',')}\r\n`;

function writeField(value: unknown, exact: boolean): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = value instanceof Date ? value.toISOString() : typeof value === 'string' ? value : JSON.stringify(value);
  const safe = exact ? text : text.replace(FORMULA_START, "'");
  return safe === '' || /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
