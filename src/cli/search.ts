import type { Command } from 'commander';
import { toPrintable } from '../text/printable.js';
import { UserError } from '../user-error.js';
import type { CliApp, CliContext, Row } from './app.js';
import { parseCount } from './option-values.js';
import { addRecordOptions, type RecordOptions, toRecordFilter } from './record-options.js';
import { cutSnippet, findMatches, readTerms, type Snippet, type Term } from './search-matches.js';

/** The columns that are shown of a result; the text only as a snippet. */
const COLUMNS = ['id', 'url', 'title', 'site_name', 'published_at', 'content_text'];

interface Options extends RecordOptions {
  limit: number;
  json?: boolean;
}

/** `feedmill search`: full-text search in the records. */
export const addSearchCommand = (program: Command, context: CliContext) =>
  addRecordOptions(program.command('search').description('search the text of the records, best matches first'))
    .argument('<words...>', 'words that must occur, "phrases", and -words that must not; as one argument in quotes')
    .option('--limit <n>', 'how many records to list, of the 1000 newest matches', parseCount, 10)
    .option('--json', 'print JSON Lines: the snippet, and where in it the matches are')
    .addHelpText('after', EXAMPLES)
    .action((words: string[], options: Options) =>
      context.withApp((app) => search(app, words.join(' '), options, context), { readsOnly: true }),
    );

const EXAMPLES = `
Examples:
  feedmill search climate summit --since 7d
  feedmill search '"prime minister" -football' --language en --json`;

async function search(app: CliApp, query: string, options: Options, context: CliContext): Promise<void> {
  const terms = readTerms(query);
  if (terms.length === 0) throw new UserError('Expected at least one word that must occur.', 2);
  const filter = await toRecordFilter(app, options);
  const { limit, timeout: timeoutMs, json = false } = options;
  const rows = await app.searchRecords(query, { ...filter, columns: COLUMNS, limit, timeoutMs });
  for (const { content_text: text, ...row } of rows) {
    const snippet = cutSnippet(String(text), terms);
    if (json) await context.write(`${JSON.stringify({ ...row, snippet: snippet.text, matches: snippet.matches })}\n`);
    else await printResult(row, snippet, terms, context);
  }
  if (rows.length === 0 && !json) context.out(`Nothing was found. New records can be found within seconds.`);
}

async function printResult(row: Row, snippet: Snippet, terms: readonly Term[], context: CliContext): Promise<void> {
  const title = String(row.title);
  await printMarked({ text: title, matches: findMatches(title, terms) }, context);
  const about = [row.site_name, String(row.published_at ?? '').slice(0, 10), `record ${String(row.id)}`];
  await context.write(`  ${about.filter(Boolean).join(' · ')}\n  ${String(row.url)}\n`, 'grey');
  await context.write('  ');
  await printMarked(snippet, context);
  await context.write('\n');
}

/** Prints a line with its matches in bold, or between asterisks where nothing is bold. */
async function printMarked({ text, matches }: Snippet, { write, styles }: CliContext): Promise<void> {
  let at = 0;
  for (const { start, end } of matches) {
    await write(toPrintable(text.slice(at, start)));
    const match = toPrintable(text.slice(start, end));
    await write(styles ? match : `*${match}*`, 'bold');
    at = end;
  }
  await write(`${toPrintable(text.slice(at))}\n`);
}
