import type { IdentityRule } from '../feeds/feed.js';
import type { KnownMove } from '../feeds/move.js';
import type { Wishes } from '../feeds/poll-facts.js';
import type { Turn } from '../hosts/turn.js';
import type { Validators } from '../web/outcome.js';
import type { LeasedRow } from './leased-row.js';

/** Where an entry's content comes from: its page, or the feed alone. */
export type ContentPolicy = 'page' | 'feed';

/** A feed to subscribe to. */
export interface NewFeed {
  url: string;
  title?: string;
  /** The folders that contain it, outermost first, joined by " / ". */
  folder?: string;
  /** The site that it belongs to, until its document says so. */
  siteUrl?: string;
  content?: ContentPolicy;
  pollEveryMs?: number;
  ignoreRobots?: boolean;
  /** The pause between two requests to its host, in ms. It holds for all feeds of the host. */
  gapMs?: number;
  paused?: boolean;
  /** Headers of the requests to its own origin, by name. Their values are secrets. */
  headers?: Record<string, string>;
}

/** A feed whose poll has started. */
export interface StartedFeed extends FeedRow, LeasedRow {
  leaseEnd: Date;
  turn: Turn;
}

/** A subscribed feed, with all that a poll or push needs of its row. */
export interface FeedRow extends Partial<LeasedRow> {
  id: number;
  /** When this poll or push started, by the database's clock. */
  startedAt: Date;
  url: string;
  content: ContentPolicy;
  identity: IdentityRule;
  /** Polls that were started since the last one that ended, including this one. */
  attempts: number;
  /** Absent for a push, which works under no lease. */
  leaseEnd?: Date;
  turn?: Turn;
  /** Where this poll's redirects have led so far, how many there were, and whether all of them were permanent. */
  redirect?: { url: string; count: number; permanent: boolean };
  ignoreRobots: boolean;
  /** Further headers of its requests, by lower-case name. Their values are secrets. */
  headers?: Record<string, string>;
  /** The permanent redirect that earlier polls found. */
  moved?: KnownMove;
  /** Publication dates of the newest entries of the last document. They are kept to plan polls that read no document. */
  entryDates: Date[];
  /** What the publisher asks for in the last document. */
  wishes: Wishes;
  /** Consecutive polls that found the document unchanged. */
  unchangedInRow: number;
  /** Consecutive polls that ended in a fault of ours, or whose document took too long to read here. */
  faults: number;
  /** Consecutive polls that failed. */
  failures: number;
  /** When the current run of 404 answers began. */
  missingSince?: Date;
  validators: Validators;
  /** sha256 (hex) of the last document that was read. */
  bodyHash?: string;
  /** The interval that the user set, in ms. */
  pollEveryMs?: number;
}
