import type { Command } from 'commander';
import { readOpml } from '../feeds/read-opml.js';
import type { ContentPolicy, NewFeed } from '../jobs/subscribed-feed.js';
import { decode } from '../text/decode.js';
import { UserError } from '../user-error.js';
import type { CliApp, CliContext } from './app.js';
import { readInput } from './input.js';
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

async function importFile(file: string, { content, dryRun = false, json = false }: Options, context: CliContext): Promise<void> {
  const { source, feeds, duplicates, problems } = await readSubscriptions(file, content);
  for (const feed of duplicates) context.err(`${feed}: listed more than once; it is added once`);
  const added = await context.withApp((app) => (dryRun ? findNew(app, feeds) : addInBatches(app, feeds, context)));
  if (json) for (const feed of added) context.out(JSON.stringify(feed));
  else {
    if (dryRun) for (const { url } of added) context.out(url);
    const known = feeds.length - added.length;
    context.out(`${countNoun(added.length, 'feed')} ${dryRun ? 'would be added' : 'added'}, ${known} already known.`);
  }
  if (problems.length > 0) throw new UserError(`${countNoun(problems.length, 'problem')} in ${source}:\n${problems.join('\n')}`);
}

/** @throws {UserError} when there is no such file, or it is not OPML */
async function readSubscriptions(file: string, content: ContentPolicy) {
  const bytes = await readInput(file);
  const source = file === '-' ? 'standard input' : file;
  if (!bytes) throw new UserError(`There is no file ${file}.`, 2);
  const opml = readOpml(decode(bytes, '', 'xml').text);
  if (opml.kind === 'not-opml') throw new UserError(`${source} is not an OPML file: ${opml.reason}`);
  const feeds: NewFeed[] = opml.feeds.map((feed) => ({ content, ...feed }));
  return { source, feeds, duplicates: opml.duplicates, problems: opml.problems };
}

/** The feeds that an import would add: those that are not subscribed to, paused or not. */
async function findNew(app: CliApp, feeds: readonly NewFeed[]): Promise<{ url: string }[]> {
  const active = (await app.listFeeds()).filter(({ state }) => state !== 'retired');
  const known = new Set(active.map(({ url }) => String(url)));
  return feeds.filter(({ url }) => !known.has(url)).map(({ url }) => ({ url }));
}

async function addInBatches(app: CliApp, feeds: readonly NewFeed[], context: CliContext) {
  const added = [];
  for (let start = 0; start < feeds.length; start += BATCH) {
    added.push(...(await app.addFeeds(feeds.slice(start, start + BATCH))));
    if (feeds.length > BATCH && process.stderr.isTTY)
      context.err(`${Math.min(start + BATCH, feeds.length)} of ${feeds.length} feeds`);
  }
  return added;
}

const countNoun = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
