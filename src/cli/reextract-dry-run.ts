import type { Reextraction } from '../jobs/reextraction.js';
import type { RecordSelection } from '../jobs/replay-selection.js';
import { toPrintable } from '../text/printable.js';
import type { CliApp, CliContext } from './app.js';
import { describeChanges } from './describe-changes.js';

/** Interval between two lines of progress, in ms. */
const PROGRESS_MS = 5_000;

interface DryRun {
  /** How many records are selected. */
  selected: number;
  /** How many changed records are shown. */
  limit: number;
  json?: boolean;
}

/**
 * Extracts the selected records as the workers would, in this process, and shows what would change. Told to stop, it gives the totals
 * so far.
 */
export async function tryReextractions(
  app: CliApp,
  selection: RecordSelection,
  { selected, limit, json = false }: DryRun,
  context: CliContext & { stopping: AbortSignal },
): Promise<void> {
  const counts = { tried: 0, changed: 0, unchanged: 0, kept: 0 };
  const fields = new Map<string, number>();
  let shownAt = performance.now();
  for await (const ids of app.readRecordIds(selection))
    for (const id of ids) {
      if (context.stopping.aborted) break;
      const tried = await app.tryReextraction(id);
      // Deleted meanwhile.
      if (!tried) continue;
      count(tried.result, counts, fields);
      if (tried.result.kind === 'changed' && counts.changed <= limit) show(context, { id, ...tried }, json);
      if (performance.now() - shownAt >= PROGRESS_MS) {
        shownAt = performance.now();
        context.err(`${counts.tried} of ${selected} records: ${counts.changed} would change`);
      }
    }
  const byField = [...fields].sort(([, a], [, b]) => b - a);
  if (json) return context.out(JSON.stringify({ selected, ...counts, fields: Object.fromEntries(byField) }));
  const { tried, changed, unchanged, kept } = counts;
  if (changed > limit) context.out(`The first ${limit} are shown. For more: --limit N`);
  context.out(`Of ${tried} records ${changed} would change, ${unchanged} would not, and ${kept} would be kept as they are.`);
  if (byField.length > 0) context.out(`Changed: ${byField.map(([field, records]) => `${field} ${records}`).join(', ')}.`);
  context.out('Nothing was written. To do it, leave out --dry-run.');
}

interface Tried {
  id: number;
  url: string;
  title: string;
  result: Reextraction;
}

function count(
  result: Reextraction,
  counts: Record<'tried' | 'changed' | 'unchanged' | 'kept', number>,
  fields: Map<string, number>,
) {
  counts.tried += 1;
  counts[result.kind === 'again' ? 'kept' : result.kind] += 1;
  if (result.kind !== 'changed') return;
  for (const { field } of result.changes) fields.set(field, (fields.get(field) ?? 0) + 1);
}

function show(context: CliContext, { id, url, title, result }: Tried, json: boolean): void {
  if (result.kind !== 'changed') return;
  if (json) {
    context.out(JSON.stringify({ record_id: id, url, changes: result.changes }));
    return;
  }
  context.out(`${id}  ${toPrintable(title)}  ${url}`);
  for (const line of describeChanges(result.changes)) context.out(`  ${toPrintable(line)}`);
}
