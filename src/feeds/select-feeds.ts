import { redactCredentials } from '../web/credentials.js';
import { parseFeedAddress } from './discover.js';
import { FOLDER_SEPARATOR } from './opml.js';

/** The state of a feed, as the view feedmill.feeds shows it. */
export type FeedState = 'well' | 'failing' | 'held back by its host' | 'not polled yet' | 'retired' | 'paused' | 'removed';

/** What feeds are selected by. */
export interface FeedSummary {
  id: number;
  /** Without user name and password. */
  url: string;
  title: string | null;
  folder: string | null;
  state: FeedState;
}

/** Which feeds a command is about: those with one of the names that are also in the folder and in one of the states. */
export interface FeedSelection {
  /** Ids, URLs, or globs of URLs and titles; empty: feeds of any name. */
  names: readonly string[];
  /** The folder that contains them, or contains their folders. */
  folder?: string | undefined;
  /** Empty: any state but removed. A feed that is named by its id or URL may be removed. */
  states: readonly FeedState[];
}

/** The selected feeds in their given order, and the names that no feed has. */
export function selectFeeds<Feed extends FeedSummary>(
  feeds: readonly Feed[],
  { names, folder, states }: FeedSelection,
): { selected: Feed[]; unknown: string[] } {
  const isMatch = names.map(matcherOf);
  const named = new Map(feeds.map((feed) => [feed, isMatch.flatMap((matches, n) => (matches(feed) ? [n] : []))]));
  const known = new Set([...named.values()].flat());
  const isInState = ({ state }: Feed, by: readonly number[]) =>
    states.length > 0 ? states.includes(state) : state !== 'removed' || by.some((n) => !isGlob(names[n] ?? ''));
  const selected = feeds.filter((feed) => {
    const by = named.get(feed) ?? [];
    return (names.length === 0 || by.length > 0) && (folder === undefined || isInFolder(feed, folder)) && isInState(feed, by);
  });
  return { selected, unknown: names.filter((_, n) => !known.has(n)) };
}

/** Whether a feed is in this folder, or in a folder within it. */
export const isInFolder = ({ folder: own }: FeedSummary, folder: string): boolean =>
  own === folder || (own?.startsWith(folder + FOLDER_SEPARATOR) ?? false);

/** The folders of feeds and those around them, in alphabetical order. */
export function listFolders(feeds: readonly FeedSummary[]): string[] {
  const folders = new Set<string>();
  for (const { folder } of feeds) {
    const parts = folder?.split(FOLDER_SEPARATOR) ?? [];
    for (const n of parts.keys()) folders.add(parts.slice(0, n + 1).join(FOLDER_SEPARATOR));
  }
  return [...folders].sort((a, b) => a.localeCompare(b));
}

/** `*` is the only wildcard: `?` and `[` are common in URLs. */
const isGlob = (name: string): boolean => name.includes('*');

function matcherOf(name: string): (feed: FeedSummary) => boolean {
  if (/^\d{1,15}$/.test(name)) return ({ id }) => id === Number(name);
  if (!isGlob(name)) {
    const urls = [name, parseFeedAddress(name) ?? name].map(redactCredentials);
    return ({ url }) => urls.includes(url);
  }
  const parts = name.toLowerCase().split('*');
  return ({ url, title }) => matchesParts(url.toLowerCase(), parts) || matchesParts(title?.toLowerCase() ?? '', parts);
}

/** Whether the text consists of the parts, in their order, with anything between two of them. Finds each part once: no backtracking. */
function matchesParts(text: string, parts: readonly string[]): boolean {
  const [first = '', ...others] = parts;
  const last = others.pop() ?? '';
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
