import type { Command } from 'commander';
import { UserError } from '../user-error.js';
import type { CliApp, CliContext, Row } from './app.js';
import { countFeeds } from './change-feeds.js';

/** Interval between lines of progress, in ms. */
const PROGRESS_MS = 2_000;

interface CheckOptions {
  counters?: boolean;
  index?: boolean;
  schema?: boolean;
  repair?: boolean;
  json?: boolean;
}

/** `feedmill check`: compares what is derived with what it is derived from. */
export const addCheckCommand = (program: Command, context: CliContext) =>
  program
    .command('check')
    .description('check the database: exits with 1 when something is wrong')
    .option('--counters', 'only compare the counters of records and pending work with the articles')
    .option('--index', 'only list records that could not be indexed')
    .option('--schema', 'only list tables and views of others in schema feedmill')
    .option('--repair', 'set right what is wrong: count anew, index again')
    .option(
      '--json',
      'print one JSON object per feed whose counters are wrong, record that could not be indexed, and table or view of others',
    )
    .action((options: CheckOptions) => context.withApp((app) => check(app, context, options)));

async function check(app: CliApp, context: CliContext, options: CheckOptions): Promise<void> {
  const all = !options.counters && !options.index && !options.schema;
  const problems = [
    all || options.schema ? await checkSchema(app, context, options) : undefined,
    all || options.index ? await checkIndex(app, context, options) : undefined,
    all || options.counters ? await checkCounters(app, context, options) : undefined,
  ].flatMap((problem) => problem ?? []);
  if (problems.length > 0) throw new UserError(problems.join('\n'));
}

/** @returns what is wrong, and what to do */
async function checkSchema(app: CliApp, { out }: CliContext, { json }: CheckOptions): Promise<string | undefined> {
  const rows = await app.listForeignRelations();
  for (const row of rows) out(json ? JSON.stringify(row) : `${String(row.name)} (${String(row.kind)}): not part of Feedmill`);
  const [first] = rows;
  if (first)
    return `Tables or views in schema feedmill that are not part of it: ${rows.length}. All readers may read them, and an upgrade may fail or drop them. Move each to a schema of your own: create schema mine; alter ${String(first.kind)} ${String(first.name)} set schema mine`;
  if (!json) out('Schema feedmill holds nothing but its own views.');
}

const countRecords = (count: number): string => `${count} record${count === 1 ? '' : 's'}`;

/** @returns what is wrong, and what to do */
async function checkIndex(app: CliApp, { out }: CliContext, { repair = false, json }: CheckOptions): Promise<string | undefined> {
  const rows = await app.listPutAside({ retry: repair });
  for (const row of rows)
    out(json ? JSON.stringify(row) : `record ${row.record_id} (${row.url}): not indexed after ${row.faults} tries: ${row.error}`);
  if (rows.length > 0 && !repair)
    return `${countRecords(rows.length)} could not be indexed, because of a fault in Feedmill: please report it. To try them again: feedmill check --index --repair`;
  if (!json)
    out(
      rows.length > 0 ? `${countRecords(rows.length)} will be indexed again by the poller.` : 'No record failed to be indexed.',
    );
}

/** @returns what is wrong, and what to do */
async function checkCounters(
  app: CliApp,
  { out, err }: CliContext,
  { repair = false, json }: CheckOptions,
): Promise<string | undefined> {
  let wrong = 0;
  let feeds = 0;
  let saidAt = performance.now();
  for await (const part of app.auditCounts({ repair })) {
    wrong += part.wrong.length;
    feeds = part.done;
    for (const row of part.wrong) out(json ? JSON.stringify(row) : describe(row));
    if (performance.now() - saidAt < PROGRESS_MS) continue;
    saidAt = performance.now();
    err(`${part.done} of ${countFeeds(part.total)} checked`);
  }
  const named = `The counters of ${wrong} of ${countFeeds(feeds)}`;
  if (wrong > 0 && !repair) return `${named} are wrong. To set them right: feedmill check --counters --repair`;
  if (!json) out(wrong > 0 ? `${named} were wrong and are right now.` : `The counters of ${countFeeds(feeds)} are right.`);
}

const describe = ({ feed_id: id, url, counted, found }: Row) =>
  `feed ${String(id)} (${String(url)}): counted ${JSON.stringify(counted)}, found ${JSON.stringify(found)}`;
