import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { at, data, id } from './columns.js';

/** One row per host, as HOST_KEY groups URLs: when it may be asked next, and how it has answered. */
export const hosts = data.table(
  'hosts',
  {
    host: text('host').primaryKey(),
    /** The user's own gap between two requests, in ms; null: HOST_GAP_MS. */
    gapMs: integer('gap_ms'),
    /** The crawl delay from its robots.txt, in ms. */
    crawlDelayMs: integer('crawl_delay_ms'),
    /** No request starts before this. */
    nextAt: at('next_at').notNull().defaultNow(),
    /** When the poller considers this host next; null while nothing of it is pending. */
    turnAt: at('turn_at'),
    /** Its last turn went to a feed, so the next goes to an article if one is due. */
    fedLast: boolean('fed_last').notNull().default(false),
    /** How many articles it was asked for. Every fourth is the oldest of its backlog (db/claim.ts). */
    articleTurns: bigint('article_turns', { mode: 'number' }).notNull().default(0),
    /** The lease end of each request that is running. */
    leases: at('leases').array().notNull().default(sql`'{}'`),
    blockedUntil: at('blocked_until'),
    /** Moving average of its response time, in ms. */
    latencyMs: integer('latency_ms'),
    /** Consecutive requests that it throttled or left unanswered. */
    trouble: integer('trouble').notNull().default(0),
    /**
     * When it last answered anything at all, and when it last could not be reached: our own outage shows in many hosts at
     * once.
     */
    reachedAt: at('reached_at'),
    unreachableAt: at('unreachable_at'),
  },
  (table) => [
    index('hosts_turn').on(table.turnAt).where(sql`turn_at is not null`),
    index('hosts_reached').on(table.reachedAt),
    index('hosts_unreachable').on(table.unreachableAt),
    index('hosts_unused').on(table.nextAt).where(sql`turn_at is null and gap_ms is null`),
  ],
);

/** The robots.txt of each origin that we fetch pages from. */
export const robots = data.table(
  'robots',
  {
    origin: text('origin').primaryKey(),
    /** The rules that apply to us, and when they were read; null until the first read. */
    body: text('body'),
    fetchedAt: at('fetched_at'),
    /** The redirect still to be followed, and how many were followed before it. */
    hopUrl: text('hop_url'),
    hops: integer('hops').notNull().default(0),
    /** When it was last asked for, whatever the answer. As long as pages of the origin are fetched, that is every day. */
    askedAt: at('asked_at').notNull().defaultNow(),
  },
  (table) => [index('robots_asked').on(table.askedAt)],
);

/**
 * Periods in which most hosts failed at once, healthy ones included, so that the fault was ours. `ended_at` is null while one
 * lasts.
 */
export const outages = data.table(
  'outages',
  {
    id: id(),
    startedAt: at('started_at').notNull().defaultNow(),
    /** Healthy hosts that are asked before the outage is confirmed. */
    witnesses: text('witnesses').array().notNull().default(sql`'{}'`),
    /** Null: only suspected, or a false alarm. */
    believedAt: at('believed_at'),
    endedAt: at('ended_at'),
  },
  (table) => [
    uniqueIndex('outages_open').on(sql`(ended_at is null)`).where(sql`ended_at is null`),
    index('outages_ended').on(table.endedAt).where(sql`ended_at is not null`),
  ],
);
