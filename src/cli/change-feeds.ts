import type { Command, Option } from 'commander';
import type { CliContext } from './app.js';
import { confirm } from './confirm.js';
import type { FeedManager, ManagedFeed, Trial } from './feed-manager.js';
import { addSelectionOptions, loadSelectedFeeds, type SelectionOptions } from './feed-selection.js';

/** The options of every command that changes feeds. */
export interface ChangeOptions extends SelectionOptions {
  dryRun?: boolean;
  yes?: boolean;
  json?: boolean;
}

/** Adds the options that say whether and how a change is made. */
export const addChangeOptions = (command: Command): Command =>
  command
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--yes', 'change several feeds without asking')
    .option('--json', 'print one JSON object per feed');

/** Adds the options that select feeds, and those above. `--all` must be asked for: no selection is an error. */
export const addFeedChangeOptions = (command: Command, folder?: Option): Command =>
  addChangeOptions(addSelectionOptions(command, folder).option('--all', 'all feeds'));

/** A change of feeds, and what it is called: `Pause` and `Paused`, for example. */
export interface FeedChange {
  verb: string;
  done: string;
  /** Makes the change, or tries what it would do. @returns the feeds that change */
  make(trial?: Trial): Promise<ManagedFeed[]>;
}

/** The ids of the feeds that the user selected. */
export const selectIds = async (app: FeedManager, names: readonly string[], options: SelectionOptions): Promise<number[]> =>
  (await loadSelectedFeeds(app, names, options)).map(({ id }) => id);

/** Tries a change, asks the user if it is about several feeds, makes it, and says what has changed. */
export async function changeFeeds(context: CliContext, { verb, done, make }: FeedChange, options: ChangeOptions): Promise<void> {
  const wouldChange = await make('trial');
  if (options.dryRun) {
    printFeeds(context, wouldChange, options);
    if (!options.json) context.out(`${countFeeds(wouldChange.length)} would change.`);
    return;
  }
  if (wouldChange.length > 1) await confirm(context, `${verb} ${countFeeds(wouldChange.length)}?`, options.yes);
  const changed = wouldChange.length === 0 ? [] : await make();
  const [only] = changed;
  if (options.json) printFeeds(context, changed, options);
  else if (!only) context.out('Nothing to change.');
  else context.out(`${done} ${changed.length === 1 ? describeChange(only) : countFeeds(changed.length)}`);
}

function printFeeds(context: CliContext, feeds: readonly ManagedFeed[], { json }: ChangeOptions): void {
  for (const feed of feeds) {
    const { feed_id: id, feed_url: url, ...rest } = feed;
    context.out(json ? JSON.stringify({ id: Number(id), url, ...rest }) : describeChange(feed));
  }
}

/** A feed, and what of it changes. */
function describeChange({ feed_url: url, changed, folder }: ManagedFeed): string {
  if (changed) return `${url}: ${changed.join(', ')}`;
  return folder === undefined ? url : `${url}: ${folder ?? 'no folder'}`;
}

/** `1 feed`, `2 feeds`. */
export const countFeeds = (count: number): string => `${count} feed${count === 1 ? '' : 's'}`;
