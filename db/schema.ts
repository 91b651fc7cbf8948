import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  customType,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { Provenance } from '../src/articles/article.js';
import type { Wishes } from '../src/feeds/schedule.js';
import type { WrittenAs } from '../src/text/date-words.js';

/**
 * Our tables. They may change between versions; consumers read the views of schema `feedmill`.
 * Indexes are in ascending order, read backwards for the newest: Drizzle's `desc()` puts nulls last, and `order by x desc` can't use that.
 */
export const data = pgSchema('feedmill_data');

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' });
const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });
const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const id = () => bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity();

/** One row per host (what counts as one: HOST_KEY): its turn, and how it has answered. */
export const hosts = data.table(
  'hosts',
  {
    host: text('host').primaryKey(),
    /** The gap between two requests, in ms, where its user wants another than HOST_GAP_MS. */
    gapMs: integer('gap_ms'),
    /** The gap that its robots.txt asks for, in ms. */
    crawlDelayMs: integer('crawl_delay_ms'),
    /** No request starts before this. */
    nextAt: at('next_at').notNull().defaultNow(),
    /** When the poller looks at this host next: null while nothing of it is pending. */
    turnAt: at('turn_at'),
    /** Its last turn went to a feed: the next is an article's, if one is due. */
    fedLast: boolean('fed_last').notNull().default(false),
    /** One for each request that runs: when its lease ends. */
    leases: at('leases').array().notNull().default(sql`'{}'`),
    blockedUntil: at('blocked_until'),
    /** Moving average of how long it takes to answer, in ms. */
    latencyMs: integer('latency_ms'),
    /** Answers in a row that asked us to slow down, or never came. */
    trouble: integer('trouble').notNull().default(0),
    /** The last time that it answered anything, and that it could not be reached: what tells its outage from ours. */
    reachedAt: at('reached_at'),
    unreachableAt: at('unreachable_at'),
  },
  (table) => [
    index('hosts_turn').on(table.turnAt).where(sql`turn_at is not null`),
    index('hosts_reached').on(table.reachedAt),
    index('hosts_unreachable').on(table.unreachableAt),
  ],
);

/** The robots.txt of each origin whose pages were wanted. */
export const robots = data.table('robots', {
  origin: text('origin').primaryKey(),
  /** The rules of it that speak to us, and when they were read; null: never yet. */
  body: text('body'),
  fetchedAt: at('fetched_at'),
  /** Where a redirect has led that is not followed yet, and how many there were. */
  hopUrl: text('hop_url'),
  hops: integer('hops').notNull().default(0),
});

/** When most hosts failed at once, and hosts that had been well failed too, so that the fault was ours; `ended_at` is null while it lasts. */
export const outages = data.table(
  'outages',
  {
    id: id(),
    startedAt: at('started_at').notNull().defaultNow(),
    /** Hosts that were well, asked before it is believed. */
    witnesses: text('witnesses').array().notNull().default(sql`'{}'`),
    /** Null: it is suspected, or was a false alarm. */
    believedAt: at('believed_at'),
    endedAt: at('ended_at'),
  },
  () => [uniqueIndex('outages_open').on(sql`(ended_at is null)`).where(sql`ended_at is null`)],
);

