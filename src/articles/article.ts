import type { WrittenAs } from '../text/date-words.js';

/**
 * What a feed says about an article. It is used if the page cannot be read, and its title, authors and date override the
 * page's.
 */
export interface FeedVersion {
  title?: string;
  authors: string[];
  publishedAt?: Date;
  publishedAs?: WrittenAs;
  summaryHtml?: string;
  contentHtml?: string;
  language?: string;
  imageUrl?: string;
  /** The feed is on the article's own site, so its text may replace that of the page. */
  ownSite?: boolean;
}

/** A fetched page. Plain data, because it crosses into the extraction thread. */
export interface Page {
  /** Its URL after redirects, against which its links are resolved. */
  url: string;
  contentType: string;
  body: Uint8Array;
}

/** Where a date comes from: the feed, or a part of the page. `text` is the date as it was written there. */
export interface Provenance extends WrittenAs {
  source: 'feed' | 'json-ld' | 'meta' | 'microdata' | 'time' | 'url' | 'text';
  /** The date was in the future and was replaced by the time of reading. */
  clamped: boolean;
}

/** What is stored of an article. */
export interface ArticleRecord {
  title: string;
  authors: string[];
  publishedAt?: Date;
  published?: Provenance;
  /** BCP 47: a lower-case language code, with a region if the source names one. */
  language?: string;
  siteName?: string;
  excerpt: string;
  /** Sanitized; the URLs of links and images are absolute. */
  contentHtml: string;
  /** Plain text, with blank lines between paragraphs. */
  contentText: string;
  leadImageUrl?: string;
  /** In pixels, as the site states. */
  leadImageWidth?: number;
  leadImageHeight?: number;
  leadImageCaption?: string;
  /** Words, or characters in scripts without spaces. */
  wordCount: number;
  readingMinutes: number;
  contentSource: 'page' | 'feed';
  /** The page's `rel=canonical`, or else its `og:url`; undefined if it has neither. */
  canonicalUrl?: string;
  /** The section of the site that it appears in. */
  section?: string;
  tags: string[];
  modifiedAt?: Date;
  modified?: Provenance;
  /** Whether the full text is for subscribers only; undefined if the page does not say. */
  paywalled?: boolean;
  /** Pages that it was joined from; 0 if the content is the feed's. */
  pageCount: number;
  /** The version of the extractor that made it: EXTRACTOR_VERSION. */
  extractorVersion: number;
}

/** What the extraction thread makes of a page and of what its feed says. */
export type ArticleReading =
  /** `nextPage` is the URL of the article's next page; `pageProblem` says why the feed's content was used. */
  | { kind: 'article'; record: ArticleRecord; pageProblem?: PageProblem; nextPage?: string }
  /** The page only redirects to another one, by a meta refresh. */
  | { kind: 'moved'; to: string }
  /** Neither the page nor the feed has content. */
  | { kind: 'no-content'; pageProblem: PageProblem };

/**
 * Why a fetched page gave no content. `wall` is a gate page: a login or subscription form, or a bot check. The values are
 * stored in rows.
 */
export type PageProblem = 'not-html' | 'no-text' | 'wall' | 'too-deep';
