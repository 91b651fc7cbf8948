import { sql } from 'drizzle-orm';
import { bigint, index } from 'drizzle-orm/pg-core';
import { at, data, tsvector } from './columns.js';

/**
 * Records that the indexer has not processed since they were stored or their words changed. Triggers fill it. Rows
 * whose record is gone are harmless.
 */
export const unindexed = data.table('unindexed', {
  articleId: bigint('article_id', { mode: 'number' }).primaryKey(),
  /** The first change that was not processed. */
  since: at('since').notNull().defaultNow(),
  /** When an indexer may claim it: at once, or when the lease of another one ends. */
  dueAt: at('due_at').notNull().defaultNow(),
});

/**
 * The words of each record, as `search_words` (db/contract/30-search.sql) splits them.
 * A table of its own: as a column of `articles`, each claim would write them to the index again.
 */
export const search = data.table(
  'search',
  {
    articleId: bigint('article_id', { mode: 'number' }).primaryKey(),
    words: tsvector('words').notNull(),
  },
  (table) => [index('search_words').using('gin', table.words)],
);

/** Fingerprints that find records with the same text (src/articles/simhash.ts); short texts have none. */
export const fingerprints = data.table(
  'fingerprints',
  {
    articleId: bigint('article_id', { mode: 'number' }).primaryKey(),
    simhash: bigint('simhash', { mode: 'bigint' }).notNull(),
    /** The id of the first record in the cluster. */
    clusterId: bigint('cluster_id', { mode: 'number' }).notNull(),
  },
  (table) => [
    // Without GIN's pending list, which every lookup would have to scan.
    index('fingerprints_keys').using('gin', sql`feedmill_data.simhash_keys(simhash)`).with({ fastupdate: false }),
    index('fingerprints_cluster').on(table.clusterId),
  ],
);
