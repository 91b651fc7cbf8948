import { type Command, InvalidArgumentError } from 'commander';
import type { ContentPolicy } from '../jobs/subscribed-feed.js';
import { present } from '../text/present.js';
import { UserError } from '../user-error.js';
import type { CliContext } from './app.js';
import { addFeedChangeOptions, type ChangeOptions, changeFeeds, type FeedChange, selectIds } from './change-feeds.js';
import type { FeedSettings } from './feed-manager.js';
import { FEED_NAMES } from './feed-selection.js';
import { folderOption } from './folders.js';
import { parseHeaderLines } from './header-lines.js';
import { readInput } from './input.js';
import { parseContentPolicy, parseMinutes } from './option-values.js';

interface Options extends ChangeOptions {
  every?: string;
  content?: ContentPolicy;
  folder?: string;
  ignoreRobots?: boolean;
  gap?: string;
  headers?: string;
}

/** `feedmill set`: changes the settings of feeds. */
export const addSetCommand = (program: Command, context: CliContext) =>
  addFeedChangeOptions(
    program
      .command('set')
      .description('change the settings of feeds')
      .argument('[feed...]', FEED_NAMES)
      .option('--every <minutes>', 'poll at this interval, or "auto": as often as the feed publishes', parseInterval)
      .option('--content <page|feed>', "store each new article's page, or the feed's own content", parseContentPolicy)
      .option('--folder <name>', 'move to this folder; an empty name is the top level')
      .option('--ignore-robots', 'fetch article pages even where robots.txt forbids it (only for your own sites)')
      .option('--no-ignore-robots', 'obey robots.txt')
      .option(
        '--gap <duration>',
        'pause between two requests to its host, such as 5s, or "default"; for all feeds there',
        parseGap,
      )
      .option(
        '--headers <file>',
        'headers of its requests, one "Name: value" a line; - for standard input, "none" for no headers',
      ),
    folderOption('feeds', '--in <folder>'),
  ).action((names: string[], options: Options) =>
    context.withApp(async (app) => {
      const settings = await readSettings(options);
      const ids = await selectIds(app, names, options);
      const make: FeedChange['make'] = (trial) => app.setFeeds(ids, settings, trial);
      await changeFeeds(context, { verb: 'Change', done: 'Changed', make }, options);
    }),
  );

async function readSettings({ every, content, folder, ignoreRobots, gap, headers }: Options): Promise<FeedSettings> {
  const settings: FeedSettings = {
    ...(every !== undefined && { every: every === 'auto' ? null : every }),
    ...(gap !== undefined && { gap: gap === 'default' ? null : gap }),
    ...(headers !== undefined && { headers: await readHeaders(headers) }),
    ...present({ content, folder, ignore_robots: ignoreRobots }),
  };
  if (Object.keys(settings).length > 0) return settings;
  throw new UserError('Say what to change: --every, --content, --folder, --ignore-robots, --gap or --headers.', 2);
}

/** The values are secrets, so they come from a file rather than from the command line, which other users of the machine see. */
async function readHeaders(file: string): Promise<Record<string, string> | null> {
  if (file === 'none') return null;
  const bytes = await readInput(file);
  if (!bytes) throw new UserError(`There is no file ${file}.`, 2);
  return parseHeaderLines(Buffer.from(bytes).toString('utf8'));
}

/** An interval in minutes as Postgres reads it, or `auto`. Not null, which Commander would make an empty text. */
const parseInterval = (text: string): string => (text === 'auto' ? text : `${parseMinutes(text)} milliseconds`);

/** A duration as Postgres reads it, which checks it, or `default`. */
function parseGap(text: string): string {
  if (text === 'default' || /^\d{1,9}(\.\d{1,3})?(ms|s|m)$/.test(text)) return text;
  throw new InvalidArgumentError('Expected a duration such as 500ms, 5s or 1m, or "default".');
}
