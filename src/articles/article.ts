/** What a feed said of an article: used when its page cannot be had, and to fill what the page leaves out. */
export interface FeedVersion {
  title?: string;
  authors: string[];
  publishedAt?: Date;
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

/** A normalized record: what the row holds when an article is stored. */
export interface ArticleRecord {
  title: string;
  authors: string[];
  publishedAt?: Date;
  /** BCP 47, lower-case primary code at the least. */
  language?: string;
  siteName?: string;
  excerpt: string;
  /** Sanitized; links and images absolute. */
  contentHtml: string;
  /** Plain text, paragraphs parted by blank lines. */
  contentText: string;
  leadImageUrl?: string;
  /** Words; CJK text by characters. */
  wordCount: number;
  contentSource: 'page' | 'feed';
}

/** What the extraction thread makes of a page and of what the feed said. */
export type ArticleReading =
  | { kind: 'article'; record: ArticleRecord; pageProblem?: PageProblem }
  /** The page only leads to another (a meta refresh). */
  | { kind: 'moved'; to: string }
  /** Neither page nor feed has content worth keeping. */
  | { kind: 'no-content'; pageProblem: PageProblem };

/** Why a fetched page gave no content. */
export type PageProblem = 'not-html' | 'no-text' | 'wall' | 'too-deep';
