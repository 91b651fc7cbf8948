import type { Command } from 'commander';
import { readOpml } from '../feeds/read-opml.js';
import type { ContentPolicy, NewFeed } from '../jobs/subscribed-feed.js';
import { decode } from '../text/decode.js';
import { present } from '../text/present.js';
import { UserError } from '../user-error.js';
import type { CliApp, CliContext } from './app.js';
import { readInput } from './input.js';
import { parseContentPolicy } from './option-values.js';
import { newFeed } from './subscribe.js';

/** Feeds added per transaction. */
const BATCH = 1_000;

/** `feedmill import`: subscribes to the feeds of an OPML file. */
export const addImportCommand = (program: Command, context: CliContext) =>
  program
    .command('import')
    .description('subscribe to the feeds of an OPML file; existing subscriptions are left unchanged')
    .argument('<file>', 'the OPML file, or - for standard input')
    .option('--content <page|feed>', "store each article's page, or the feed's own content", parseContentPolicy, 'page')
    .option('--json', 'print one JSON object per added feed')
    .action((file: string, options: { content: ContentPolicy; json?: boolean }) => importFile(file, options, context));

async function importFile(
  file: string,
  { content, json = false }: { content: ContentPolicy; json?: boolean },
  context: CliContext,
): Promise<void> {
  const { source, feeds, duplicates, problems } = await readSubscriptions(file, content);
  for (const feed of duplicates) context.err(`${feed}: listed more than once; it is added once`);
  const added = await context.withApp((app) => addInBatches(app, feeds, context));
  if (json) for (const feed of added) context.out(JSON.stringify(feed));
  else context.out(`${countNoun(added.length, 'feed')} added, ${feeds.length - added.length} already known.`);
  if (problems.length > 0)
    throw new UserError(`${countNoun(problems.length, 'outline')} of ${source} could not be used:\n${problems.join('\n')}`);
}

/** @throws {UserError} when there is no such file, or it is not OPML */
async function readSubscriptions(file: string, content: ContentPolicy) {
  const bytes = await readInput(file);
  const source = file === '-' ? 'standard input' : file;
  if (!bytes) throw new UserError(`There is no file ${file}.`);
  const opml = readOpml(decode(bytes, '', 'xml').text);
  if (opml.kind === 'not-opml') throw new UserError(`${source} is not an OPML file: ${opml.reason}`);
  const feeds: NewFeed[] = opml.feeds.map(({ url, title, folder }) => ({
    ...newFeed(url, { content }, title),
    ...present({ folder }),
  }));
  return { source, feeds, duplicates: opml.duplicates, problems: opml.problems };
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
