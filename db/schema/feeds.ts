import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, integer, jsonb, text } from 'drizzle-orm/pg-core';
import type { Wishes } from '../../src/feeds/poll-facts.js';
import { at, data, id } from './columns.js';

/** One row per subscription. */
export const feeds = data.table(
  'feeds',
  {
    id: id(),
    url: text('url').notNull().unique('feeds_url'),
    host: text('host').notNull(),
    /** When it is polled next, or the end of the lease while it is claimed; null: retired, paused or removed, and not polled. */
    dueAt: at('due_at').defaultNow(),
    /** What to store for an entry: its page, or the feed's own content. */
    content: text('content', { enum: ['page', 'feed'] })
      .notNull()
      .default('page'),
    /** When the user paused it; null: it is not paused. */
    pausedAt: at('paused_at'),
    /** When the user unsubscribed. The row stays for the sake of its records; null: it is subscribed to. */
    removedAt: at('removed_at'),
    /** Extra headers of the requests to its own origin, by lower-case name. Their values are secrets: no view shows them. */
    headers: jsonb('headers').$type<Record<string, string>>(),
    /** A fixed poll interval, in ms; null: planned from how often the feed publishes. */
    pollEveryMs: integer('poll_every_ms'),
    format: text('format'),
    title: text('title'),
    /** The user's folder: names, outermost first, joined by " / ". */
    folder: text('folder'),
    siteUrl: text('site_url'),
    language: text('language'),
    etag: text('etag'),
    lastModified: text('last_modified'),
    /** sha256 of the last body: finds an unchanged document even where the server's validators are wrong. */
    bodyHash: text('body_hash'),
    /** How entries are identified; see src/feeds/identity.ts. */
    identity: text('identity', { enum: ['guid', 'link'] })
      .notNull()
      .default('guid'),
    /** Fetch it and its pages whatever robots.txt says: for the user's own sites. */
    ignoreRobots: boolean('ignore_robots').notNull().default(false),
    /** Input for planning the next poll: dates of the newest entries, what the publisher asks, consecutive unchanged answers. */
    entryDates: at('entry_dates').array().notNull().default(sql`'{}'`),
    wishes: jsonb('wishes').$type<Wishes>().notNull().default({}),
    unchangedInRow: integer('unchanged_in_row').notNull().default(0),
    /** Why `due_at` is what it is, in sentences. */
    dueReasons: text('due_reasons').array().notNull().default(sql`'{}'`),
    /** Consecutive polls that started and never ended; more than a few mean that the document crashes its worker. */
    attempts: integer('attempts').notNull().default(0),
    /** The current poll's redirect target, how many redirects it followed, and whether all of them were permanent. */
    hopUrl: text('hop_url'),
    hops: integer('hops').notNull().default(0),
    hopsPermanent: boolean('hops_permanent').notNull().default(true),
    /** The target of permanent redirects, since when, and in how many polls: adopted once it has held long enough. */
    movedTo: text('moved_to'),
    movedSince: at('moved_since'),
    movedPolls: integer('moved_polls').notNull().default(0),
    /** Consecutive failed polls. */
    failures: integer('failures').notNull().default(0),
    /** Consecutive polls that ended in our own fault. The wait grows with each, and they do not count as failures of the feed. */
    faults: integer('faults').notNull().default(0),
    /** When the first of the current failed polls was. */
    failingSince: at('failing_since'),
    /** When the first of consecutive 404 answers came. */
    missingSince: at('missing_since'),
    lastError: text('last_error'),
    polledAt: at('polled_at'),
    succeededAt: at('succeeded_at'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('feeds_host_due').on(table.host, table.dueAt).where(sql`due_at is not null`),
    index('feeds_due').on(table.dueAt).where(sql`due_at is not null`),
    // Nothing that is late can revive a feed.
    check('feeds_not_due', sql`due_at is null or (paused_at is null and removed_at is null)`),
  ],
);

/** One row per poll. */
export const polls = data.table(
  'polls',
  {
    id: id(),
    feedId: bigint('feed_id', { mode: 'number' })
      .notNull()
      .references(() => feeds.id, { onDelete: 'cascade' }),
    startedAt: at('started_at').notNull(),
    /** `poll`: we fetched the document; `push`: a WebSub hub sent it. */
    via: text('via', { enum: ['poll', 'push'] })
      .notNull()
      .default('poll'),
    durationMs: integer('duration_ms').notNull(),
    /** `news`, `steady`, `unchanged`, `not-a-feed`, or the kind of a failed fetch. */
    outcome: text('outcome').notNull(),
    /** HTTP status; null when there was no response. */
    status: integer('status'),
    bytes: integer('bytes').notNull().default(0),
    entriesSeen: integer('entries_seen').notNull().default(0),
    entriesNew: integer('entries_new').notNull().default(0),
    /** Entries that were new, or had a new link, and were not taken, because the feed had reached its daily limit. */
    entriesLeftOut: integer('entries_left_out').notNull().default(0),
    /** The document shares no entry with the one before, so entries may have come and gone between the two. */
    possibleGap: boolean('possible_gap').notNull().default(false),
    error: text('error'),
  },
  (table) => [
    index('polls_feed').on(table.feedId, table.startedAt),
    index('polls_started').on(table.startedAt),
    index('polls_gaps').on(table.startedAt).where(sql`possible_gap`),
  ],
);

/** One row per feed whose WebSub hub pushes to us, or was asked to. */
export const websubSubscriptions = data.table('websub_subscriptions', {
  feedId: bigint('feed_id', { mode: 'number' })
    .primaryKey()
    .references(() => feeds.id, { onDelete: 'cascade' }),
  hubUrl: text('hub_url').notNull(),
  topic: text('topic').notNull(),
  /** The key that signs what the hub sends. */
  secret: text('secret').notNull(),
  /** The unguessable part of the callback URL. */
  token: text('token').notNull().unique('websub_subscriptions_token'),
  state: text('state', { enum: ['asked', 'live', 'denied'] })
    .notNull()
    .default('asked'),
  /** Why the hub refused; null if it did not. */
  problem: text('problem'),
  /** The hub is asked (again) after the first successful poll past this time. */
  dueAt: at('due_at').notNull(),
  leaseExpiresAt: at('lease_expires_at'),
  lastPushAt: at('last_push_at'),
  /** Pushes with news since a poll last found news that no push had brought: shows whether the hub is reliable. */
  pushesInARow: integer('pushes_in_a_row').notNull().default(0),
});
