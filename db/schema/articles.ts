import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import type { Provenance } from '../../src/articles/article.js';
import { at, body, bytea, data, id } from './columns.js';
import { feeds } from './feeds.js';

/** A flag of `published_as`, as the view reads it: `json_boolean` in db/contract/00-schema.sql. */
const hasFlag = (name: 'clamped' | 'zoneAssumed') =>
  sql.raw(`case when jsonb_typeof(published_as -> '${name}') = 'boolean' then (published_as -> '${name}')::boolean end`);

/** One row per story, identified by the normalized URL of its page. */
export const articles = data.table(
  'articles',
  {
    id: id(),
    url: text('url').notNull().unique('articles_url'),
    /** The host whose turn its page waits for; null: no page is fetched, the feed's own content is stored. */
    host: text('host'),
    /** The site that its URL belongs to (src/text/site.ts); null in rows older than this column. */
    site: text('site'),
    /** The redirect target, and how many redirects led there; null: none so far. */
    pageUrl: text('page_url'),
    hops: integer('hops').notNull().default(0),
    /** The feed that showed it first. */
    feedId: bigint('feed_id', { mode: 'number' })
      .notNull()
      .references(() => feeds.id, { onDelete: 'cascade' }),
    status: text('status', { enum: ['pending', 'stored', 'failed'] })
      .notNull()
      .default('pending'),
    /** When it is tried next, or the end of the lease while it is claimed; null: nothing left to do. */
    dueAt: at('due_at').defaultNow(),
    attempts: integer('attempts').notNull().default(0),
    /** It is due only to check whether its page has changed, with the validators that its server sent. */
    revisit: boolean('revisit').notNull().default(false),
    etag: text('etag'),
    lastModified: text('last_modified'),
    /** Why the page could not be fetched or gave no content: the kind of problem, and a sentence. */
    error: text('error'),
    errorText: text('error_text'),
    title: text('title'),
    authors: text('authors').array().notNull().default(sql`'{}'`),
    /** From the feed, else from the page, else the time it was first seen. */
    publishedAt: at('published_at'),
    /** Where `published_at` comes from and how it was written; `modified_as` is the same for `modified_at`. */
    publishedAs: jsonb('published_as').$type<Provenance | { source: 'first seen' }>(),
    language: text('language'),
    siteName: text('site_name'),
    /** These three are written here and kept in `bodies`: a trigger moves them. Null, except in rows older than that table. */
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
    /** How many pages the record was joined from; 0: its content is the feed's. */
    pageCount: integer('page_count'),
    /** The version of the extractor that made the record; null in rows older than this column. */
    extractorVersion: integer('extractor_version'),
    /** For an article of several pages: how many are kept in `pages` while the next one is fetched. */
    pagesKept: integer('pages_kept').notNull().default(0),
    firstSeenAt: at('first_seen_at').notNull().defaultNow(),
    storedAt: at('stored_at'),
    /**
     * When the stored record last changed; null: never. A trigger maintains this and the next four (db/contract/20-changes.sql).
     */
    changedAt: at('changed_at'),
    /** Number of the version that readers see; when it was stored, which fields it changed, and how many characters. */
    revision: integer('revision').notNull().default(1),
    revisedAt: at('revised_at'),
    revisedFields: text('revised_fields').array(),
    revisedChars: integer('revised_chars'),
    /** The last attempt or change of any kind. */
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (table) => [
    index('articles_host_due').on(table.host, table.dueAt).where(sql`due_at is not null and host is not null`),
    index('articles_hostless_due').on(table.dueAt).where(sql`due_at is not null and host is null`),
    index('articles_feed_stored').on(table.feedId, table.storedAt),
    index('articles_published').on(table.publishedAt, table.id).where(sql`stored_at is not null`),
    index('articles_stored').on(table.storedAt, table.id).where(sql`stored_at is not null`),
    index('articles_canonical').on(table.canonicalUrl).where(sql`canonical_url <> url`),
    index('articles_changed').on(sql`coalesce(changed_at, stored_at)`).where(sql`stored_at is not null`),
    // New rows are at the end, so their times rise with their place in the table.
    index('articles_first_seen').using('brin', table.firstSeenAt),
    index('articles_doubtful')
      .on(table.storedAt)
      .where(sql`${hasFlag('clamped')} or ${hasFlag('zoneAssumed')}`),
    index('articles_failed').on(table.updatedAt).where(sql`error is not null`),
  ],
);

/**
 * What only readers of a record want, and what is long. One value, because its parts repeat each other: compressed as one, they take
 * a third less than each by itself. Partitioned by ranges of ids (db/partitions.ts).
 */
export const bodies = data.table('bodies', {
  articleId: bigint('article_id', { mode: 'number' }).primaryKey(),
  body: body('body').notNull(),
});

/** Pages as fetched, kept for some days: to join the pages of a long article, and to extract a record again. */
export const pages = data.table(
  'pages',
  {
    articleId: bigint('article_id', { mode: 'number' }).notNull(),
    /** Its position in the article, from 1. */
    number: integer('number').notNull(),
    /** Its URL after redirects. */
    url: text('url').notNull(),
    contentType: text('content_type').notNull(),
    /** Compressed: as it was transferred, if it was. */
    body: bytea('body').notNull(),
    coding: text('coding', { enum: ['br', 'gzip'] })
      .notNull()
      .default('br'),
    fetchedAt: at('fetched_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ name: 'pages_pkey', columns: [table.articleId, table.number] }),
    index('pages_fetched').on(table.fetchedAt),
  ],
);
