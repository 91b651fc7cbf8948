import { Option } from 'commander';
import { type FeedSummary, isInFolder, listFolders } from '../feeds/select-feeds.js';
import { UserError } from '../user-error.js';

/** Folders that a message lists; more would hide what it says. */
const MAX_LISTED = 20;

/** The option by which commands select feeds by folder, or `what` belongs to them. `set` moves feeds by `--folder`, so it only has `--in`. */
export const folderOption = (
  what: string,
  flags: '--folder, --in <folder>' | '--in <folder>' = '--folder, --in <folder>',
): Option => new Option(flags, `only ${what} in this folder, or in a folder within it`);

/** @throws {UserError} when no feed is in the folder, nor in one within it; it lists the folders, those with a similar name first */
export function requireFolder(feeds: readonly FeedSummary[], folder: string): void {
  if (feeds.some((feed) => isInFolder(feed, folder))) return;
  const folders = listFolders(feeds);
  if (folders.length === 0) throw new UserError(`There is no folder ${folder}: no feed is in a folder.`);
  const similar = folders.filter((name) => name.toLowerCase().includes(folder.trim().toLowerCase()));
  const listed = [...new Set([...similar, ...folders])].slice(0, MAX_LISTED);
  const more = folders.length > listed.length ? `, and ${folders.length - listed.length} more` : '';
  throw new UserError(`There is no folder ${folder}. The folders are: ${listed.join(', ')}${more}.`);
}
