import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { writeArchive } from '../export/archive.js';
import { writeAtom, writeRss } from '../export/feeds.js';
import { writeMarkdown } from '../export/markdown.js';
import type { ExportRecord, Selection } from '../export/record.js';
import { writeOpml } from '../feeds/write-opml.js';
import { makeFolder } from '../make-folder.js';
import { present } from '../text/present.js';
import { UserError } from '../user-error.js';
import { redactCredentials } from '../web/credentials.js';
import type { CliApp, CliContext } from './app.js';
import { type ExportTarget, openFolderTarget, openStreamTarget } from './export-target.js';
import { loadNamedFeed } from './feed-name.js';
import { parseSince } from './option-values.js';

/** Records in an RSS or Atom feed. Feed readers rarely accept more at once. */
const FEED_RECORDS = 100;
/** The home page that an exported feed names when its records come from more than one feed. */
const HOME = 'https://feedmill.example/';
/** Records between two lines of progress. */
const PROGRESS_RECORDS = 10_000;
/** Interval between two queries for changes with --follow, in ms. */
const FOLLOW_MS = 1_000;

/** Formats that write record by record. */
const RECORD_WRITERS: Record<string, (record: ExportRecord) => string> = {
  archive: writeArchive,
  markdown: writeMarkdown,
  jsonl: (record) => `${JSON.stringify(record)}\n`,
};
/** Formats that write the newest records as one document. */
const FEED_WRITERS = { rss: writeRss, atom: writeAtom };
type FeedFormat = keyof typeof FEED_WRITERS;

interface Options {
  format: string;
  feed?: string;
  since?: Date;
  follow?: boolean;
  out: string;
}

/** `feedmill export`: records or subscriptions, for other programs. */
export const addExportCommand = (program: Command, context: CliContext) =>
  program
    .command('export')
    .description('export records (archive, markdown, jsonl, rss, atom) or your subscriptions (opml)')
    .addOption(
      new Option('--format <format>', 'output format')
        .choices([...Object.keys(RECORD_WRITERS), ...Object.keys(FEED_WRITERS), 'opml'])
        .default('opml'),
    )
    .option('--feed <feed>', 'only records of this feed (an id or URL)')
    .option('--since <when>', 'only records added or changed since then: a date, or an age such as 12h or 7d', parseSince)
    .option('--follow', 'keep writing changes until interrupted (archive, markdown and jsonl)')
    .option('--out <path>', 'a folder for archive and markdown, a file for the other formats, - for standard output', '-')
    .action((options: Options) => context.withApp((app) => runExport(app, options, context)));

async function runExport(app: CliApp, { format, feed, since, follow = false, out }: Options, context: CliContext): Promise<void> {
  const toText = RECORD_WRITERS[format];
  if (follow && !toText) throw new UserError(`--follow only works with ${Object.keys(RECORD_WRITERS).join(', ')}.`);
  const feedId = feed === undefined ? undefined : (await loadNamedFeed(app, feed)).id;
  const selection: Selection = present({ feedId, since });
  try {
    if (!toText) await exportDocument(app, { format, selection, out }, context);
    else await exportRecords(app, await openTarget(format, toText, out, context), selection, follow, context);
  } catch (cause) {
    const isFileError = cause instanceof Error && 'syscall' in cause && 'path' in cause;
    throw isFileError ? new UserError(`${out} can't be written.`, 1, { cause }) : cause;
  }
}

/** Exports the formats that are one document: RSS, Atom and OPML. */
async function exportDocument(
  app: CliApp,
  { format, selection, out }: { format: string; selection: Selection; out: string },
  context: CliContext,
): Promise<void> {
  const text = format === 'opml' ? await writeSubscriptions(app) : await writeNewestRecords(app, format as FeedFormat, selection);
  if (out === '-') {
    await context.write(text);
    return;
  }
  await writeFile(out, text);
  context.out(`Written to ${out}.`);
}

async function writeSubscriptions(app: CliApp): Promise<string> {
  const feeds = await app.listFeeds();
  return writeOpml(
    feeds.map(({ url, title, folder }) => ({
      url: redactCredentials(String(url)),
      ...present({ title: title ? String(title) : undefined, folder: folder ? String(folder) : undefined }),
    })),
  );
}

async function writeNewestRecords(app: CliApp, format: FeedFormat, selection: Selection): Promise<string> {
  const records = await app.loadNewestRecords(selection, FEED_RECORDS);
  const [first] = records;
  const head =
    selection.feedId !== undefined && first
      ? { title: first.feed_title ?? first.feed_url, url: first.feed_url }
      : { title: 'Feedmill', url: HOME };
  return FEED_WRITERS[format](head, records);
}

async function openTarget(
  format: string,
  toText: (record: ExportRecord) => string,
  out: string,
  context: CliContext,
): Promise<ExportTarget> {
  if (out === '-') return openStreamTarget(toText, context.write, format);
  if (format !== 'jsonl') {
    await makeFolder(out);
    return openFolderTarget(out, toText);
  }
  await writeFile(out, '');
  return openStreamTarget(toText, (text) => writeFile(out, text, { flag: 'a' }), format);
}

/** Writes all selected records to the target and, with `follow`, every later change until the process is stopped. */
async function exportRecords(
  app: CliApp,
  target: ExportTarget,
  selection: Selection,
  follow: boolean,
  context: CliContext,
): Promise<void> {
  // Taken before the first batch, so that a record that changes during the export is written again.
  let cursor = await app.readCursor();
  let count = 0;
  for await (const batch of app.readRecordPages(selection)) {
    for (const record of batch) await target.put(record);
    count += batch.length;
    if (process.stderr.isTTY && count % PROGRESS_RECORDS === 0) context.err(`${count} records`);
  }
  const summary = target.summary();
  if (summary) context.out(summary);
  while (follow) {
    const next = await exportChanges(app, target, selection, cursor);
    if (next === cursor) await new Promise((done) => setTimeout(done, FOLLOW_MS));
    cursor = next;
  }
}

/** Writes the changes after `cursor`. @returns the cursor after them */
async function exportChanges(app: CliApp, target: ExportTarget, selection: Selection, cursor: string): Promise<string> {
  const changes = await app.loadChangesAfter(cursor);
  const ids = [...new Set(changes.map((change) => change.record_id))];
  const records = await app.loadRecordsById(ids, selection);
  for (const record of records) await target.put(record);
  const existing = new Set(records.map(({ id }) => id));
  for (const { operation, record_id } of changes)
    if (operation === 'delete' && !existing.has(Number(record_id))) await target.remove(Number(record_id));
  return changes.at(-1)?.cursor ?? cursor;
}
