import { sql } from 'drizzle-orm';
import { bigint, index, integer, primaryKey, text } from 'drizzle-orm/pg-core';
import { at, bytea, data, tsvector } from './columns.js';

/**
 * Records that the indexer has not processed since they were stored or their words changed. Triggers fill it. Rows
 * whose record is gone are harmless.
 */
export const unindexed = data.table(
  'unindexed',
  {
    articleId: bigint('article_id', { mode: 'number' }).primaryKey(),
    /** The first change that was not processed. */
    since: at('since').notNull().defaultNow(),
    /** When an indexer may claim it: at once, when the lease of another one ends, or some time after a fault. */
    dueAt: at('due_at').notNull().defaultNow(),
    /** How often we failed to index it, by our own fault; the last time by this error. */
    faults: integer('faults').notNull().default(0),
    error: text('error'),
  },
  (table) => [index('unindexed_faults').on(table.articleId).where(sql`faults > 0`)],
);

/**
 * The words of each record, as keys (src/text/search-words.ts). A table of its own: as columns of `articles`, each claim would
 * write them to the index again. Partitioned by ranges of ids (db/contract/05-partitions.sql), like what else belongs to articles.
 */
export const searchKeys = data.table(
  'search_keys',
  {
    articleId: bigint('article_id', { mode: 'number' }).primaryKey(),
    /** Those of the title. */
    title: integer('title').array().notNull(),
    /** Those of title and text, and that of the block of ids that the record is in. */
    keys: integer('keys').array().notNull(),
  },
  (table) => [index('search_keys_keys').using('gin', table.keys)],
);

/** What the program before wrote instead of `search_keys`. A backfill empties it. */
export const search = data.table(
  'search',
  {
    articleId: bigint('article_id', { mode: 'number' }).primaryKey(),
    words: tsvector('words').notNull(),
  },
  (table) => [index('search_words').using('gin', table.words)],
);

/**
 * What finds records with the same text (src/articles/fingerprint.ts); short texts have none. Partitioned by ranges of ids
 * (db/contract/05-partitions.sql).
 */
export const fingerprints = data.table(
  'fingerprints',
  {
    articleId: bigint('article_id', { mode: 'number' }).primaryKey(),
    /** What the version before wrote instead of a sketch. */
    simhash: bigint('simhash', { mode: 'bigint' }),
    /** 128 bytes (src/articles/sketch.ts); null if it was written by the version before. */
    sketch: bytea('sketch'),
    /** The id of the first record in the cluster. */
    clusterId: bigint('cluster_id', { mode: 'number' }).notNull(),
  },
  (table) => [index('fingerprints_cluster').on(table.clusterId)],
);

/** The keys of the fingerprints of the last days, by which records with the same text are looked for. */
export const fingerprintKeys = data.table(
  'fingerprint_keys',
  { key: bigint('key', { mode: 'number' }).notNull(), articleId: bigint('article_id', { mode: 'number' }).notNull() },
  // Read backwards: the newest records of a key. The other index finds those of a record, and the oldest.
  (table) => [primaryKey({ columns: [table.key, table.articleId] }), index('fingerprint_keys_article').on(table.articleId)],
);
