import { sql } from 'drizzle-orm';
import { bigint, boolean, check, integer, primaryKey, text } from 'drizzle-orm/pg-core';
import { at, data, xid8 } from './columns.js';

/** The log behind the change cursor: one row per change to a record. Rows are never updated. */
export const changes = data.table(
  'changes',
  {
    /** Transaction ids increase within an epoch; see `contract.epoch`. */
    epoch: integer('epoch').notNull(),
    tx: xid8('tx').notNull(),
    id: bigint('id', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    recordId: bigint('record_id', { mode: 'number' }).notNull(),
    operation: text('operation', { enum: ['insert', 'update', 'delete'] }).notNull(),
    /** What an update changed; docs/sql.md says what the names stand for. */
    fields: text('fields').array(),
    changedAt: at('changed_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.epoch, table.tx, table.id] })],
);

/** Earlier versions of records; the latest version is the row in `articles`. */
export const revisions = data.table(
  'revisions',
  {
    articleId: bigint('article_id', { mode: 'number' }).notNull(),
    revision: integer('revision').notNull(),
    /** When this version was stored, and when the next one replaced it. */
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
    extractorVersion: integer('extractor_version'),
  },
  (table) => [primaryKey({ columns: [table.articleId, table.revision] })],
);

/** One row: the contract that this database has (db/contract.ts). */
export const contract = data.table(
  'contract',
  {
    singleton: boolean('singleton').primaryKey().default(true),
    version: text('version').notNull(),
    /** sha256 of its SQL. */
    hash: text('hash').notNull(),
    /** Incremented when the database moves to another server or timeline, where transaction ids mean something else. */
    epoch: integer('epoch').notNull().default(1),
    /** Where the epoch belongs: system identifier, timeline and database (`server_identity()`); null: not known yet. */
    server: text('server'),
    /** The last change that the search index of version 0.1 has processed; later ones have the table `unindexed`. */
    searchCursor: text('search_cursor'),
    /** The last change that was deleted for its age (db/expiry.ts); null: none was. A cursor before it has missed changes. */
    expiredCursor: text('expired_cursor'),
    /** The program that set it up: `version` of its package.json. An older one leaves its views and functions alone. */
    program: text('program'),
    /** The oldest program that can work with the schema, by the time of its newest migration (db/compatibility.ts), in ms. */
    compatibleFrom: bigint('compatible_from', { mode: 'number' }),
  },
  () => [check('contract_singleton', sql`singleton`)],
);

/** One row per data migration that runs in batches (db/backfills.ts). */
export const backfills = data.table('backfills', {
  name: text('name').primaryKey(),
  /** The ids up to this one are done. */
  position: bigint('position', { mode: 'number' }).notNull().default(0),
  /** The largest id when it began: what came later needs no migration. */
  last: bigint('last', { mode: 'number' }).notNull(),
  startedAt: at('started_at').notNull().defaultNow(),
  finishedAt: at('finished_at'),
});
