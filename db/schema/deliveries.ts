import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { at, data, id } from './columns.js';

/** One row per delivery: a receiver that is told of events. db/contract/60-deliveries.sql adds and changes them. */
export const deliveries = data.table('deliveries', {
  id: id(),
  /** Where its messages go: an http(s) URL for a webhook, or `mailto:` and one address. May contain secrets. */
  url: text('url').notNull(),
  kind: text('kind', { enum: ['webhook', 'mail'] }).notNull(),
  /** The types of events that it is told of (src/deliveries/event.ts). */
  events: text('events').array().notNull(),
  /** Only records and feeds of these feeds, of this folder, and records that match this full-text query; null: any. */
  feedIds: bigint('feed_ids', { mode: 'number' }).array(),
  folder: text('folder'),
  query: text('query'),
  /** The key that signs its webhooks: `whsec_` and Base64. */
  secret: text('secret').notNull(),
  ratePerMinute: integer('rate_per_minute').notNull(),
  /** Requests to it at the same time. */
  concurrency: integer('concurrency').notNull(),
  /** The shortest time between two mails, in minutes. */
  digestMinutes: integer('digest_minutes').notNull(),
  /** The last change of a record that it has messages for, or needs none for; null: it is not told of records. */
  cursor: text('cursor'),
  /** When it was paused, by the user or because the receiver said 410 (`problem`). */
  pausedAt: at('paused_at'),
  /** Why Feedmill paused it; null: it did not. */
  problem: text('problem'),
  /** No message is sent before this: its rate, its digest, or a wait after failures. */
  nextAt: at('next_at').notNull().defaultNow(),
  /** Failed attempts since the last successful one. */
  failures: integer('failures').notNull().default(0),
  lastSentAt: at('last_sent_at'),
  lastError: text('last_error'),
  lastErrorAt: at('last_error_at'),
  createdAt: at('created_at').notNull().defaultNow(),
});

/** What a delivery still has to be told, and its dead letters. A message that was taken is deleted. */
export const messages = data.table(
  'messages',
  {
    id: id(),
    /** The id that receivers see (`webhook-id`). Random, so that a restored database never uses one again for something else. */
    uid: uuid('uid').notNull().default(sql`gen_random_uuid()`),
    deliveryId: bigint('delivery_id', { mode: 'number' })
      .notNull()
      .references(() => deliveries.id, { onDelete: 'cascade' }),
    type: text('type').notNull(),
    /** What it is about, such as `record:7`. Messages of one subject are sent one at a time, in the order of their ids. */
    subject: text('subject').notNull(),
    recordId: bigint('record_id', { mode: 'number' }),
    /** What was known when it happened. The columns of a record are added when it is sent. */
    data: jsonb('data').$type<Record<string, unknown>>().notNull().default({}),
    occurredAt: at('occurred_at').notNull().defaultNow(),
    /** When it is sent next, or the end of the lease while it is being sent. */
    dueAt: at('due_at').notNull().defaultNow(),
    /** The fencing token of the process that sends it; null: nobody does. */
    leaseEnd: at('lease_end'),
    attempts: integer('attempts').notNull().default(0),
    lastError: text('last_error'),
    /** When it was given up. */
    deadAt: at('dead_at'),
  },
  (table) => [
    index('messages_waiting').on(table.deliveryId, table.id).where(sql`dead_at is null`),
    index('messages_subject').on(table.deliveryId, table.subject, table.id).where(sql`dead_at is null`),
    index('messages_dead').on(table.deliveryId, table.id).where(sql`dead_at is not null`),
    index('messages_expired').on(table.deadAt).where(sql`dead_at is not null`),
  ],
);

/**
 * The records that a delivery with a filter was told of. When a record is deleted, nothing is left to compare with the filter, so
 * this decides who is told.
 */
export const deliveryRecords = data.table(
  'delivery_records',
  {
    deliveryId: bigint('delivery_id', { mode: 'number' })
      .notNull()
      .references(() => deliveries.id, { onDelete: 'cascade' }),
    recordId: bigint('record_id', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ name: 'delivery_records_pkey', columns: [table.deliveryId, table.recordId] })],
);
