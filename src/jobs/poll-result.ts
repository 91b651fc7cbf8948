import type { ParsedFeed } from '../feeds/feed.js';
import type { MovePlan } from '../feeds/move.js';
import type { HostVerdict } from '../hosts/host-wait.js';
import type { FailureCode } from '../web/describe-outcome.js';
import type { Validators } from '../web/outcome.js';
import type { Stopped } from './stopped.js';

/** What a poll found, or the code of what went wrong. */
export type PollOutcome =
  /** There are new entries, or the document has none that are new, or it is the same document as last time. */
  | 'news'
  | 'steady'
  | 'unchanged'
  | FailureCode
  | 'not-a-feed'
  | Stopped['reason']
  /** Our own network failed. */
  | 'self-outage';

/** What a poll, or a hub's push, writes to the rows of its feed and host. */
export interface PollResult {
  /** A push is recorded like a poll, but sends no request to the feed's host and does not change when the feed is polled next. */
  via: 'poll' | 'push';
  startedAt: Date;
  durationMs: number;
  outcome: PollOutcome;
  /** The HTTP status, if there was an answer. */
  status?: number;
  bytes: number;
  entriesSeen: number;
  entriesNew: number;
  /** New entries that were not stored, because the feed has brought as many as it may. */
  entriesLeftOut: number;
  possibleGap: boolean;
  /** One sentence; absent when the poll succeeded. */
  error?: string;
  /** When the next poll is due. Null: never, the feed is retired. */
  dueAt: Date | null;
  /** Why the next poll is due then, in sentences. */
  reasons: string[];
  /** Consecutive polls that failed by no fault of the feed, including this one. */
  faults: number;
  /** Consecutive polls that failed, including this one. */
  failures: number;
  /** When the current run of 404 answers began; absent when this answer was no 404. */
  missingSince?: Date;
  /** Consecutive polls that found the document unchanged, including this one. */
  unchangedInRow: number;
  /** Publication dates of the newest entries; absent when no document was read. */
  entryDates?: Date[];
  /** Absent unless a document was fetched and read. */
  validators?: Validators;
  bodyHash?: string;
  parsed?: ParsedFeed;
  move: MovePlan;
  host: HostVerdict;
}
