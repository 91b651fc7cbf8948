import { createHash } from 'node:crypto';
import { present } from '../text/present.js';
import { normalizeUrl } from '../web/normalize-url.js';
import type { FeedEntry, IdentityRule, ParsedEntry } from './feed.js';
import { groupBy } from './group-by.js';

/** The sha256 of some texts, in hex. */
export const hashTexts = (texts: readonly (string | undefined)[]): string =>
  createHash('sha256')
    .update(texts.map((text) => text ?? '').join('\0'))
    .digest('hex');

/** Longest key, in characters; a longer one is replaced by its hash. A Postgres index holds 2,700 bytes. */
const MAX_KEY_LENGTH = 500;
/** From this many entries on, a pattern is the publisher's doing; below, it may be one editor's edits. */
export const PATTERN_MINIMUM = 3;

/** An entry with the normalized link of its page. */
type LinkedEntry = ParsedEntry & { link: string | undefined };

/**
 * Gives each entry its key within its feed: its guid if no other entry of the document has it, else its normalized link if no
 * other entry has that, else a hash of its content. Of entries with the same key, the first is kept. The rule `link` ignores
 * guids.
 */
export function identify(entries: readonly ParsedEntry[], feedUrl: string, rule: IdentityRule): FeedEntry[] {
  const linked = entries.map((entry) => linkEntry(entry, feedUrl, rule));
  const sharedGuids = countShared(linked, ({ guid }) => guid, differDespiteGuid);
  const getUsableGuid = ({ guid }: LinkedEntry) => (guid === undefined || sharedGuids.has(guid) ? undefined : guid);
  const sharedLinks = countShared(
    linked,
    ({ link }) => link,
    (group) =>
      differIn(group, getHeadline) &&
      (group.every((entry) => getUsableGuid(entry) === undefined) || differIn(group, getUsableGuid)),
  );
  const byKey = new Map<string, FeedEntry>();
  for (const linkedEntry of linked) {
    const { link, ...entry } = linkedEntry;
    const sharedBy = link ? (sharedLinks.get(link) ?? 0) : 0;
    const contentHash = hashTexts([entry.title, link, entry.contentHtml, entry.summaryHtml]);
    const ownLink = link && sharedBy === 0 ? link : undefined;
    const key = hashIfLonger(getUsableGuid(linkedEntry) ?? ownLink ?? `sha256:${contentHash}`, MAX_KEY_LENGTH);
    if (byKey.has(key)) continue;
    const sharesLink = sharedBy >= PATTERN_MINIMUM || undefined;
    byKey.set(key, { ...entry, key, ...present({ normalizedUrl: link || undefined, sharesLink }), contentHash });
  }
  return [...byKey.values()];
}

function linkEntry({ guid, ...entry }: ParsedEntry, feedUrl: string, rule: IdentityRule): LinkedEntry {
  const link = entry.url ? normalizeUrl(entry.url, feedUrl) : undefined;
  return { ...entry, ...present({ guid: rule === 'link' ? undefined : guid }), link };
}

/** A guid or key, or its hash if it has more than `limit` characters. The hash of a long guid is a key already. */
export const hashIfLonger = (text: string, limit: number): string => (text.length > limit ? `sha256:${hashTexts([text])}` : text);

/** The guids (or links) that several different entries share, and how many do. Such a guid identifies nothing. */
function countShared(
  entries: readonly LinkedEntry[],
  getText: (entry: LinkedEntry) => string | undefined,
  areDifferent: (entries: readonly LinkedEntry[]) => boolean,
): Map<string, number> {
  return new Map(
    [...groupBy(entries, getText)].flatMap(([text, group]) =>
      text !== undefined && group.length > 1 && areDifferent(group) ? [[text, group.length] as const] : [],
    ),
  );
}

const differIn = <T>(entries: readonly T[], getPart: (entry: T) => unknown): boolean => new Set(entries.map(getPart)).size > 1;

const getHeadline = ({ title, contentHtml, summaryHtml }: ParsedEntry) => title ?? contentHtml ?? summaryHtml;

/** Entries with the same guid may be versions of one entry. Versions share their link, and their title or their date. */
const differDespiteGuid = (entries: readonly LinkedEntry[]): boolean =>
  differIn(entries, ({ link }) => link) ||
  (differIn(entries, getHeadline) &&
    (entries.every(({ link }) => link === undefined) || differIn(entries, ({ publishedAt }) => publishedAt?.getTime())));
