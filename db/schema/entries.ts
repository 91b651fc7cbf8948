import { sql } from 'drizzle-orm';
import { bigint, index, jsonb, text, unique } from 'drizzle-orm/pg-core';
import type { WrittenAs } from '../../src/text/date-words.js';
import { at, data, id } from './columns.js';
import { feeds } from './feeds.js';

/** One row per item of a feed. Several entries may point to one article. */
export const entries = data.table(
  'entries',
  {
    id: id(),
    feedId: bigint('feed_id', { mode: 'number' })
      .notNull()
      .references(() => feeds.id, { onDelete: 'cascade' }),
    /** Identifies the entry within its feed; see src/feeds/identity.ts. */
    key: text('key').notNull(),
    /**
     * Null: a tombstone, whose record reached its maximum age and was deleted (db/retention.ts). No foreign key: a tombstone may keep
     * the id of its article until the range of ids ends, and whoever writes another one has its row locked.
     */
    articleId: bigint('article_id', { mode: 'number' }),
    /** The site of the feed's address when the feed last said this (src/text/site.ts); null in rows older than this column. */
    site: text('site'),
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
    /** Of a tombstone: when its feed's document was first read without it; null: it was not yet (db/tombstones.ts). */
    goneSince: at('gone_since'),
  },
  (table) => [
    unique('entries_feed_key').on(table.feedId, table.key),
    index('entries_feed_seen').on(table.feedId, table.firstSeenAt),
    index('entries_enclosures').on(table.articleId).where(sql`enclosures <> '[]'`),
    // For finding entries again without their keys (db/known-entries.ts).
    index('entries_same_link').on(table.feedId, sql`md5(url)`, table.id),
    index('entries_same_content').on(table.feedId, table.contentHash, table.id),
    index('entries_same_headline').on(table.feedId, table.publishedAt, sql`md5(title)`, table.id),
    index('entries_tombstones').on(table.feedId, table.goneSince).where(sql`article_id is null`),
    index('entries_article').on(table.articleId, table.updatedAt.desc()),
  ],
);
