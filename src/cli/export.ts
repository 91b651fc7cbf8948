import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { writeArchive } from '../export/archive.js';
import { writeAtom, writeRss } from '../export/feeds.js';
import { writeMarkdown } from '../export/markdown.js';
import { type ExportRecord, parseRecordId, recordFileName, recordPath, type Selection } from '../export/record.js';
import { writeOpml } from '../feeds/opml.js';
import { makeFolder } from '../make-folder.js';
import { UserError } from '../user-error.js';
import { redactCredentials } from '../web/credentials.js';
import type { CliApp, CliContext } from './app.js';
import { findFeed } from './listings.js';

/** Records in an RSS or Atom feed: readers of feeds take no more at once. */
const FEED_RECORDS = 100;
/** What a feed of many feeds' records stands for. */
const HOME = 'https://feedmill.example/';
/** Records from one word of progress to the next. */
const PROGRESS = 10_000;
/** While following, it is looked for changes so often, in ms. */
const FOLLOW_MS = 1_000;

const WRITERS: Record<string, (record: ExportRecord) => string> = {
  archive: writeArchive,
  markdown: writeMarkdown,
  jsonl: (record) => `${JSON.stringify(record)}\n`,
};
const FEED_WRITERS = { rss: writeRss, atom: writeAtom };

interface Options {
  format: string;
  feed?: string;
  since?: Date;
  follow: boolean;
  out: string;
}

