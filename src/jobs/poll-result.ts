import type { ParsedFeed } from '../feeds/feed.js';
import type { MovePlan } from '../feeds/move.js';
import type { HostVerdict } from '../hosts/verdict.js';
import type { Validators } from '../web/outcome.js';

/** What a poll, or a hub's push, writes to the rows of its feed and host. */
export interface PollResult {
  /** A push is recorded like a poll, but sends no request to the feed's host and does not change when the feed is polled next. */
  via: 'poll' | 'push';
  startedAt: Date;
  durationMs: number;
  outcome: string;
  /** The HTTP status, if there was an answer. */
  status?: number;
  bytes: number;
  entriesSeen: number;
  entriesNew: number;
  possibleGap: boolean;
  /** One sentence; absent when the poll succeeded. */
  error?: string;
  /** When the next poll is due. Null: never, the feed is retired. */
  dueAt: Date | null;
  /** Why the next poll is due then, in sentences. */
  reasons: string[];
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
