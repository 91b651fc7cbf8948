import type { FeedVersion } from '../articles/article.js';
import type { Validators } from '../web/outcome.js';
import type { LeasedRow } from './leased-row.js';

/** An article that is due, with all that its worker needs of its row. */
export interface PendingArticle extends LeasedRow {
  /** When this attempt started, by the database's clock. */
  startedAt: Date;
  /** The article's normalized URL. */
  url: string;
  /** The page to fetch: `url`, or where its redirects lead, or the next page of an article of several pages. */
  pageUrl: string;
  /** Redirects that were followed so far. */
  redirects: number;
  /** Pages of an article of several pages that were fetched already. */
  pagesKept: number;
  ignoreRobots: boolean;
  /** Attempts at the page, including this one. */
  attempts: number;
  /** Why the last attempt failed, as a code; absent when it did not. */
  lastProblem?: string;
  /** When its record was first stored; absent when it has none yet. */
  storedAt?: Date;
  /** Present when the article has a record and is due only to see whether its page changed; holds the page's validators. */
  revisit?: { validators: Validators };
  /** When the feed that speaks for it was subscribed to. */
  subscribedAt?: Date;
  feedTitle?: string;
  feed: FeedVersion;
}
