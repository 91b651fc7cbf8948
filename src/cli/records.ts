import { type Command, InvalidArgumentError, Option } from 'commander';
import { UserError } from '../user-error.js';
import type { CliApp, CliContext, Row } from './app.js';
import { parseCountOrAll } from './option-values.js';
import { printBatches, RECORD_LISTS, type RecordList } from './print-records.js';
import { addRecordOptions, type RecordOptions, toRecordFilter } from './record-options.js';

/** Records that are listed unless --limit says otherwise: about a screen. */
const DEFAULT_LIMIT = 20;
/** The columns of a table, unless --fields names others. */
const TABLE_COLUMNS = ['id', 'published_at', 'site_name', 'title', 'word_count', 'content_source'];

interface Options extends RecordOptions {
  limit?: number;
  fields?: string[];
  format?: RecordList;
  json?: boolean;
  exact?: boolean;
}

/** `feedmill records`: the newest records that meet some conditions, as a table, JSON Lines or CSV. */
export const addRecordsCommand = (program: Command, context: CliContext) =>
  addRecordOptions(program.command('records').description('list the newest records'))
    .option(
      '--fields <names>',
      'columns of the view feedmill.records, separated by commas (default: all; a few in a table)',
      parseNames,
    )
    .option('--limit <n>', `how many records to list, or all (default: ${DEFAULT_LIMIT})`, parseCountOrAll)
    .addOption(new Option('--format <format>', 'output format; json is JSON Lines (default: table)').choices(RECORD_LISTS))
    .addOption(new Option('--json', 'the same as --format json').conflicts('format'))
    .option('--exact', 'with csv: write texts as they are, even those that a spreadsheet would take for a formula')
    .action((options: Options) => {
      const format = options.json ? 'json' : (options.format ?? 'table');
      if (options.exact && format !== 'csv') throw new UserError('--exact only works with --format csv.', 2);
      return context.withApp((app) => listRecords(app, options, format, context), { readsOnly: true });
    });

function parseNames(text: string): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (names.length > 0) return [...new Set(names)];
  throw new InvalidArgumentError('Expected the names of columns, separated by commas, such as id,title.');
}

async function listRecords(app: CliApp, options: Options, format: RecordList, context: CliContext): Promise<void> {
  const { limit = DEFAULT_LIMIT, timeout: timeoutMs, exact = false } = options;
  const known = await app.loadRecordColumns();
  const columns = chooseColumns(known, options.fields, format);
  const filter = await toRecordFilter(app, options);
  // One more than wanted shows whether there are more.
  const batches = app.readRecords({ ...filter, columns, limit: limit + 1, timeoutMs });
  let more = false;
  const wanted = takeRows(batches, limit, () => {
    more = true;
  });
  const count = await printBatches(context, wanted, { format, columns, exact });
  if (count === 0 && format === 'table')
    context.out(
      Object.keys(filter).length > 0 ? 'No records match.' : 'No records yet. If no worker is running, start one: feedmill start',
    );
  if (more && options.limit === undefined) context.err(`These are the newest ${limit}. For more: --limit N, or --limit all`);
}

/** @throws {UserError} when there is no such column */
function chooseColumns(known: readonly string[], fields: readonly string[] | undefined, format: RecordList): readonly string[] {
  const unknown = fields?.filter((name) => !known.includes(name)) ?? [];
  if (unknown.length > 0)
    throw new UserError(`There is no column ${unknown.join(', ')}. The columns of feedmill.records are: ${known.join(', ')}.`, 2);
  return fields ?? (format === 'table' ? TABLE_COLUMNS : known);
}

/** The first `limit` rows; calls `onMore` if there is another one. */
async function* takeRows(batches: AsyncIterable<Row[]>, limit: number, onMore: () => void): AsyncGenerator<Row[]> {
  let left = limit;
  for await (const rows of batches) {
    if (rows.length > left) onMore();
    if (left > 0) yield rows.slice(0, left);
    left -= Math.min(left, rows.length);
  }
}
