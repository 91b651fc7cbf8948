import { createHash } from 'node:crypto';
import { normalizeUrl } from '../web/normalize-url.js';
import type { FeedEntry, IdentityRule, ParsedEntry } from './feed.js';

const sha256 = (parts: readonly (string | undefined)[]) =>
  createHash('sha256')
    .update(parts.map((part) => part ?? '').join('\0'))
    .digest('hex');

/** Longer guids are kept by their hash: an index of Postgres holds 2,700 bytes. */
const MAX_KEY_LENGTH = 500;
/** So many entries that all changed in one way are the feed's doing; fewer may be an editor's. */
const ALL_MINIMUM = 3;

/**
 * Gives each entry its key in its feed: the guid where it stands for one item of the document only, else the canonical link where that
 * does, else a hash of what the entry says. Entries with one key are one entry: the first is kept. Under the rule `link`, guids are left out.
 */
export function identify(entries: readonly ParsedEntry[], feedUrl: string, rule: IdentityRule): FeedEntry[] {
  const linked = entries.map(({ guid, ...entry }) => ({
    ...entry,
    ...(guid === undefined || rule === 'link' ? {} : { guid }),
    link: entry.url ? normalizeUrl(entry.url, feedUrl) : undefined,
  }));
  const sharedGuids = shared(linked, ({ guid }) => guid, tellApartByGuid);
  const usable = (guid: string | undefined) => (guid === undefined || sharedGuids.has(guid) ? undefined : guid);
  const sharedLinks = shared(
    linked,
    ({ link }) => link,
    (group) =>
      differ(group, nameOf) &&
      (group.every(({ guid }) => usable(guid) === undefined) || differ(group, ({ guid }) => usable(guid))),
  );
  const byKey = new Map<string, FeedEntry>();
  for (const { link, ...entry } of linked) {
    const contentHash = sha256([entry.title, link, entry.contentHtml, entry.summaryHtml]);
    const key = bounded(usable(entry.guid) ?? (link && !sharedLinks.get(link) ? link : undefined) ?? `sha256:${contentHash}`);
    if (byKey.has(key)) continue;
    byKey.set(key, {
      ...entry,
      key,
      ...(link ? { normalizedUrl: link } : {}),
      ...(link && (sharedLinks.get(link) ?? 0) >= ALL_MINIMUM ? { sharesLink: true } : {}),
      contentHash,
    });
  }
  return [...byKey.values()];
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

const bounded = (key: string) => (key.length > MAX_KEY_LENGTH ? `sha256:${sha256([key])}` : key);

type Linked = ParsedEntry & { link: string | undefined };

/** The guids (or links) that stand on several items which are not the same, and on how many: they tell nothing. */
function shared(
  entries: readonly Linked[],
  handle: (entry: Linked) => string | undefined,
  tellApart: (entries: readonly Linked[]) => boolean,
): Map<string, number> {
  return new Map(
    [...groupBy(entries, handle)].flatMap(([text, group]) =>
      text !== undefined && group.length > 1 && tellApart(group) ? [[text, group.length] as const] : [],
    ),
  );
}

const differ = <T>(entries: readonly T[], part: (entry: T) => unknown) => new Set(entries.map(part)).size > 1;
const nameOf = ({ title, contentHtml, summaryHtml }: ParsedEntry) => title ?? contentHtml ?? summaryHtml;

/** One guid twice may be two versions of an item: these have one link, and one title or one date. */
const tellApartByGuid = (entries: readonly Linked[]) =>
  differ(entries, ({ link }) => link) ||
  (differ(entries, nameOf) &&
    (entries.every(({ link }) => link === undefined) || differ(entries, ({ publishedAt }) => publishedAt?.getTime())));

/** What is known of an entry of earlier polls. */
export interface KnownEntry {
  key: string;
  guid?: string;
  normalizedUrl?: string;
  title?: string;
  publishedAt?: Date;
  contentHash: string;
}

export interface Recognition {
  /** The entries, under the keys of the known entries that they are. */
  entries: FeedEntry[];
  /** All that came again have other guids than before: such guids identify nothing. */
  guidsChanged: boolean;
}

/**
 * Finds the entries of a document among those of earlier polls, so that none is lost or doubled for what its publisher does to its guid:
 * - the same guid and link, or the same key, is the same entry, however it was edited;
 *   but a guid with another link, title and date is an old id that is used again, and a new entry;
 * - a link whose entry lost, got or changed its guid, and kept its title or its date, is the same entry;
 * - entries that all have new guids and links, while title and date are those of known ones, are the known ones after a redesign.
 * Does not depend on the order of the document.
 */
export function recognize(entries: readonly FeedEntry[], known: readonly KnownEntry[]): Recognition {
  const found = new Map<FeedEntry, KnownEntry>();
  const taken = new Set<KnownEntry>();
  const match = (find: (entry: FeedEntry) => KnownEntry | undefined) => {
    for (const entry of entries) {
      const row = found.has(entry) ? undefined : find(entry);
      if (!row || taken.has(row)) continue;
      found.set(entry, row);
      taken.add(row);
    }
  };
  const byKey = new Map(known.map((row) => [row.key, row]));
  const byLink = groupBy(known, ({ normalizedUrl: link }) => link);
  const byHash = groupBy(known, ({ contentHash }) => contentHash);
  const guids = new Set(entries.flatMap(({ guid }) => guid ?? []));
  const links = groupBy(entries, ({ normalizedUrl: link }) => link);
  const isGone = ({ guid }: KnownEntry) => guid === undefined || !guids.has(guid);

  match((entry) => {
    const row = byKey.get(entry.key);
    return row?.contentHash === entry.contentHash ? row : undefined;
  });
  match((entry) =>
    entry.guid === undefined || entry.normalizedUrl === undefined
      ? undefined
      : byLink.get(entry.normalizedUrl)?.find((row) => row.guid === entry.guid && !taken.has(row)),
  );
  match((entry) => {
    const row = byKey.get(entry.key);
    return row && !isReused(row, entry) ? row : undefined;
  });
  match((entry) => byHash.get(entry.contentHash)?.find((row) => isGone(row) && row.normalizedUrl === entry.normalizedUrl));
  match((entry) => {
    if (entry.normalizedUrl === undefined || (links.get(entry.normalizedUrl)?.length ?? 0) > 1) return undefined;
    const rows = (byLink.get(entry.normalizedUrl) ?? []).filter((row) => isGone(row) && !taken.has(row));
    const alike = rows.find((row) => isAlike(row, entry));
    return alike ?? rows.findLast(({ guid }) => guid === undefined || entry.guid === undefined);
  });
  const guidsChanged = allHaveOtherGuids(found);
  if (found.size === 0) {
    const byName = groupBy(known, nameAndDate);
    const names = groupBy(entries, nameAndDate);
    const only = (entry: FeedEntry) => (names.get(nameAndDate(entry))?.length === 1 ? byName.get(nameAndDate(entry)) : undefined);
    const moved = entries.filter((entry) => nameAndDate(entry) !== undefined && only(entry)?.length === 1);
    if (moved.length >= ALL_MINIMUM) match((entry) => (moved.includes(entry) ? only(entry)?.[0] : undefined));
  }
  return {
    entries: entries.map((entry) => {
      const row = found.get(entry);
      if (row) return { ...entry, key: row.key };
      // Its guid is another entry's key.
      return byKey.has(entry.key) ? { ...entry, key: `sha256:${sha256([entry.guid, entry.normalizedUrl])}` } : entry;
    }),
    guidsChanged,
  };
}

/** A link and a title tell what an entry is; with the same date it is an editor who changed both. */
const isReused = (row: KnownEntry, { normalizedUrl: link, title, publishedAt }: FeedEntry) =>
  row.normalizedUrl !== undefined &&
  link !== undefined &&
  row.normalizedUrl !== link &&
  row.title !== title &&
  (row.publishedAt === undefined || row.publishedAt.getTime() !== publishedAt?.getTime());

const isAlike = (row: KnownEntry, { title, publishedAt }: FeedEntry) =>
  (title !== undefined && row.title === title) ||
  (publishedAt !== undefined && row.publishedAt?.getTime() === publishedAt.getTime());

const nameAndDate = ({ title, publishedAt }: Pick<KnownEntry, 'title' | 'publishedAt'>) =>
  title === undefined || publishedAt === undefined ? undefined : `${publishedAt.getTime()} ${title}`;

function allHaveOtherGuids(found: ReadonlyMap<FeedEntry, KnownEntry>): boolean {
  const changed = [...found].flatMap(([entry, row]) =>
    entry.guid === undefined || row.guid === undefined ? [] : [entry.guid !== row.guid],
  );
  return changed.length >= ALL_MINIMUM && changed.every(Boolean);
}