export const feeds = data.table(
  'feeds',
  {
    id: id(),
    url: text('url').notNull().unique('feeds_url'),
    host: text('host').notNull(),
    /** Null: retired, polled no more. */
    dueAt: at('due_at').defaultNow(),
    /** What is kept of an entry: its page, or the feed's own content. */
    content: text('content', { enum: ['page', 'feed'] })
      .notNull()
      .default('page'),
    /** A fixed time between polls, in ms; null: what the feed's own life suggests. */
    pollEveryMs: integer('poll_every_ms'),
    format: text('format'),
    title: text('title'),
    /** Where its user keeps it: names of folders, outermost first, joined by " / ". */
    folder: text('folder'),
    siteUrl: text('site_url'),
    language: text('language'),
    etag: text('etag'),
    lastModified: text('last_modified'),
    /** sha256 of the last body: tells an unchanged document from servers whose validators lie. */
    bodyHash: text('body_hash'),
    /** How entries are told apart; see src/feeds/identity.ts. */
    identity: text('identity', { enum: ['guid', 'link'] })
      .notNull()
      .default('guid'),
    /** Fetch its pages whatever their robots.txt says: for sites of one's own. */
    ignoreRobots: boolean('ignore_robots').notNull().default(false),
    /** What its next poll is planned by: dates of its newest entries, what its publisher asks, answers in a row without change. */
    entryDates: at('entry_dates').array().notNull().default(sql`'{}'`),
    wishes: jsonb('wishes').$type<Wishes>().notNull().default({}),
    unchangedInRow: integer('unchanged_in_row').notNull().default(0),
    /** Why it is due when it is, in sentences. */
    dueReasons: text('due_reasons').array().notNull().default(sql`'{}'`),
    /** Polls begun and not ended: more than a few mean that its document kills its worker. */
    attempts: integer('attempts').notNull().default(0),
    /** Where the poll that is under way was redirected to, in how many hops, and whether all of them were permanent. */
    hopUrl: text('hop_url'),
    hops: integer('hops').notNull().default(0),
    hopsPermanent: boolean('hops_permanent').notNull().default(true),
    /** Where permanent redirects have led since when, in how many polls: adopted once that has held. */
    movedTo: text('moved_to'),
    movedSince: at('moved_since'),
    movedPolls: integer('moved_polls').notNull().default(0),
    /** In a row. */
    failures: integer('failures').notNull().default(0),
    /** The first of those. */
    failingSince: at('failing_since'),
    /** Since when each answer was 404. */
    missingSince: at('missing_since'),
    lastError: text('last_error'),
    polledAt: at('polled_at'),
    succeededAt: at('succeeded_at'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('feeds_host_due').on(table.host, table.dueAt).where(sql`due_at is not null`),
    index('feeds_due').on(table.dueAt).where(sql`due_at is not null`),
  ],
);

/** One row per story: a canonical page URL. */
export const articles = data.table(
  'articles',
  {
    id: id(),
    url: text('url').notNull().unique('articles_url'),
    /** The host whose turn its page waits for; null: nothing is fetched, the feed's own content is kept. */
    host: text('host'),
    /** Where redirects have led to, in how many hops; null: none so far. */
    pageUrl: text('page_url'),
    hops: integer('hops').notNull().default(0),
    /** The feed that showed it first. */
    feedId: bigint('feed_id', { mode: 'number' })
      .notNull()
      .references(() => feeds.id, { onDelete: 'cascade' }),
    status: text('status', { enum: ['pending', 'stored', 'failed'] })
      .notNull()
      .default('pending'),
    /** Null: nothing to do. */
    dueAt: at('due_at').defaultNow(),
    attempts: integer('attempts').notNull().default(0),
    /** It is due only to see whether its page has changed; its server's validators to ask by. */
    revisit: boolean('revisit').notNull().default(false),
    etag: text('etag'),
    lastModified: text('last_modified'),
    /** Why the page could not be had, or gave no content: an outcome's kind, and a sentence. */
    error: text('error'),
    errorText: text('error_text'),
    title: text('title'),
    authors: text('authors').array().notNull().default(sql`'{}'`),
    /** As the feed says, else the page, else when it was first seen. */
    publishedAt: at('published_at'),
    /** Where that comes from, and how it was written; likewise of `modified_at`. */
    publishedAs: jsonb('published_as').$type<Provenance | { source: 'first seen' }>(),
    language: text('language'),
    siteName: text('site_name'),
    excerpt: text('excerpt'),
    contentHtml: text('content_html'),
    contentText: text('content_text'),
    leadImageUrl: text('lead_image_url'),
    leadImageWidth: integer('lead_image_width'),
    leadImageHeight: integer('lead_image_height'),
    leadImageCaption: text('lead_image_caption'),
    wordCount: integer('word_count'),
    readingMinutes: integer('reading_minutes'),
    contentSource: text('content_source', { enum: ['page', 'feed'] }),
    canonicalUrl: text('canonical_url'),
    section: text('section'),
    tags: text('tags').array().notNull().default(sql`'{}'`),
    modifiedAt: at('modified_at'),
    modifiedAs: jsonb('modified_as').$type<Provenance>(),
    paywalled: boolean('paywalled'),
    /** Pages that the record was joined from; 0: it is from its feed. */
    pageCount: integer('page_count'),
    /** Of an article of several pages, how many are kept already (`pages`) while the next one is fetched. */
    pagesKept: integer('pages_kept').notNull().default(0),
    firstSeenAt: at('first_seen_at').notNull().defaultNow(),
    storedAt: at('stored_at'),
    /** When the record changed after it was stored; null: never. Kept by a trigger, as are the next four (db/contract/20-changes.sql). */
    changedAt: at('changed_at'),
    /** Counts what readers may see as different versions; what the last one changed, since when, and of how many characters. */
    revision: integer('revision').notNull().default(1),
    revisedAt: at('revised_at'),
    revisedFields: text('revised_fields').array(),
    revisedChars: integer('revised_chars'),
    /** The last try or change, of whatever kind. */
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (table) => [
    index('articles_host_due').on(table.host, table.dueAt).where(sql`due_at is not null and host is not null`),
    index('articles_hostless_due').on(table.dueAt).where(sql`due_at is not null and host is null`),
    index('articles_feed_stored').on(table.feedId, table.storedAt),
    index('articles_published').on(table.publishedAt, table.id).where(sql`stored_at is not null`),
    index('articles_stored').on(table.storedAt, table.id).where(sql`stored_at is not null`),
    index('articles_canonical').on(table.canonicalUrl).where(sql`canonical_url <> url`),
    index('articles_failed').on(table.updatedAt).where(sql`error is not null`),
  ],
);

/** Pages as they were fetched, for some days: an article is extracted anew from them, and joined where it has several. */
export const pages = data.table(
  'pages',
  {
    articleId: bigint('article_id', { mode: 'number' })
      .notNull()
      .references(() => articles.id, { onDelete: 'cascade' }),
    /** Its place in the article, from 1. */
    number: integer('number').notNull(),
    /** Where it was found, after redirects. */
    url: text('url').notNull(),
    contentType: text('content_type').notNull(),
    /** Compressed by Brotli. */
    body: bytea('body').notNull(),
    fetchedAt: at('fetched_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ name: 'pages_pkey', columns: [table.articleId, table.number] }),
    index('pages_fetched').on(table.fetchedAt),
  ],
);

/** One row per item of a feed; many entries may point to one article. */
export const entries = data.table(
  'entries',
  {
    id: id(),
    feedId: bigint('feed_id', { mode: 'number' })
      .notNull()
      .references(() => feeds.id, { onDelete: 'cascade' }),
    /** Its identity in its feed. */
    key: text('key').notNull(),
    /** Null: a tombstone, whose record was deleted for its age (db/retention.ts). */
    articleId: bigint('article_id', { mode: 'number' }).references(() => articles.id, { onDelete: 'cascade' }),
    guid: text('guid'),
    url: text('url'),
    title: text('title'),
    authors: text('authors').array().notNull().default(sql`'{}'`),
    publishedAt: at('published_at'),
    publishedAs: jsonb('published_as').$type<WrittenAs>(),
    summaryHtml: text('summary_html'),
    contentHtml: text('content_html'),
    language: text('language'),
    imageUrl: text('image_url'),
    categories: text('categories').array().notNull().default(sql`'{}'`),
    enclosures: jsonb('enclosures').notNull().default([]),
    contentHash: text('content_hash').notNull(),
    firstSeenAt: at('first_seen_at').notNull().defaultNow(),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (table) => [
    unique('entries_feed_key').on(table.feedId, table.key),
    index('entries_feed_seen').on(table.feedId, table.firstSeenAt),
    index('entries_enclosures').on(table.articleId).where(sql`enclosures <> '[]'`),
    index('entries_article').on(table.articleId, table.updatedAt.desc()),
  ],
);

/** One row per feed that a WebSub hub pushes to us, or is asked to. */
export const websubSubscriptions = data.table('websub_subscriptions', {
  feedId: bigint('feed_id', { mode: 'number' })
    .primaryKey()
    .references(() => feeds.id, { onDelete: 'cascade' }),
  hubUrl: text('hub_url').notNull(),
  topic: text('topic').notNull(),
  /** Signs what is pushed. */
  secret: text('secret').notNull(),
  /** The part of the callback's address that nobody can guess. */
  token: text('token').notNull().unique('websub_subscriptions_token'),
  state: text('state', { enum: ['asked', 'live', 'denied'] })
    .notNull()
    .default('asked'),
  /** Why the hub would not, where it would not. */
  problem: text('problem'),
  /** The hub is asked (again) at the first good poll after this. */
  dueAt: at('due_at').notNull(),
  leaseExpiresAt: at('lease_expires_at'),
  lastPushAt: at('last_push_at'),
  /** Pushes that brought news since a poll last found some that no push had brought: tells whether the hub can be relied on. */
  pushesInARow: integer('pushes_in_a_row').notNull().default(0),
});

/** One row a poll. */
export const polls = data.table(
  'polls',
  {
    id: id(),
    feedId: bigint('feed_id', { mode: 'number' })
      .notNull()
      .references(() => feeds.id, { onDelete: 'cascade' }),
    startedAt: at('started_at').notNull(),
    /** Whether we asked, or a WebSub hub brought the document. */
    via: text('via', { enum: ['poll', 'push'] })
      .notNull()
      .default('poll'),
    durationMs: integer('duration_ms').notNull(),
    /** `news`, `steady`, `unchanged`, `not-a-feed`, or the kind of a failed fetch. */
    outcome: text('outcome').notNull(),
    /** HTTP status, where there was one. */
    status: integer('status'),
    bytes: integer('bytes').notNull().default(0),
    entriesSeen: integer('entries_seen').notNull().default(0),
    entriesNew: integer('entries_new').notNull().default(0),
    /** True when the document shares no entry with the one before: something may have been missed between the two. */
    possibleGap: boolean('possible_gap').notNull().default(false),
    error: text('error'),
  },
  (table) => [
    index('polls_feed').on(table.feedId, table.startedAt),
    index('polls_started').on(table.startedAt),
    index('polls_gaps').on(table.startedAt).where(sql`possible_gap`),
  ],
);

/** What happened to the records, for the change cursor: one row per change, never changed itself. */
export const changes = data.table(
  'changes',
  {
    /** Transaction ids go up within one epoch; see `contract.epoch`. */
    epoch: integer('epoch').notNull(),
    tx: xid8('tx').notNull(),
    id: bigint('id', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    recordId: bigint('record_id', { mode: 'number' }).notNull(),
    operation: text('operation', { enum: ['insert', 'update', 'delete'] }).notNull(),
    /** Columns of the view that an update changed. */
    fields: text('fields').array(),
    changedAt: at('changed_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.epoch, table.tx, table.id] })],
);

/** Former versions of records; the latest is in `articles`. */
export const revisions = data.table(
  'revisions',
  {
    articleId: bigint('article_id', { mode: 'number' })
      .notNull()
      .references(() => articles.id, { onDelete: 'cascade' }),
    revision: integer('revision').notNull(),
    /** When this version was stored, and when the next took its place. */
    revisedAt: at('revised_at').notNull(),
    replacedAt: at('replaced_at').notNull().defaultNow(),
    revisedFields: text('revised_fields').array(),
    revisedChars: integer('revised_chars'),
    title: text('title'),
    authors: text('authors').array().notNull(),
    publishedAt: at('published_at'),
    language: text('language'),
    excerpt: text('excerpt'),
    contentHtml: text('content_html'),
    contentText: text('content_text'),
    leadImageUrl: text('lead_image_url'),
    wordCount: integer('word_count'),
    contentSource: text('content_source', { enum: ['page', 'feed'] }),
  },
  (table) => [primaryKey({ columns: [table.articleId, table.revision] })],
);

/** The words of each record, as `search_words` (db/contract) splits them. Not in `articles`, where each claim would write them to the index again. */
export const search = data.table(
  'search',
  {
    articleId: bigint('article_id', { mode: 'number' })
      .primaryKey()
      .references(() => articles.id, { onDelete: 'cascade' }),
    words: tsvector('words').notNull(),
  },
  (table) => [index('search_words').using('gin', table.words)],
);

/** What tells records that say the same (src/articles/simhash.ts); texts that are too short have none. */
export const fingerprints = data.table(
  'fingerprints',
  {
    articleId: bigint('article_id', { mode: 'number' })
      .primaryKey()
      .references(() => articles.id, { onDelete: 'cascade' }),
    simhash: bigint('simhash', { mode: 'bigint' }).notNull(),
    /** The id of the record that was the first to say it. */
    clusterId: bigint('cluster_id', { mode: 'number' }).notNull(),
  },
  (table) => [
    // Without a list of what is pending: each lookup would have to read it.
    index('fingerprints_keys').using('gin', sql`feedmill_data.simhash_keys(simhash)`).with({ fastupdate: false }),
    index('fingerprints_cluster').on(table.clusterId),
  ],
);

/** The contract that this database has (db/contract.ts): one row. */
export const contract = data.table(
  'contract',
  {
    singleton: boolean('singleton').primaryKey().default(true),
    version: text('version').notNull(),
    /** sha256 of its SQL. */
    hash: text('hash').notNull(),
    /** Goes up when the database was moved to another server, whose transaction ids begin anew. */
    epoch: integer('epoch').notNull().default(1),
    /** How far the search has come in `changes`. */
    searchCursor: text('search_cursor'),
  },
  () => [check('contract_singleton', sql`singleton`)],
);
