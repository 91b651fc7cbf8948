import type { Page } from '../articles/article.js';
import type { SiteRule } from '../articles/site-rules.js';
import type { Answer } from '../deliveries/answer.js';
import type { NewDelivery, Receiver } from '../deliveries/event.js';
import type { ExportRecord, Selection } from '../export/record.js';
import type { RecordContext, RecordName, RecordQuery } from '../export/record-filter.js';
import type { RecordFormat } from '../export/write-record.js';
import type { FeedPlace } from '../feeds/write-opml.js';
import type { Stopped } from '../jobs/stopped.js';
import type { NewFeed } from '../jobs/subscribed-feed.js';
import type { FetchUrl } from '../web/outcome.js';
import type { FeedManager } from './feed-manager.js';
import type { ReplayTools } from './replay-tools.js';
import type { FeedTools } from './subscribe.js';

/** A row with the column names of the SQL views. */
export type Row = Record<string, unknown>;
/** A feed by its id or its URL. */
export type FeedName = { id: number } | { url: string };
/** A feed with its settings, and the latest of its polls and failed articles, by the names of the views' columns. */
export interface FeedDetails {
  feed: Row;
  polls: Row[];
  failures: Row[];
}
/** A colour of text on a terminal, or bold. */
export type Colour = 'green' | 'red' | 'grey' | 'bold';
/** What a process does. */
export type Role = 'poller' | 'feeds' | 'articles' | 'deliveries' | 'all';

