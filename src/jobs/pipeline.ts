import type { ArticleRecord, FeedVersion } from '../articles/article.js';
import type { IdentityRule, ParsedFeed } from '../feeds/feed.js';
import type { Validators } from '../web/outcome.js';

/** The queues, and the one handler of each. */
export const QUEUES = { feeds: 'feedmill-feeds', articles: 'feedmill-articles' } as const;
export type QueueName = keyof typeof QUEUES;

/** A job is a reminder: it carries the id of a row and nothing else. */
export interface Job {
  id: number;
}

/** How a job ended: one named status, logged once with its fields. */
export interface JobReport {
  status: string;
  /** One line for a person who watches, where there is something to see. */
  headline?: string;
  [field: string]: unknown;
}

export type Handler = (job: Job) => Promise<JobReport>;

/** What is kept of an entry: its page, or the feed's own content. */
export type ContentPolicy = 'page' | 'feed';

/** A subscription to be. */
export interface NewFeed {
  url: string;
  host: string;
  title?: string;
  content?: ContentPolicy;
  pollEveryMs?: number;
}

/** A feed as a poll needs it. */
export interface FeedRow {
  id: number;
  url: string;
  host: string;
  content: ContentPolicy;
  identity: IdentityRule;
  /** In a row. */
  failures: number;
  validators: Validators;
  bodyHash?: string;
  pollEveryMs?: number;
}

/** What a request says of its host: how long all of the host waits, in ms. */
export interface HostVerdict {
  blockForMs?: number;
}

/** What a poll does to the rows. */
export interface PollReport {
  /** A hub's push is taken as a poll, but is no request to the feed's host, and leaves the next poll when it was. */
  via: 'poll' | 'push';
  startedAt: Date;
  durationMs: number;
  outcome: string;
  status?: number;
  bytes: number;
  entriesSeen: number;
  entriesNew: number;
  possibleGap: boolean;
  /** One sentence; absent when the poll went well. */
  error?: string;
  /** Null retires the feed. */
  dueAt: Date | null;
  failures: number;
  validators?: Validators;
  bodyHash?: string;
  parsed?: ParsedFeed;
  movedTo?: { url: string; host: string };
  host: HostVerdict;
}

/** An article as its worker needs it. */
export interface PendingArticle {
  id: number;
  url: string;
  /** Undefined: no page is fetched, the feed's own content is kept. */
  host?: string;
  /** This one included. */
  attempts: number;
  /** It has a record already: this is a second look. */
  stored: boolean;
  feedTitle?: string;
  feed: FeedVersion;
}

/** What processing an article does to its row. */
export interface ArticleChange {
  /** Absent: nothing to store (yet). */
  record?: ArticleRecord;
  /** Null: done, for good or ill. */
  dueAt: Date | null;
  /** Nothing more will be tried, and there is no record. */
  failed: boolean;
  /** Why the page gave nothing: a kind, and a sentence. */
  problem?: { kind: string; text: string };
  host: HostVerdict;
}
