import type { WrittenAs } from '../text/date-words.js';
import type { Wishes } from './poll-facts.js';

/** A file that an entry points to: audio, video, a picture. */
export interface Enclosure {
  url: string;
  type?: string;
  /** Bytes, as the feed states it. */
  length?: number;
  /** Seconds. */
  duration?: number;
}

/** One item of a feed, whatever the format, before it has an identity. Links are absolute, titles plain text, dates sane or absent. */
export interface ParsedEntry {
  /** RSS guid, Atom id, rdf:about, JSON Feed id; trimmed, never empty. */
  guid?: string;
  /** The entry's own page: absolute, http or https. */
  url?: string;
  /** A link that would run or open something here (`javascript:`, `data:`, `file:`…), as far as it fits in a line; there is no `url` then. */
  badLink?: string;
  /** Plain text, without markup. */
  title?: string;
  authors: string[];
  publishedAt?: Date;
  publishedAs?: WrittenAs;
  updatedAt?: Date;
  /** HTML as the feed gave it, not yet sanitized. */
  summaryHtml?: string;
  /** HTML as the feed gave it, not yet sanitized: content:encoded, Atom content, content_html. */
  contentHtml?: string;
  categories: string[];
  enclosures: Enclosure[];
  /** The entry's picture: an image among its files, else media:thumbnail, itunes:image; JSON Feed's image. */
  imageUrl?: string;
  language?: string;
  /** The page of its comments (RSS 2.0 comments). */
  commentsUrl?: string;
  /** The feed that it was taken from (RSS 2.0 source, Atom source). */
  source?: { title?: string; url?: string };
}

export interface ParsedFeed {
  format: 'rss' | 'atom' | 'rdf' | 'json';
  title?: string;
  siteUrl?: string;
  description?: string;
  language?: string;
  /** What the publisher asks of those who poll. */
  wishes: Wishes;
  /** The WebSub hub that the document names, and the address that it gives as its own: absolute, http or https. */
  hubUrl?: string;
  selfUrl?: string;
  /** In the order of the document; at most MAX_ENTRIES of them. */
  entries: ParsedEntry[];
  /** How many more entries the document held than were kept. */
  entriesDropped: number;
  /** What was wrong with the document, and could be repaired. */
  repairs: Repair[];
}

/** What was wrong with a document and how often, where it could be repaired; in words: `describeRepair`. */
export interface Repair {
  kind: keyof typeof REPAIRS;
  count: number;
}

/** What each means: what was wrong, and what was made of it. */
const REPAIRS = {
  unclosed: 'elements without an end tag: each was ended where it must end',
  strayEnds: 'end tags of elements that are not open: they were passed over',
  undeclaredPrefixes: 'elements whose prefix is not declared: they were read as the prefix is used elsewhere',
  htmlEntities: 'names of characters that HTML knows and XML does not (&nbsp;): they were read as in HTML',
  bareAmpersands: 'ampersands that begin no reference: they were read as themselves',
  forbiddenCharacters: 'control characters, which no text has: they were left out, or read as windows-1252 means them',
  badDates: 'dates that are none, or that no entry can have: they were left out',
  halfItems: 'items cut off before it was clear which they are: they were left out until the next poll',
  cut: 'the document ends in the middle: what is whole was read',
} as const;

/** One sentence for people. */
export const describeRepair = ({ kind, count }: Repair): string => (kind === 'cut' ? REPAIRS.cut : `${count} × ${REPAIRS[kind]}`);

/** Bytes of a feed → what it holds, or why it holds nothing that we can read (one sentence for people). */
export type FeedReading = { kind: 'feed'; feed: ParsedFeed } | { kind: 'not-a-feed'; reason: string };

/** A parsed entry with its identity in its feed: what the database keeps. */
export interface FeedEntry extends ParsedEntry {
  /** Unique in its feed; see identity.ts. */
  key: string;
  /** The URL of its page, normalized; absent if the entry has no usable link. */
  normalizedUrl?: string;
  /** Its link is that of many items (the site's front page, as a rule): it is no page of this entry's own. */
  sharesLink?: true;
  /** sha256 (hex) of title, url, content and summary: tells an edited entry from the same one. */
  contentHash: string;
}

/** How the entries of a feed are told apart: by guid where that holds, by link in feeds whose guids change at each fetch. */
export type IdentityRule = 'guid' | 'link';
