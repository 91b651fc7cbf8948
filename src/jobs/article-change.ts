import type { ArticleRecord } from '../articles/article.js';
import type { Validators } from '../web/outcome.js';

/** Why a page gave no content: a short code for rows and logs, and a sentence. */
export interface Problem {
  kind: string;
  text: string;
}

/** A page, and the host at whose turn it is fetched. */
export interface PageAddress {
  url: string;
  host: string;
}

/** When the page of a stored article is fetched again to see whether it changed, and the validators to send. */
export interface Revisit {
  dueAt: Date;
  validators: Validators;
}

/** What one turn does to an article's row. Each kind has exactly what it needs. */
export type ArticleChange =
  | StoredChange
  | UnchangedChange
  | FailedChange
  /** The page failed for now and is tried again. */
  | { kind: 'retry'; dueAt: Date; host?: string; problem: Problem }
  /** The page failed by a fault of ours. The article is tried again, and the attempt does not count. */
  | { kind: 'uncounted'; dueAt: Date; problem?: Problem }
  /** The turn was spent on robots.txt. The page comes next, at the turn of `host`, and the attempt does not count. */
  | { kind: 'robots-first'; dueAt: Date; host: string }
  /** The page is elsewhere. The attempt does not count. */
  | { kind: 'redirected'; dueAt: Date; to: PageAddress }
  /** One of several pages was fetched and kept, and the next page follows. The attempt does not count. */
  | { kind: 'next-page'; dueAt: Date; to: PageAddress; pagesKept: number };

/** There is a record. */
export interface StoredChange {
  kind: 'stored';
  record: ArticleRecord;
  /** Why the content is the feed's, or lacks some of its pages; absent when the page gave all of it. */
  problem?: Problem;
  /** Absent when the page is not fetched again. */
  revisit?: Revisit;
  /** Where an article of several pages starts again, should it be fetched another time. */
  firstPage?: PageAddress;
}

/** The stored record stays as it is. */
export interface UnchangedChange {
  kind: 'unchanged';
  /** Absent when the page is not fetched again. */
  revisit?: Revisit;
  firstPage?: PageAddress;
}

/** Neither page nor feed has content, and the page is not tried again. */
export interface FailedChange {
  kind: 'failed';
  problem: Problem;
  firstPage?: PageAddress;
}
