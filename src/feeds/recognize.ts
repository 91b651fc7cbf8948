import type { FeedEntry } from './feed.js';
import { groupBy } from './group-by.js';
import { hashTexts, PATTERN_MINIMUM } from './identity.js';

/** What is known of an entry from earlier polls. */
export interface KnownEntry {
  key: string;
  guid?: string;
  normalizedUrl?: string;
  title?: string;
  publishedAt?: Date;
  contentHash: string;
}

/** The entries of a document under the keys that they have been known by. */
export interface Recognition {
  /** The entries of the document. Those that are known have the key of the known entry. */
  entries: FeedEntry[];
  /** Whether all known entries came back with different guids, so that the guids of this feed identify nothing. */
  guidsChanged: boolean;
}

/**
 * Finds the entries of a document among those of earlier polls, so that none is lost or doubled when its publisher changes its
 * guid or its link:
 * - The same guid and link, or the same key, is the same entry, however it was edited. But a guid with another link, title and
 *   date is an old guid used again for a new entry.
 * - A link whose entry lost, gained or changed its guid is the same entry if it kept its title or its date.
 * - If all entries have new guids and links, but the titles and dates of known ones, the site has been redesigned, and they are
 *   the known ones.
 *
 * The result does not depend on the order of the document, and the time grows with the number of entries only, however many of
 * them are alike.
 */
export function recognize(entries: readonly FeedEntry[], known: readonly KnownEntry[]): Recognition {
  const matcher = new Matcher(entries, known);
  matcher.matchEntries();
  // After a redesign, all guids are new by definition, which does not show that they keep changing.
  const guidsChanged = haveAllGuidsChanged(matcher.matches);
  if (matcher.matches.size === 0) matcher.matchAfterRedesign();
  return { entries: entries.map((entry) => matcher.withKnownKey(entry)), guidsChanged };
}

/** Matches entries with known ones, the most certain way first. Each known entry is matched once. */
class Matcher {
  readonly matches = new Map<FeedEntry, KnownEntry>();
  private readonly taken = new Set<KnownEntry>();
  private readonly knownByKey: Map<string, KnownEntry>;
  private readonly knownByLink: Map<string | undefined, KnownEntry[]>;
  /** Each from the last to the first, so that those that were taken can be dropped from the end. */
  private readonly knownByGuidAndLink: Map<string, KnownEntry[]>;
  private readonly goneByContent: Map<string, KnownEntry[]>;
  private readonly entriesByLink: Map<string | undefined, FeedEntry[]>;
  private readonly guids: ReadonlySet<string>;

  constructor(
    private readonly entries: readonly FeedEntry[],
    private readonly known: readonly KnownEntry[],
  ) {
    this.knownByKey = new Map(known.map((row) => [row.key, row]));
    this.knownByLink = groupBy(known, ({ normalizedUrl }) => normalizedUrl);
    this.entriesByLink = groupBy(entries, ({ normalizedUrl }) => normalizedUrl);
    this.guids = new Set(entries.flatMap(({ guid }) => guid ?? []));
    const lastFirst = [...known].reverse();
    this.knownByGuidAndLink = groupBy(lastFirst, toGuidAndLink);
    this.goneByContent = groupBy(
      lastFirst.filter((row) => this.isGuidGone(row)),
      toContent,
    );
  }

  matchEntries(): void {
    this.match((entry) => this.findUnchanged(entry));
    this.match((entry) => this.findByGuidAndLink(entry));
    this.match((entry) => this.findByKey(entry));
    this.match((entry) => this.findByContent(entry));
    this.match((entry) => this.findByLink(entry));
  }

  /** Matches by title and date, if enough entries have a partner that way. */
  matchAfterRedesign(): void {
    const knownByHeadline = groupBy(this.known, toHeadline);
    const entriesByHeadline = groupBy(this.entries, toHeadline);
    const findOnly = (entry: FeedEntry) => {
      const headline = toHeadline(entry);
      const candidates = knownByHeadline.get(headline);
      const isUnique = entriesByHeadline.get(headline)?.length === 1 && candidates?.length === 1;
      return headline !== undefined && isUnique ? candidates[0] : undefined;
    };
    if (this.entries.filter(findOnly).length >= PATTERN_MINIMUM) this.match(findOnly);
  }

