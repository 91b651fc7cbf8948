import type { WrittenAs } from '../text/date-words.js';

/** What a feed said of an article: used when its page cannot be had, and to fill what the page leaves out. */
export interface FeedVersion {
  title?: string;
  authors: string[];
  publishedAt?: Date;
  publishedAs?: WrittenAs;
  summaryHtml?: string;
  contentHtml?: string;
  language?: string;
  imageUrl?: string;
}

/** A page as fetched; crosses into the extraction thread, so it is plain data. */
export interface Page {
  /** Where it was found, after redirects: the base of its links. */
  url: string;
  contentType: string;
  body: Uint8Array;
}

/** Where a date comes from: the feed, or a part of the page. */
export interface Provenance extends WrittenAs {
  source: 'feed' | 'json-ld' | 'meta' | 'microdata' | 'time' | 'url' | 'text';
  /** It lay in the future, and was set to when it was read. */
  clamped: boolean;
}

/** A normalized record: what the row holds when an article is stored. */
export interface ArticleRecord {
  title: string;
  authors: string[];
  publishedAt?: Date;
  published?: Provenance;
  /** BCP 47, lower-case primary code at the least. */
  language?: string;
  siteName?: string;
  excerpt: string;
  /** Sanitized; links and images absolute. */
  contentHtml: string;
  /** Plain text, paragraphs parted by blank lines. */
  contentText: string;
  leadImageUrl?: string;
  /** In pixels, as the site says. */
  leadImageWidth?: number;
  leadImageHeight?: number;
  leadImageCaption?: string;
  /** Words; CJK text by characters. */
  wordCount: number;
  readingMinutes: number;
  contentSource: 'page' | 'feed';
  /** Where the page asks to be known by; undefined where it does not say. */
  canonicalUrl?: string;
  /** The site's section that it stands in. */
  section?: string;
  tags: string[];
  modifiedAt?: Date;
  modified?: Provenance;
  /** Whether the whole text is for those who pay; undefined where the page does not say. */
  paywalled?: boolean;
  /** Pages that it was joined from; 0: it is from its feed. */
  pageCount: number;
}

/** What the extraction thread makes of a page and of what the feed said. */
export type ArticleReading =
  /** `nextPage`: the article goes on there. */
  | { kind: 'article'; record: ArticleRecord; pageProblem?: PageProblem; nextPage?: string }
  /** The page only leads to another (a meta refresh). */
  | { kind: 'moved'; to: string }
  /** Neither page nor feed has content worth keeping. */
  | { kind: 'no-content'; pageProblem: PageProblem };

/** Why a fetched page gave no content. */
export type PageProblem = 'not-html' | 'no-text' | 'wall' | 'too-deep';