/** What the commands can ask of an open installation. workers/cli.ts implements it. */
export interface CliApp extends FeedTools, FeedManager, ReplayTools {
  /** Subscribes to feeds. @returns those that were not subscribed before; @throws if a setting is refused */
  addFeeds(feeds: readonly NewFeed[]): Promise<{ id: number; url: string }[]>;
  /** Those of these addresses that are subscribed to, paused or not: to add them again would change nothing. */
  findSubscribed(urls: readonly string[]): Promise<string[]>;
  /** The feeds that are subscribed to, or those of these ids, in batches in the order of their ids. */
  readFeeds(ids?: readonly number[]): AsyncIterable<Row[]>;
  /** The ids and folders of all subscribed feeds, in batches in the order of their ids. */
  readFeedPlaces(): AsyncIterable<FeedPlace[]>;
  /** Those of the given feeds that are subscribed to, by id, with all their settings; passwords and headers only with `secrets`. */
  loadSubscriptions(ids: readonly number[], wanted: { secrets: boolean }): Promise<ReadonlyMap<number, NewFeed>>;
  loadFeedListing(name: FeedName): Promise<Row | undefined>;
  loadFeedDetails(id: number): Promise<FeedDetails | undefined>;
  /** The names of the columns of the view `feedmill.records`. */
  loadRecordColumns(): Promise<string[]>;
  /** The newest records first, in batches. @throws {UserError} when the user's condition can't be used, or it takes too long */
  readRecords(query: RecordQuery): AsyncIterable<Row[]>;
  /** The records in which the words of `query` occur, the best matches first. @throws {UserError} as readRecords does */
  searchRecords(words: string, query: RecordQuery): Promise<Row[]>;
  findRecord(name: RecordName): Promise<Row | undefined>;
  /** Why the page of an article without a record could not be read; undefined when that is not the reason. */
  findRecordFailure(name: RecordName): Promise<string | undefined>;
  loadRecordContext(record: { id: number; clusterId: number | undefined }): Promise<RecordContext>;
  /** The versions of a record, with their texts, the newest first. */
  loadRevisions(id: number): Promise<Row[]>;
  loadFailures(options: { limit: number }): Promise<Row[]>;
  loadStatus(): Promise<Row>;
  /** The time on the database's clock, which is the one that rows are compared with. */
  readDatabaseTime(): Promise<Date>;
  /**
   * Polls these feeds (all feeds when undefined) in this process and processes their new articles. Calls `onProgress`
   * every few seconds.
   * @returns their polls, and the feeds that were not polled because their host must not be asked for now
   */
  pollNow(
    ids: readonly number[] | undefined,
    onProgress: (left: { feeds: number; articles: number }) => void,
  ): Promise<{ polls: Row[]; heldUp: Row[] }>;
  /** All selected records in the order of their ids, in batches. */
  readRecordPages(selection: Selection): AsyncIterable<ExportRecord[]>;
  loadNewestRecords(selection: Selection, limit: number): Promise<ExportRecord[]>;
  /** The given records, except those that do not exist or are not selected. */
  loadRecordsById(ids: readonly string[], selection: Selection): Promise<ExportRecord[]>;
  /** Writes a record in a thread of its own, with limits of time and memory. */
  writeRecord(input: { format: RecordFormat; record: ExportRecord }): Promise<string | Stopped>;
  /** Whether mails are set up (SMTP_URL, MAIL_FROM). */
  canSendMail: boolean;
  /** Adds a receiver. @returns its id and secret; or what is wrong with it, in a sentence */
  addDelivery(delivery: NewDelivery): Promise<{ id: number; secret: string } | { problem: string }>;
  /** All deliveries, by the names of the columns of feedmill.deliveries. */
  listDeliveries(): Promise<Row[]>;
  /** Where the messages of a delivery go. */
  findReceiver(id: number): Promise<{ receiver: Receiver } | undefined>;
  /** The newest messages of a delivery that were given up. */
  loadDeadLetters(id: number, limit: number): Promise<Row[]>;
  /** These return the ids of the deliveries that they changed. */
  pauseDeliveries(ids: readonly number[]): Promise<number[]>;
  resumeDeliveries(ids: readonly number[]): Promise<number[]>;
  removeDeliveries(ids: readonly number[]): Promise<number[]>;
  /** Sends dead letters again. @returns how many */
  retryDeliveries(ids: readonly number[]): Promise<number>;
  /** Sends a test message now. @returns what became of it; undefined when there is no such delivery */
  testDelivery(id: number): Promise<Answer | undefined>;
  /** The present position of the change cursor. */
  readCursor(): Promise<string>;
  loadChangesAfter(cursor: string): Promise<{ cursor: string; operation: string; record_id: string }[]>;
  /** The pages of a record as they were fetched; empty when they are no longer kept. */
  loadPages(recordId: number): Promise<Page[]>;
  /** Migrates the schema. @returns whether there was anything to do */
  migrate(): Promise<boolean>;
  /** The data migrations that are not done: `position` of `last` ids. They run in batches, also in the poller. */
  listBackfills(): Promise<{ name: string; position: number; last: number }[]>;
  /** Runs one batch of them. @returns how far it is; undefined when all are done or another process runs one */
  runBackfillBatch(): Promise<{ name: string; position: number; last: number } | undefined>;
  /** Compares the counters of all feeds with their articles, in parts; with `repair`, counts those anew that are wrong. */
  auditCounts(options: { repair: boolean }): AsyncIterable<{ done: number; total: number; wrong: Row[] }>;
  /** Records that could not be indexed; with `retry`, they are tried again at once. */
  listPutAside(options: { retry: boolean }): Promise<Row[]>;
  /** What others have made in schema `feedmill`, by `name` and `kind`. */
  listForeignRelations(): Promise<Row[]>;
  /** The SQL that creates the read-only role, if the role is missing and our own user may not create it. */
  readerStatement(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** What it takes to fetch and read one article, without a database. */
export interface ExtractTools {
  fetchUrl: FetchUrl;
  /** Waits for the pause that is due between two requests to one host. */
  pause(): Promise<void>;
  findRule(url: string): Promise<SiteRule | undefined>;
}

/** What a command gets from the program around it. */
export interface CliContext {
  /**
   * Opens the installation, passes it to `use`, and closes it again. `anySchema` also accepts a missing or outdated schema;
   * `readsOnly` is for commands that read the views only, which a login with the rights of the reader role may do.
   * `stopping` is aborted when the process is told to stop. With `stopsInOrder`, `use` then has a moment to finish.
   */
  withApp<T>(
    use: (app: CliApp, stopping: AbortSignal) => Promise<T>,
    options?: { anySchema?: boolean; stopsInOrder?: boolean; readsOnly?: boolean },
  ): Promise<T>;
  withFeedTools<T>(use: (tools: FeedTools) => Promise<T>): Promise<T>;
  withExtractTools<T>(use: (tools: ExtractTools) => Promise<T>): Promise<T>;
  /** Runs a role until the process is told to stop. */
  start(role: Role, options: { sampler: boolean }): Promise<void>;
  /** Checks the heartbeat of this machine's worker. @throws {UserError} when it is missing or too old */
  health(): Promise<void>;
  /** Prints a line to standard output. */
  out(line: string): void;
  /**
   * Writes text to standard output, no faster than the reader takes it. The text is as given, unless it goes to a terminal; the
   * colour only shows there.
   */
  write(text: string, colour?: Colour): Promise<void>;
  /** Whether `write` shows colours. */
  styles: boolean;
  /**
   * Collects what `use` writes, and shows it with the user's pager if standard output is a terminal. Not for use within `withApp`,
   * since people take their time.
   */
  page(use: (write: CliContext['write']) => Promise<void>): Promise<void>;
  /** Prints a line to standard error. */
  err(line: string): void;
  /** Asks a question at the terminal. @returns the answer; undefined when there is no terminal */
  ask(question: string): Promise<string | undefined>;
}
