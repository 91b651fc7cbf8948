import { type Command, Option } from 'commander';
import { htmlToMarkdown } from '../articles/output/markdown.js';
import type { RecordContext } from '../export/record-filter.js';
import { toPrintable } from '../text/printable.js';
import { UserError } from '../user-error.js';
import type { CliApp, CliContext, Row } from './app.js';
import { parseRevision } from './option-values.js';
import { printRows } from './print.js';
import { compareRevisions, printComparison } from './record-diff.js';
import { describeRecord } from './record-header.js';
import { loadNamedRecord } from './record-name.js';

interface Options {
  html?: boolean;
  revisions?: boolean;
  /** The revision to compare with; true: the one before the latest. */
  diff?: number | true;
  json?: boolean;
}

/** `feedmill show record`: an article to read, its versions, or what changed between two of them. */
export const addShowRecordCommand = (show: Command, context: CliContext) =>
  show
    .command('record')
    .description('read an article, with what is known about it and where that comes from')
    .argument('<record>', 'id or URL of the record')
    .addOption(new Option('--html', 'print only the body, as sanitized HTML').conflicts(['revisions', 'diff', 'json']))
    .addOption(new Option('--revisions', 'list the versions of the record').conflicts('diff'))
    .addOption(
      new Option('--diff [revision]', 'show what changed since this revision (default: the one before the latest)').argParser(
        parseRevision,
      ),
    )
    .option('--json', 'print JSON: one object, or one per version')
    .action(async (name: string, options: Options) => {
      const loaded = await context.withApp((app) => load(app, name, options), { readsOnly: true });
      await print(loaded, options, context);
    });

/** What is shown of a record. */
interface Loaded extends RecordContext {
  record: Row;
  /** The newest first; only loaded if they are to be shown. */
  revisions: Row[];
}

async function load(app: CliApp, name: string, { revisions, diff }: Options): Promise<Loaded> {
  const record = await loadNamedRecord(app, name);
  const id = Number(record.id);
  const clusterId = record.cluster_id === null ? undefined : Number(record.cluster_id);
  return {
    record,
    ...(await app.loadRecordContext({ id, clusterId })),
    revisions: revisions || diff !== undefined ? await app.loadRevisions(id) : [],
  };
}

async function print(loaded: Loaded, { html, revisions, diff, json = false }: Options, context: CliContext): Promise<void> {
  const { record } = loaded;
  if (html) await context.write(`${String(record.content_html)}\n`);
  else if (revisions) {
    const columns = ['revision', 'stored_at', 'replaced_at', 'changed_fields', 'changed_chars', 'title'];
    printRows(context, loaded.revisions, { json, columns, empty: '' });
  } else if (diff !== undefined) await printDiff(loaded, diff, json, context);
  else if (json) {
    const { sightings, neighbours } = loaded;
    await context.write(`${JSON.stringify({ ...record, sightings, same_story: neighbours })}\n`);
  } else await context.page((write) => printArticle(loaded, write));
}

async function printArticle({ record, ...related }: Loaded, write: CliContext['write']): Promise<void> {
  await write(`${toPrintable(String(record.title))}\n\n`, 'bold');
  const lines = describeRecord(record, related);
  const width = Math.max(...lines.map(([label]) => label.length));
  for (const [label, value] of lines) {
    await write(`${label.padEnd(width)}  `, 'grey');
    await write(`${toPrintable(value)}\n`);
  }
  await write(`\n${htmlToMarkdown(String(record.content_html))}\n`);
}

async function printDiff(
  { record, revisions }: Loaded,
  wanted: number | true,
  json: boolean,
  context: CliContext,
): Promise<void> {
  const [latest, previous] = revisions;
  if (!latest || !previous)
    throw new UserError(`Record ${String(record.id)} has only one version, so there is nothing to compare.`);
  const older = wanted === true ? previous : revisions.find(({ revision }) => revision === wanted);
  if (!older || older === latest)
    throw new UserError(
      `Record ${String(record.id)} can be compared with these revisions: ${revisions
        .slice(1)
        .map(({ revision }) => String(revision))
        .join(', ')}.`,
      2,
    );
  const comparison = compareRevisions(older, latest);
  if (json) await context.write(`${JSON.stringify({ record_id: record.id, ...comparison })}\n`);
  else await context.page((write) => printComparison(comparison, { write, styles: context.styles }));
}