/** Where records go, one by one. */
interface Target {
  put(record: ExportRecord): Promise<void>;
  remove(id: number): Promise<void>;
  /** What was done, in words; undefined where it speaks for itself. */
  summary(): string | undefined;
}

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** A date, or how long ago: `2026-03-01`, `2026-03-01T12:00Z`, `90m`, `12h`, `7d`, `2w`. */
function readSince(text: string): Date {
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const date = unit ? new Date(Date.now() - Number(count) * (UNITS[unit] ?? 0)) : new Date(text);
  if (!/^\d/.test(text) || Number.isNaN(date.getTime()))
    throw new InvalidArgumentError('It is a date such as 2026-03-01, or how long ago: 90m, 12h, 7d, 2w.');
  return date;
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Removes a file, if there is one. @returns whether there was */
async function removeFile(path: string): Promise<boolean> {
  try {
    await rm(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** What an export that was killed left half written, once it can't be one that still runs: so long after, in ms. */
const ABANDONED_MS = 3_600_000;
const UNFINISHED = /^\d+\.md\.\d+-[0-9a-f]{8}\.new$/;

async function removeAbandoned(path: string): Promise<void> {
  try {
    if ((await stat(path)).mtimeMs < Date.now() - ABANDONED_MS) await rm(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Where the files of records lie that are there from before: the folder of each, by the record's id. Removes what was abandoned. */
async function foldersOf(out: string): Promise<Map<number, string>> {
  const folders = new Map<number, string>();
  for (const entry of await readdir(out, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    for (const file of await readdir(join(out, entry.name))) {
      const id = parseRecordId(file);
      if (id !== undefined) folders.set(id, entry.name);
      else if (UNFINISHED.test(file)) await removeAbandoned(join(out, entry.name, file));
    }
  }
  return folders;
}

/**
 * One file a record, in a folder for each feed. A file is written when it is new or has changed, and is never half written; one whose feed has moved
 * moves along.
 */
async function folderTarget(folder: string, write: (record: ExportRecord) => string): Promise<Target> {
  const folders = await foldersOf(folder);
  let [written, unchanged, removed] = [0, 0, 0];
  return {
    async put(record) {
      const place = recordPath(record);
      const path = join(folder, place.folder, place.file);
      const text = write(record);
      const before = folders.get(record.id);
      if (before !== undefined && before !== place.folder) await removeFile(join(folder, before, place.file));
      folders.set(record.id, place.folder);
      if ((await readFile(path, 'utf8').catch(() => undefined)) === text) {
        unchanged += 1;
        return;
      }
      await makeFolder(join(folder, place.folder));
      // Of this process alone: another may write the same record at the same time.
      const unfinished = `${path}.${process.pid}-${randomUUID().slice(0, 8)}.new`;
      await writeFile(unfinished, text);
      await rename(unfinished, path);
      written += 1;
    },
    async remove(id) {
      const before = folders.get(id);
      if (before !== undefined && (await removeFile(join(folder, before, recordFileName(id))))) removed += 1;
      folders.delete(id);
    },
    summary: () => `${written} written, ${unchanged} unchanged${removed > 0 ? `, ${removed} removed` : ''} in ${folder}.`,
  };
}

/** All records one after the other on the terminal, or in a file. */
function streamTarget(write: (text: string) => Promise<void>, format: string): Target {
  const toText = WRITERS[format] ?? (() => '');
  return {
    put: (record) => write(toText(record)),
    // Only JSON Lines has a way to say so.
    remove: async (id) => (format === 'jsonl' ? write(`${JSON.stringify({ id, deleted: true })}\n`) : undefined),
    summary: () => undefined,
  };
}

async function exportRecords(app: CliApp, target: Target, selection: Selection, follow: boolean, { out: say, err }: CliContext) {
  // Taken before the first page: what changes meanwhile comes again.
  let cursor = await app.currentCursor();
  let count = 0;
  for await (const page of app.pages(selection)) {
    for (const record of page) await target.put(record);
    count += page.length;
    if (process.stderr.isTTY && count % PROGRESS === 0) err(`${count} records`);
  }
  const summary = target.summary();
  if (summary) say(summary);
  while (follow) {
    const changes = await app.changesAfter(cursor);
    const ids = [...new Set(changes.map(({ record_id }) => record_id))];
    const records = await app.recordsById(ids, selection);
    for (const record of records) await target.put(record);
    const there = new Set(records.map(({ id }) => id));
    for (const { operation, record_id } of changes)
      if (operation === 'delete' && !there.has(Number(record_id))) await target.remove(Number(record_id));
    cursor = changes.at(-1)?.cursor ?? cursor;
    if (changes.length === 0) await new Promise((done) => setTimeout(done, FOLLOW_MS));
  }
}

async function feedsAsOpml(app: CliApp): Promise<string> {
  const feeds = (await app.listFeeds()).map(({ url, title, folder }) => ({
    url: redactCredentials(String(url)),
    ...(title ? { title: String(title) } : {}),
    ...(folder ? { folder: String(folder) } : {}),
  }));
  return writeOpml(feeds);
}

async function recordsAsFeed(app: CliApp, format: 'rss' | 'atom', selection: Selection, feed?: string): Promise<string> {
  const records = await app.newestRecords(selection, FEED_RECORDS);
  const [first] = records;
  const head =
    feed && first ? { title: first.feed_title ?? first.feed_url, url: first.feed_url } : { title: 'Feedmill', url: HOME };
  return FEED_WRITERS[format](head, records);
}

/** `feedmill export`: what is here, for other programs. */
export const exportRecordsOrFeeds = (program: Command, context: CliContext) =>
  program
    .command('export')
    .description('write records (archive, markdown, jsonl, rss, atom) or your subscriptions (opml) for other programs')
    .addOption(
      new Option('--format <format>', 'what to write')
        .choices([...Object.keys(WRITERS), ...Object.keys(FEED_WRITERS), 'opml'])
        .default('opml'),
    )
    .option('--feed <feed>', 'records of this feed alone: its id or address')
    .option('--since <when>', 'records that are new or changed since: a date, or 12h, 7d…', readSince)
    .option('--follow', 'go on with what changes, until stopped: archive, markdown and jsonl', false)
    .option('--out <where>', 'a folder for archive and markdown, else a file; -: the terminal', '-')
    .action(({ format, feed, since, follow, out }: Options) =>
      context.withApp(async (app) => {
        const toText = WRITERS[format];
        if (follow && !toText) throw new UserError(`--follow goes with ${Object.keys(WRITERS).join(', ')}.`);
        const selection: Selection = {
          ...(feed === undefined ? {} : { feedId: (await findFeed(app, feed)).id }),
          ...(since === undefined ? {} : { since }),
        };
        const writable = <T>(work: Promise<T>) =>
          work.catch((cause: unknown) => {
            const failed = cause instanceof Error && 'syscall' in cause && 'path' in cause;
            throw failed ? new UserError(`${out} can't be written.`, 1, { cause }) : cause;
          });
        if (!toText) {
          const text =
            format === 'opml' ? await feedsAsOpml(app) : await recordsAsFeed(app, format as 'rss' | 'atom', selection, feed);
          if (out === '-') return context.write(text);
          await writable(writeFile(out, text));
          return context.out(`Written to ${out}.`);
        }
        if (out !== '-' && format !== 'jsonl') {
          await writable(makeFolder(out));
          return writable(exportRecords(app, await writable(folderTarget(out, toText)), selection, follow, context));
        }
        if (out !== '-') await writable(writeFile(out, ''));
        const write = out === '-' ? context.write : (text: string) => writeFile(out, text, { flag: 'a' });
        return writable(exportRecords(app, streamTarget(write, format), selection, follow, context));
      }),
    );
