import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { writeAtom, writeRss } from '../export/feeds.js';
import type { ExportRecord, Selection } from '../export/record.js';
import { RECORD_FORMATS, type RecordFormat } from '../export/write-record.js';
import { writeOpml } from '../feeds/write-opml.js';
import { makeFolder } from '../make-folder.js';
import { present } from '../text/present.js';
import { UserError } from '../user-error.js';
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

/** Permissions of a new file with secrets in it: its owner may read and write it, nobody else. */
const OWNER_ONLY = 0o600;

/** Formats that write the newest records as one document. */
const FEED_WRITERS = { rss: writeRss, atom: writeAtom };
type FeedFormat = keyof typeof FEED_WRITERS;

interface Options {
  format: string;
  feed?: string;
  since?: Date;
  follow?: boolean;
  withSecrets?: boolean;
  out: string;
}

/** `feedmill export`: records or subscriptions, for other programs. */
export const addExportCommand = (program: Command, context: CliContext) =>
  program
    .command('export')
    .description('export records (archive, markdown, jsonl, rss, atom) or your subscriptions (opml)')
    .addOption(
      new Option('--format <format>', 'output format')
        .choices([...RECORD_FORMATS, ...Object.keys(FEED_WRITERS), 'opml'])
        .default('opml'),
    )
    .option('--feed <feed>', 'only records of this feed (an id or URL)')
    .option('--since <when>', 'only records added or changed since then: a date, or an age such as 12h or 7d', parseSince)
    .option('--follow', 'keep writing changes until interrupted (archive, markdown and jsonl)')
    .option('--with-secrets', 'with opml: also export the passwords in URLs and the headers of feeds')
    .option('--out <path>', 'a folder for archive and markdown, a file for the other formats, - for standard output', '-')
    .action((options: Options) =>
      context.withApp((app, stopping) => runExport(app, options, { ...context, stopping }), { stopsInOrder: true }),
    );

/** The context of a command, and when it is told to stop. */
type StoppableContext = CliContext & { stopping: AbortSignal };

async function runExport(
  app: CliApp,
  { format, feed, since, follow = false, withSecrets: secrets = false, out }: Options,
  context: StoppableContext,
): Promise<void> {
  const recordFormat = RECORD_FORMATS.find((name) => name === format);
  if (follow && !recordFormat) throw new UserError(`--follow only works with ${RECORD_FORMATS.join(', ')}.`, 2);
  if (secrets && format !== 'opml') throw new UserError('--with-secrets only works with opml.', 2);
  const feedId = feed === undefined ? undefined : (await loadNamedFeed(app, feed)).id;
  const selection: Selection = present({ feedId, since });
  try {
    if (!recordFormat) await exportDocument(app, { format, selection, out, secrets }, context);
    else await exportRecords(app, await openExport(app, recordFormat, out, context), selection, follow, context);
  } catch (cause) {
    const isFileError = cause instanceof Error && 'syscall' in cause && 'path' in cause;
    throw isFileError ? new UserError(`${out} can't be written.`, 1, { cause }) : cause;
  }
}

