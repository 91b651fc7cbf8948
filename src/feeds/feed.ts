import type { WrittenAs } from '../text/date-words.js';
import type { Wishes } from './poll-facts.js';

/** A file that an entry refers to: audio, video or a picture. */
export interface Enclosure {
  url: string;
  type?: string;
  /** In bytes, as the feed states it. */
  length?: number;
  /** In seconds. */
  duration?: number;
}

/**
 * One item of a feed of any format, before it has an identity. Links are absolute, titles are plain text, and dates are
 * plausible.
 */
export interface ParsedEntry {
  /** RSS guid, Atom id, rdf:about or JSON Feed id; trimmed, never empty. */
  guid?: string;
  /** The entry's page: an absolute http or https URL. */
  url?: string;
  /** The start of a link whose scheme is unsafe (`javascript:`, `data:`, `file:`…). There is no `url` then. */
  badLink?: string;
  /** Plain text, without markup. */
  title?: string;
  authors: string[];
  publishedAt?: Date;
  publishedAs?: WrittenAs;
  updatedAt?: Date;
  /** The feed's HTML, not yet sanitized. */
  summaryHtml?: string;
  /** The feed's HTML, not yet sanitized: content:encoded, Atom content or content_html. */
  contentHtml?: string;
  categories: string[];
  enclosures: Enclosure[];
  /** The entry's picture: media:thumbnail, else itunes:image, else an image among its files; JSON Feed's image. */
  imageUrl?: string;
  language?: string;
  /** The page of its comments (RSS 2.0 `comments`), http or https. */
  commentsUrl?: string;
  /** The feed that it was taken from (`source` in RSS 2.0 and Atom). */
  source?: { title?: string; url?: string };
}

/** A feed of any format, as parsed. */
export interface ParsedFeed<Entry extends ParsedEntry = ParsedEntry> {
  format: 'rss' | 'atom' | 'rdf' | 'json';
  title?: string;
  siteUrl?: string;
  description?: string;
  language?: string;
  /** What the publisher asks of pollers. */
  wishes: Wishes;
  /** The WebSub hub that the document names, and the URL that it gives as its own: absolute http or https URLs. */
  hubUrl?: string;
  selfUrl?: string;
  /** In the order of the document; at most MAX_ENTRIES. */
  entries: Entry[];
  /** Entries left out because there are more than MAX_ENTRIES. */
  entriesDropped: number;
  /** What was wrong with the document and was repaired. */
  repairs: Repair[];
}

/** A kind of fault in a document that was repaired, and how often. */
export interface Repair {
  kind: keyof typeof REPAIRS;
  count: number;
}

/** What was wrong, and how it was read all the same. */
const REPAIRS = {
  unclosed: 'elements without an end tag; each was closed where it must end',
  strayEnds: 'end tags that match no open element; they were ignored',
  undeclaredPrefixes: 'elements with an undeclared prefix; it was given its usual meaning',
  htmlEntities: 'named characters of HTML that XML does not define (&nbsp;); they were read as in HTML',
  bareAmpersands: 'ampersands that do not start a reference; they were read as text',
  forbiddenCharacters: 'control characters, which no text may contain; they were dropped, or read as windows-1252',
  badDates: 'dates that are unreadable or impossible; they were dropped',
  halfItems: 'items cut off before they could be identified; they were left for the next poll',
  cut: 'the document ends in the middle; everything up to there was read',
} as const;

/** A repair in words for people, without a capital letter and a full stop. */
export const describeRepair = ({ kind, count }: Repair): string => (kind === 'cut' ? REPAIRS.cut : `${count} × ${REPAIRS[kind]}`);

/** The feed in a document, or why there is none that can be read, in a sentence for people. */
export type FeedReading<Entry extends ParsedEntry = ParsedEntry> =
  | { kind: 'feed'; feed: ParsedFeed<Entry> }
  | { kind: 'not-a-feed'; reason: string };

/** An entry with its identity in its feed, as the database keeps it. */
export interface FeedEntry extends ParsedEntry {
  /** Unique in its feed (identity.ts). */
  key: string;
  /** The URL of its page, normalized; absent if the entry has no usable link. */
  normalizedUrl?: string;
  /** Many entries have this link, usually that of the site's front page, so that it is not this entry's own page. */
  sharesLink?: true;
  /** sha256, in hex, of title, link, content and summary. It changes when the entry is edited. */
  contentHash: string;
}

/** How the entries of a feed are identified: by guid, or by link in a feed whose guids change with every fetch. */
export type IdentityRule = 'guid' | 'link';
