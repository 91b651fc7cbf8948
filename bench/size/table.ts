/** A figure of the model at each size. */
export interface Figure {
  group: string;
  name: string;
  /** By size, in the order of the sizes; NaN where it was not measured. */
  values: number[];
}

/** The size that figures are extrapolated to, in records. */
const TARGET = 100_000_000;

/**
 * How a figure grows: the exponent of the power law through its last two sizes. 0: it stays the same; 1: it grows as the number of
 * records. Undefined with one size.
 */
export function findExponent(sizes: readonly number[], values: readonly number[]): number | undefined {
  const [size, earlierSize] = [sizes.at(-1), sizes.at(-2)];
  const [value, earlier] = [values.at(-1), values.at(-2)];
  if (!size || !earlierSize || !value || !earlier) return undefined;
  return Math.log(value / earlier) / Math.log(size / earlierSize);
}

/** What a figure becomes at TARGET records by its exponent. One that shrank is taken to stay the same. */
export function extrapolate(sizes: readonly number[], values: readonly number[]): number | undefined {
  const [size, value, exponent] = [sizes.at(-1), values.at(-1), findExponent(sizes, values)];
  if (size === undefined || value === undefined || exponent === undefined) return undefined;
  return value * (TARGET / size) ** Math.max(0, exponent);
}

/** The table in Markdown: one line per figure, one column per size, the growth, and the extrapolation. */
export function formatTable(sizes: readonly number[], figures: readonly Figure[]): string {
  const header = ['', ...sizes.map((size) => size.toLocaleString('en')), 'growth', `at ${TARGET / 1e6} M`];
  const lines = figures.flatMap((figure, n) => [
    ...(figure.group === figures[n - 1]?.group ? [] : [[`**${figure.group}**`, ...sizes.map(() => ''), '', '']]),
    [
      figure.name,
      ...figure.values.map(formatNumber),
      formatExponent(findExponent(sizes, figure.values)),
      formatNumber(extrapolate(sizes, figure.values)),
    ],
  ]);
  const widths = header.map((_, column) => Math.max(3, ...[header, ...lines].map((line) => line[column]?.length ?? 0)));
  const pad = (cells: readonly string[]) =>
    `| ${cells.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, n) => (n === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [pad(header), rule, ...lines.map(pad)].join('\n');
}

/** The factor by which a figure grows when there are ten times as many records. */
const formatExponent = (exponent: number | undefined) => (exponent === undefined ? '' : `× ${(10 ** exponent).toFixed(2)}`);

function formatNumber(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '';
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
}
