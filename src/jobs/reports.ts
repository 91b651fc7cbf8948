import type { PollOutcome } from './poll-result.js';
import type { Reextraction } from './reextraction.js';

/** How a job ended: one named status, logged once with its fields. */
export type JobReport = FeedReport | ArticleReport | ReextractionReport;

/** How a poll of a feed, or a push from its hub, ended. */
export type FeedReport =
  /** The feed was deleted or retired, or the claim is stale. */
  | { status: 'nothing-to-do' | 'no-such-feed'; feedId: number }
  /** The feed was claimed again, or has been made due: the result of this poll was dropped. */
  | { status: 'stale'; feedId: number; url: string }
  /** A push whose signature was not made with our secret. */
  | { status: 'bad-signature'; feedId: number }
  /** The hub pushes more often than we take (PUSHES_PER_MINUTE): refused from here on until there is room again. */
  | { status: 'too-many-pushes'; feedId: number }
  /** `moved`: the poll follows a redirect at the next turn. `later`: the turn was spent on robots.txt. */
  | { status: 'moved' | 'later'; feedId: number; url: string }
  | FeedReadReport;

/** A document was received, or could not be had. */
export interface FeedReadReport {
  status: PollOutcome;
  feedId: number;
  url: string;
  /** Present when a hub pushed the document. */
  via?: 'push';
  /** Entries of the document. */
  entries: number;
  /** Entries that were not seen before. */
  new: number;
  /** The articles of those; absent when there are none. Every later line of the log about such an article names its id. */
  articleIds?: number[];
  /** Entries beyond the most that we keep of one document: its oldest. */
  leftOut?: number;
  /** New entries that were not stored yet, because the feed has brought as many as it may. */
  waiting?: number;
  ms: number;
  error?: string;
}

/** How an article's turn ended. */
export type ArticleReport =
  /** The article is done, or the claim is stale. */
  | { status: 'nothing-to-do'; articleId: number }
  /** The article was claimed again, or its entry was edited: this result was dropped, and the article is done again. */
  | { status: 'stale'; articleId: number; url: string }
  | StoredReport
  /** `moved`: a redirect or another page comes next. `revisited`: the record stays as it was. */
  | { status: 'moved' | 'revisited'; articleId: number; url: string }
  /** The page is tried again. `problem` and `error` are absent when only robots.txt was read. */
  | { status: 'later'; articleId: number; url: string; problem?: string; error?: string }
  /** There is no record, and the page is not tried again. */
  | { status: 'failed'; articleId: number; url: string; problem: string; error: string };

/** An article was stored. */
export interface StoredReport {
  status: 'stored';
  articleId: number;
  url: string;
  title: string;
  contentSource: 'page' | 'feed';
  words: number;
  /**
   * From its publication to this first version of its record, in ms. Absent for later versions, without a date, and for an article
   * that was published before its feed was subscribed to.
   */
  delayMs?: number;
  language?: string;
  /** The site's name, else the feed's title, else the host. */
  site?: string;
  /** Why the page did not give all of the content: a code, and a sentence. */
  problem?: string;
  error?: string;
}

/** How extracting a record again ended. */
export type ReextractionReport =
  /** The record is gone, or the claim is stale. */
  | { status: 'nothing-to-do'; articleId: number }
  /** The record was fetched or edited meanwhile: this result was dropped, and the record is extracted again. */
  | { status: 'stale'; articleId: number; url: string }
  | {
      status: 'reextracted';
      articleId: number;
      url: string;
      result: Reextraction['kind'];
      /** Which columns changed. */
      fields?: string[];
      /** Why the record was kept as it is. */
      reason?: string;
    };
