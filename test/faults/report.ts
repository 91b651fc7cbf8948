import { readFile, writeFile } from 'node:fs/promises';

export interface Result {
  backend: string;
  fault: string;
  outcome: 'passed' | 'failed' | 'skipped';
  /** Time from the end of the fault until everything published is stored, in ms. */
  recoveryMs?: number;
  detail?: string;
}

const BEGIN = '<!-- recovery times: written by npm run test:faults -- --report FILE -->';
const END = '<!-- end of recovery times -->';

/**
 * Replaces the table of recovery times in a Markdown file, between its two markers.
 * @throws if the file has no markers
 */
export async function writeRecoveryTable(file: string, results: readonly Result[], heading: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${file} has no markers for the table of recovery times`);
  await writeFile(file, `${text.slice(0, begin + BEGIN.length)}\n\n${heading}\n\n${makeTable(results)}\n\n${text.slice(end)}`);
}

/** One row per fault, one column per backend; the longest time if a fault was caused several times. */
export function makeTable(results: readonly Result[]): string {
  const backends = [...new Set(results.map(({ backend }) => backend))];
  const faults = [...new Set(results.map(({ fault }) => fault))].sort();
  const rows = faults.map((fault) => [fault, ...backends.map((backend) => describe(results, backend, fault))]);
  const cells = [['Fault', ...backends], ...rows];
  const widths = cells[0]?.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(cells[0] ?? []), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

function describe(results: readonly Result[], backend: string, fault: string): string {
  const found = results.filter((result) => result.backend === backend && result.fault === fault);
  if (found.length === 0) return '';
  const worst = found.find(({ outcome }) => outcome !== 'passed');
  if (worst) return worst.outcome;
  const times = found.flatMap(({ recoveryMs }) => recoveryMs ?? []);
  return times.length === 0 ? 'passed' : `${(Math.max(...times) / 1000).toFixed(1)} s`;
}
