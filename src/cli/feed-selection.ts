import type { Command } from 'commander';
import { type FeedSelection, type FeedState, type FeedSummary, selectFeeds } from '../feeds/select-feeds.js';
import { UserError } from '../user-error.js';
import type { FeedManager } from './feed-manager.js';
import { folderOption, requireFolder } from './folders.js';

/** The options that select feeds beside their names. `in` is a folder. */
export interface SelectionOptions {
  in?: string;
  failing?: true;
  paused?: true;
  retired?: true;
  removed?: true;
  all?: true;
}

/** Describes the argument that names feeds. */
export const FEED_NAMES = 'ids, URLs, or globs of URLs and titles, such as "https://*.example.org/*"';

/** Adds the options that select feeds to a command. */
export const addSelectionOptions = (command: Command, folder = folderOption('feeds')): Command =>
  command
    .addOption(folder)
    .option('--failing', 'only feeds whose last poll failed')
    .option('--paused', 'only feeds that are paused')
    .option('--retired', 'only feeds that are retired')
    .option('--removed', 'only feeds that were removed and kept their records');

const STATES: readonly FeedState[] = ['failing', 'paused', 'retired', 'removed'];

/**
 * Loads the feeds that the user selected; those that were removed only if they are named by id or URL, or by `--removed`.
 * @throws {UserError} when there is no such feed or folder, or nothing at all was selected
 */
export async function loadSelectedFeeds(
  app: Pick<FeedManager, 'loadFeedSummaries'>,
  names: readonly string[],
  options: SelectionOptions,
): Promise<FeedSummary[]> {
  const states = STATES.filter((state) => options[state as keyof SelectionOptions]);
  if (names.length === 0 && options.in === undefined && states.length === 0 && !options.all)
    throw new UserError('Say which feeds: by id, URL or glob, or by --in FOLDER, --failing, --paused or --retired.', 2);
  return selectKnownFeeds(await app.loadFeedSummaries(), { names, folder: options.in, states });
}

/** Selects feeds. @throws {UserError} when a name is that of no feed, or the folder is that of none */
export function selectKnownFeeds(feeds: readonly FeedSummary[], selection: FeedSelection): FeedSummary[] {
  const { selected, unknown } = selectFeeds(feeds, selection);
  if (unknown.length > 0) throw new UserError(`There is no feed ${unknown.join(', ')}. To see all feeds: feedmill list`);
  if (selection.folder !== undefined) requireFolder(feeds, selection.folder);
  return selected;
}
