import type { Command } from 'commander';
import type { OpmlFeed } from '../feeds/opml.js';
import { OpmlReader } from '../feeds/read-opml.js';
import type { ContentPolicy, NewFeed } from '../jobs/subscribed-feed.js';
import { decodePieces } from '../text/decode.js';
import { UserError } from '../user-error.js';
import type { CliApp, CliContext } from './app.js';
import { openInput } from './input.js';
import { parseContentPolicy } from './option-values.js';

/** Feeds added per transaction. */
const BATCH = 1_000;

interface Options {
  content: ContentPolicy;
  dryRun?: boolean;
  json?: boolean;
}

/** `feedmill import`: subscribes to the feeds of an OPML file. */
export const addImportCommand = (program: Command, context: CliContext) =>
  program
    .command('import')
    .description('subscribe to the feeds of an OPML file, with the settings in it; existing subscriptions are left unchanged')
    .argument('<file>', 'the OPML file, or - for standard input')
    .option(
      '--content <page|feed>',
      "store each article's page, or the feed's own content, where the file does not say which",
      parseContentPolicy,
      'page',
    )
    .option('--dry-run', 'only say which feeds would be added')
    .option('--json', 'print one JSON object per added feed')
    .action((file: string, options: Options) => importFile(file, options, context));

async function importFile(file: string, options: Options, context: CliContext): Promise<void> {
  const source = file === '-' ? 'standard input' : file;
  const bytes = await openInput(file);
  if (!bytes) throw new UserError(`There is no file ${file}.`, 2);
  const reader = new OpmlReader();
  const refuseBadFile = () => {
    if (reader.refusal !== undefined) throw new UserError(`${source} is not an OPML file: ${reader.refusal}`);
  };
  const batches = readFeeds(bytes, reader);
  // Before the database is needed, it is clear whether this is OPML at all.
  const first = await batches.next();
  refuseBadFile();
  const counts = await context.withApp((app) => takeFeeds(app, continueWith(first, batches), options, context));
  for (const feed of reader.duplicates) context.err(`${feed}: listed more than once; it is added once`);
  if (!options.json) {
    const known = counts.feeds - counts.added;
    context.out(`${countNoun(counts.added, 'feed')} ${options.dryRun ? 'would be added' : 'added'}, ${known} already known.`);
  }
  refuseBadFile();
  const { problems } = reader;
  if (problems.length > 0) throw new UserError(`${countNoun(problems.length, 'problem')} in ${source}:\n${problems.join('\n')}`);
}

/** The feeds of a file in batches of at most BATCH. The file is read as they are taken, so it may be of any length. */
async function* readFeeds(bytes: AsyncIterable<Uint8Array>, reader: OpmlReader): AsyncGenerator<OpmlFeed[]> {
  let batch: OpmlFeed[] = [];
  for await (const piece of decodePieces(bytes, 'xml')) {
    batch.push(...reader.write(piece));
    for (; batch.length >= BATCH; batch = batch.slice(BATCH)) yield batch.slice(0, BATCH);
    if (reader.refusal !== undefined) return;
  }
  batch.push(...reader.end());
  yield batch;
}

async function* continueWith<Item>(first: IteratorResult<Item>, rest: AsyncIterable<Item>): AsyncGenerator<Item> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

/** Adds the feeds, or only finds out which would be added, and prints them as the options say. */
async function takeFeeds(
  app: CliApp,
  batches: AsyncIterable<OpmlFeed[]>,
  { content, dryRun = false, json = false }: Options,
  context: CliContext,
): Promise<{ feeds: number; added: number }> {
  const counts = { feeds: 0, added: 0 };
  for await (const batch of batches) {
    const feeds: NewFeed[] = batch.map((feed) => ({ content, ...feed }));
    const added = dryRun ? await findNew(app, feeds) : await app.addFeeds(feeds);
    if (json) for (const feed of added) context.out(JSON.stringify(feed));
    else if (dryRun) for (const { url } of added) context.out(url);
    counts.feeds += feeds.length;
    counts.added += added.length;
    if (feeds.length === BATCH && process.stderr.isTTY) context.err(`${counts.feeds} feeds read, ${counts.added} added`);
  }
  return counts;
}

/** The feeds that an import would add: those that are not subscribed to, paused or not. */
async function findNew(app: CliApp, feeds: readonly NewFeed[]): Promise<{ url: string }[]> {
  const known = new Set(await app.findSubscribed(feeds.map(({ url }) => url)));
  return feeds.filter(({ url }) => !known.has(url)).map(({ url }) => ({ url }));
}

const countNoun = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
