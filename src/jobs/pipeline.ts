import type { ArticleRecord, FeedVersion } from '../articles/article.js';
import type { IdentityRule, ParsedFeed } from '../feeds/feed.js';
import type { KnownMove, MovePlan } from '../feeds/move.js';
import type { Wishes } from '../feeds/schedule.js';
import type { Turn } from '../hosts/turn.js';
import type { HostVerdict } from '../hosts/verdict.js';
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
  title?: string;
  /** Folders around it, outermost first, joined by " / ". */
  folder?: string;
  content?: ContentPolicy;
  pollEveryMs?: number;
  ignoreRobots?: boolean;
}

/** A feed as a poll needs it. */
export interface FeedRow {
  id: number;
  url: string;
  content: ContentPolicy;
  identity: IdentityRule;
  /** Polls begun since one last ended, this one included. */
  attempts: number;
  turn: Turn;
  /** Where redirects of this poll have led to so far, in how many hops, and whether all were permanent. */
  redirect?: { url: string; count: number; permanent: boolean };
  ignoreRobots: boolean;
  /** Where permanent redirects of earlier polls led, since when, and in how many of them. */
  moved?: KnownMove;
  /** When the newest entries of its document came out, and what its publisher asks: known while nothing changes. */
  entryDates: Date[];
  wishes: Wishes;
  /** Answers in a row that nothing had changed. */
  unchangedInRow: number;
  /** In a row. */
  failures: number;
  /** Since when each answer was 404. */
  missingSince?: Date;
  validators: Validators;
  bodyHash?: string;
  pollEveryMs?: number;
}

/** A document was too much for its thread. */
export interface Stopped {
  kind: 'stopped';
  reason: 'too-slow' | 'too-much-memory';
}

/** While the fault is ours, work waits about this long, in ms: recovery is noticed within a minute. */
export const OUTAGE_WAIT_MS = 30_000;

/** At which host's turn a job goes on. */
export interface NextRequest {
  host: string;
  /** The redirect that leads there; absent: it is about robots.txt alone. */
  to?: { url: string; permanent: boolean };
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
  /** Why then. */
  reasons: string[];
  failures: number;
  /** Since when each answer was 404; absent: this one was not. */
  missingSince?: Date;
  unchangedInRow: number;
  /** What the next plan goes by; absent when no document was read. */
  entryDates?: Date[];
  validators?: Validators;
  bodyHash?: string;
  parsed?: ParsedFeed;
  move: MovePlan;
  host: HostVerdict;
}

/** An article as its worker needs it. */
export interface PendingArticle {
  id: number;
  url: string;
  /** Undefined: no page is fetched, the feed's own content is kept. */
  turn?: Turn;
  /** Where the page is now, after redirects, and how many they were. */
  pageUrl: string;
  hops: number;
  /** How many of its pages were fetched already, where it has several: `pageUrl` is the next. */
  pagesKept: number;
  ignoreRobots: boolean;
  /** This one included. */
  attempts: number;
  /** When its record was first stored; absent: it has none yet. */
  storedAt?: Date;
  /** It is due only to see whether its page has changed; with what the page's server gave to ask by. */
  revisit?: { validators: Validators };
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
  /** Where its next request goes. */
  next?: NextRequest;
  /** How many of its pages are kept now; at the end of all, none, and it is at `firstUrl` again. */
  pages?: { kept: number; firstUrl?: string };
  /** It is due again only to see whether its page has changed; with what to ask by then. */
  revisit?: { validators: Validators };
  /** This was no try at the page (robots.txt was read, or a redirect): it is not counted as one. */
  uncounted?: boolean;
  host: HostVerdict;
}