/** Exports the formats that are one document: RSS, Atom and OPML. */
async function exportDocument(
  app: CliApp,
  { format, selection, out, secrets }: { format: string; selection: Selection; out: string; secrets: boolean },
  context: CliContext,
): Promise<void> {
  const pieces =
    format === 'opml'
      ? writeOpml(app.readFeedPlaces(), (ids) => app.loadSubscriptions(ids, { secrets }))
      : [await writeNewestRecords(app, format as FeedFormat, selection)];
  if (out === '-') {
    for await (const piece of pieces) await context.write(piece);
    return;
  }
  await writeFile(out, pieces, { mode: secrets ? OWNER_ONLY : undefined });
  context.out(`Written to ${out}.`);
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

async function openTarget(format: RecordFormat, out: string, context: CliContext): Promise<ExportTarget> {
  if (out === '-') return openStreamTarget(context.write, format);
  if (format !== 'jsonl') {
    await makeFolder(out);
    return openFolderTarget(out);
  }
  await writeFile(out, '');
  return openStreamTarget((text) => writeFile(out, text, { flag: 'a' }), format);
}

/** An export that is under way. */
interface Export extends Pick<ExportTarget, 'remove' | 'summary'> {
  /** Writes a record. One that cannot be written is named on standard error, counted and skipped. */
  put(record: ExportRecord): Promise<void>;
  /** How many records were skipped. */
  skipped(): number;
}

async function openExport(app: CliApp, format: RecordFormat, out: string, context: StoppableContext): Promise<Export> {
  const target = await openTarget(format, out, context);
  let skipped = 0;
  return {
    ...target,
    async put(record) {
      const written = await tryToWrite(app, format, record);
      if (typeof written === 'string') return target.put(record, written);
      // Stopping ends the thread, which is not the record's fault.
      if (context.stopping.aborted) return;
      skipped += 1;
      context.err(`Record ${record.id} (${record.url}) was skipped: ${written.problem}.`);
    },
    skipped: () => skipped,
  };
}

/** The text of a record, or why it could not be written. */
async function tryToWrite(app: CliApp, format: RecordFormat, record: ExportRecord): Promise<string | { problem: string }> {
  try {
    const written = await app.writeRecord({ format, record });
    if (typeof written === 'string') return written;
    return { problem: written.reason === 'too-slow' ? 'writing it took too long' : 'writing it took too much memory' };
  } catch (error) {
    return { problem: `Feedmill has a bug (${error instanceof Error ? error.message : String(error)})` };
  }
}

/**
 * Writes all selected records and, with `follow`, every later change until the process is told to stop. It then finishes the
 * record that it is writing.
 */
async function exportRecords(
  app: CliApp,
  target: Export,
  selection: Selection,
  follow: boolean,
  context: StoppableContext,
): Promise<void> {
  const { stopping } = context;
  // Taken before the first batch, so that a record that changes during the export is written again.
  let cursor = await app.readCursor();
  let count = 0;
  for await (const batch of app.readRecordPages(selection)) {
    await putAll(target, batch, stopping);
    if (stopping.aborted) break;
    count += batch.length;
    if (process.stderr.isTTY && count % PROGRESS_RECORDS === 0) context.err(`${count} records`);
  }
  const summary = target.summary();
  if (summary) context.out(summary);
  while (follow && !stopping.aborted) {
    const next = await exportChanges(app, target, selection, cursor, stopping);
    if (next === cursor) await pause(FOLLOW_MS, stopping);
    cursor = next;
  }
  const skipped = target.skipped();
  if (skipped > 0) throw new UserError(`${skipped} ${skipped === 1 ? 'record was' : 'records were'} skipped.`);
}

async function putAll(target: Export, records: readonly ExportRecord[], stopping: AbortSignal): Promise<void> {
  for (const record of records) {
    if (stopping.aborted) return;
    await target.put(record);
  }
}

/** Waits, at most until the process is told to stop. */
const pause = (ms: number, stopping: AbortSignal): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(end, ms);
    function end() {
      clearTimeout(timer);
      stopping.removeEventListener('abort', end);
      done();
    }
    stopping.addEventListener('abort', end);
  });

/** Writes the changes after `cursor`. @returns the cursor after them */
async function exportChanges(
  app: CliApp,
  target: Export,
  selection: Selection,
  cursor: string,
  stopping: AbortSignal,
): Promise<string> {
  const changes = await app.loadChangesAfter(cursor);
  const ids = [...new Set(changes.map((change) => change.record_id))];
  const records = await app.loadRecordsById(ids, selection);
  await putAll(target, records, stopping);
  const existing = new Set(records.map(({ id }) => id));
  for (const { operation, record_id } of changes)
    if (operation === 'delete' && !existing.has(Number(record_id))) await target.remove(Number(record_id));
  return changes.at(-1)?.cursor ?? cursor;
}
