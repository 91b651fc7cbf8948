import { sql } from 'drizzle-orm';
import { bigint, boolean, check, integer, primaryKey, text } from 'drizzle-orm/pg-core';
import { articles } from './articles.js';
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
    /** Columns of the view that an update changed. */
    fields: text('fields').array(),
    changedAt: at('changed_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.epoch, table.tx, table.id] })],
);

/** Earlier versions of records; the latest version is the row in `articles`. */
export const revisions = data.table(
  'revisions',
  {
    articleId: bigint('article_id', { mode: 'number' })
      .notNull()
      .references(() => articles.id, { onDelete: 'cascade' }),
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
    /** The last change that the search index has processed. */
    searchCursor: text('search_cursor'),
  },
  () => [check('contract_singleton', sql`singleton`)],
);