  /** The entry under the key of the known entry that it is. A new entry does not get a key that a known one has. */
  withKnownKey(entry: FeedEntry): FeedEntry {
    const row = this.matches.get(entry);
    if (row) return { ...entry, key: row.key };
    if (!this.knownByKey.has(entry.key)) return entry;
    return { ...entry, key: `sha256:${hashTexts([entry.guid, entry.normalizedUrl])}` };
  }

  private match(find: (entry: FeedEntry) => KnownEntry | undefined): void {
    for (const entry of this.entries) {
      const row = this.matches.has(entry) ? undefined : find(entry);
      if (!row || this.taken.has(row)) continue;
      this.matches.set(entry, row);
      this.taken.add(row);
    }
  }

  private findUnchanged({ key, contentHash }: FeedEntry): KnownEntry | undefined {
    const row = this.knownByKey.get(key);
    return row?.contentHash === contentHash ? row : undefined;
  }

  private findByGuidAndLink(entry: FeedEntry): KnownEntry | undefined {
    if (entry.guid === undefined || entry.normalizedUrl === undefined) return undefined;
    return this.firstLeft(this.knownByGuidAndLink.get(toGuidAndLink(entry)));
  }

  private findByKey(entry: FeedEntry): KnownEntry | undefined {
    const row = this.knownByKey.get(entry.key);
    return row && !isGuidReused(row, entry) ? row : undefined;
  }

  private findByContent(entry: FeedEntry): KnownEntry | undefined {
    return this.firstLeft(this.goneByContent.get(toContent(entry)));
  }

  /** The last of `rows` that is not taken. Drops the others from its end. */
  private firstLeft(rows: KnownEntry[] | undefined): KnownEntry | undefined {
    for (let row = rows?.at(-1); row; row = rows?.at(-1)) {
      if (!this.taken.has(row)) return row;
      rows?.pop();
    }
    return undefined;
  }

  private findByLink(entry: FeedEntry): KnownEntry | undefined {
    const { normalizedUrl: link, guid } = entry;
    if (link === undefined || (this.entriesByLink.get(link)?.length ?? 0) > 1) return undefined;
    const rows = (this.knownByLink.get(link) ?? []).filter((row) => this.isGuidGone(row) && !this.taken.has(row));
    const similar = rows.find((row) => keptTitleOrDate(row, entry));
    return similar ?? rows.findLast((row) => row.guid === undefined || guid === undefined);
  }

  /** Whether no entry of the document has the guid of a known one. */
  private isGuidGone({ guid }: KnownEntry): boolean {
    return guid === undefined || !this.guids.has(guid);
  }
}

type Parts = Pick<KnownEntry, 'guid' | 'normalizedUrl' | 'contentHash'>;
/** JSON keeps the parts apart, whatever characters they contain. */
const toGuidAndLink = ({ guid, normalizedUrl }: Parts): string => JSON.stringify([guid, normalizedUrl]);
const toContent = ({ contentHash, normalizedUrl }: Parts): string => JSON.stringify([contentHash, normalizedUrl]);

/** A guid with another link and another title is used again. With the same date, an editor changed both. */
const isGuidReused = (row: KnownEntry, { normalizedUrl, title, publishedAt }: FeedEntry): boolean =>
  row.normalizedUrl !== undefined &&
  normalizedUrl !== undefined &&
  row.normalizedUrl !== normalizedUrl &&
  row.title !== title &&
  (row.publishedAt === undefined || row.publishedAt.getTime() !== publishedAt?.getTime());

const keptTitleOrDate = (row: KnownEntry, { title, publishedAt }: FeedEntry): boolean =>
  (title !== undefined && row.title === title) ||
  (publishedAt !== undefined && row.publishedAt?.getTime() === publishedAt.getTime());

/** Date and title in one text; undefined unless there are both. */
const toHeadline = ({ title, publishedAt }: Pick<KnownEntry, 'title' | 'publishedAt'>): string | undefined =>
  title === undefined || publishedAt === undefined ? undefined : `${publishedAt.getTime()} ${title}`;

/** Whether every match, of at least PATTERN_MINIMUM with two guids, has two different ones. */
function haveAllGuidsChanged(matches: ReadonlyMap<FeedEntry, KnownEntry>): boolean {
  const changes = [...matches].flatMap(([entry, row]) =>
    entry.guid === undefined || row.guid === undefined ? [] : [entry.guid !== row.guid],
  );
  return changes.length >= PATTERN_MINIMUM && changes.every(Boolean);
}
