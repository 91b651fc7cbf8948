import type { Wishes } from './schedule.js';

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
  updatedAt?: Date;
  /** HTML as the feed gave it, not yet sanitized. */
  summaryHtml?: string;
  /** HTML as the feed gave it, not yet sanitized: content:encoded, Atom content, content_html. */
  contentHtml?: string;
  categories: string[];
  enclosures: Enclosure[];
  imageUrl?: string;
  language?: string;
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
}

/** Bytes of a feed → what it holds, or why it holds nothing that we can read (one sentence for people). */
export type FeedReading = { kind: 'feed'; feed: ParsedFeed } | { kind: 'not-a-feed'; reason: string };

/** A parsed entry with its identity in its feed: what the database keeps. */
export interface FeedEntry extends ParsedEntry {
  /** Unique in its feed; see identity.ts. */
  key: string;
  /** Canonical URL of the page; absent when the entry has no usable link. */
  canonicalUrl?: string;
  /** sha256 (hex) of title, url, content and summary: tells an edited entry from the same one. */
  contentHash: string;
}

/** How the entries of a feed are told apart: by guid where that holds, by link in feeds whose guids change at each fetch. */
export type IdentityRule = 'guid' | 'link';
