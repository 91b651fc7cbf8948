import type { Page } from '../articles/article.js';
import type { SiteRule } from '../articles/site-rules.js';
import type { ExportRecord, Selection } from '../export/record.js';
import type { NewFeed } from '../jobs/subscribed-feed.js';
import type { FetchUrl } from '../web/outcome.js';
import type { FeedTools } from './subscribe.js';

/** Rows as the views name their columns. */
export type Row = Record<string, unknown>;
export type FeedName = { id: number } | { url: string };
export type Role = 'poller' | 'feeds' | 'articles' | 'all';

/** What the commands may ask of an opened installation; wired in workers/cli.ts. */
export interface CliApp extends FeedTools {
  addFeeds(feeds: readonly NewFeed[]): Promise<{ id: number; url: string }[]>;
  listFeeds(): Promise<Row[]>;
  findFeed(name: FeedName): Promise<Row | undefined>;
  records(options: { limit: number; feedId?: number }): Promise<Row[]>;
  failures(options: { limit: number }): Promise<Row[]>;
  status(): Promise<Row>;
  /**
   * Polls these feeds (all when absent) and processes their new articles, here and now; calls `onProgress` now and then.
   * @returns their polls, and those feeds whose hosts have to be left alone for now.
   */
  pollNow(
    ids: readonly number[] | undefined,
    onProgress: (left: { feeds: number; articles: number }) => void,
  ): Promise<{ polls: Row[]; heldUp: Row[] }>;
  /** All records of the selection, in the order of their ids, some at a time. */
  pages(selection: Selection): AsyncIterable<ExportRecord[]>;
  newestRecords(selection: Selection, limit: number): Promise<ExportRecord[]>;
  recordsById(ids: readonly string[], selection: Selection): Promise<ExportRecord[]>;
  /** Where the change cursor is now, and what came after. */
  currentCursor(): Promise<string>;
  changesAfter(cursor: string): Promise<{ cursor: string; operation: string; record_id: string }[]>;
  /** The pages of a record as they were fetched, where they are still kept. */
  loadPages(recordId: number): Promise<Page[]>;
  migrate(): Promise<boolean>;
  /** The statement that creates the role for readers, where our own user may not; undefined when the role is there. */
  readerStatement(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** What it takes to read one page, without a database. */
export interface ExtractTools {
  fetchUrl: FetchUrl;
  /** Waits as long as a host is left alone between two requests. */
  pause(): Promise<void>;
  ruleFor(url: string): Promise<SiteRule | undefined>;
}

/** What a command gets from the program around it. */
export interface CliContext {
  /** Opens the installation, gives it to `use`, and closes it again; `anySchema`: also one that is missing or out of date. */
  withApp<T>(use: (app: CliApp) => Promise<T>, options?: { anySchema?: boolean }): Promise<T>;
  /** Gives `use` what it takes to fetch and read feeds, without a database. */
  withFeedTools<T>(use: (tools: FeedTools) => Promise<T>): Promise<T>;
  withExtractTools<T>(use: (tools: ExtractTools) => Promise<T>): Promise<T>;
  /** Runs a role until it is told to stop. */
  start(role: Role, options: { sampler: boolean }): Promise<void>;
  /** Whether this machine's worker process is alive; explains itself when not. */
  health(): Promise<void>;
  out(line: string): void;
  /** Writes text as it is, no faster than it is read at the other end. */
  write(text: string): Promise<void>;
  err(line: string): void;
  /** Whether the terminal shows colours, and its user wants them (NO_COLOR). */
  inColour: boolean;
}
