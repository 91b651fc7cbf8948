import type { FeedSummary } from '../feeds/select-feeds.js';
import type { ContentPolicy } from '../jobs/subscribed-feed.js';

/** A feed that was changed, as the functions of schema feedmill_admin return it. Ids are strings of digits. */
export interface ManagedFeed {
  feed_id: string;
  /** Without user name and password. */
  feed_url: string;
  /** The settings that changed. */
  changed?: string[];
  folder?: string | null;
}

/** A feed that was removed, and what became of its records. */
export interface RemovedFeed extends ManagedFeed {
  records_deleted: string;
  records_kept: string;
}

/** How many records a removal deletes, and how many it keeps because other feeds show them. */
export interface RecordCounts {
  deleted: number;
  kept: number;
}

/** Settings to change, as feedmill_admin.set_feeds() takes them; null restores the default. Durations are Postgres intervals. */
export interface FeedSettings {
  every?: string | null;
  content?: ContentPolicy;
  folder?: string | null;
  ignore_robots?: boolean;
  gap?: string | null;
  headers?: Record<string, string> | null;
}

/** Says what a change would do, and undoes it. */
export type Trial = 'trial';

/** What the commands that manage feeds ask of the installation. */
export interface FeedManager {
  /** All feeds, with what they are selected by. */
  loadFeedSummaries(): Promise<FeedSummary[]>;
  /** These five change feeds, and throw if a value is refused. @returns those that changed */
  pauseFeeds(ids: readonly number[], trial?: Trial): Promise<ManagedFeed[]>;
  resumeFeeds(ids: readonly number[], trial?: Trial): Promise<ManagedFeed[]>;
  setFeeds(ids: readonly number[], settings: FeedSettings, trial?: Trial): Promise<ManagedFeed[]>;
  /** Renames or moves a folder with all that is in it; an empty name is the top level. */
  moveFolder(from: string, to: string, trial?: Trial): Promise<ManagedFeed[]>;
  /** Unsubscribes from feeds; their records stay. */
  removeFeeds(ids: readonly number[], trial?: Trial): Promise<RemovedFeed[]>;
  countRecords(ids: readonly number[]): Promise<RecordCounts>;
  /** Calls `onProgress` with the number of records deleted so far. */
  removeFeedsWithRecords(ids: readonly number[], onProgress: (deleted: number) => void): Promise<RecordCounts>;
}
