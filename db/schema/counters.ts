import { bigint, doublePrecision, index, integer, interval } from 'drizzle-orm/pg-core';
import { at, data, id } from './columns.js';
import { feeds } from './feeds.js';

const counts = () => ({
  pending: integer('pending').notNull(),
  stored: integer('stored').notNull(),
  failed: integer('failed').notNull(),
});

/**
 * How many articles a feed has by state, up to the changes that `count_changes` still holds, and what its records and entries say
 * about its pace. A feed without a row has not been counted yet (db/contract/26-counters.sql).
 */
export const feedCounts = data.table(
  'feed_counts',
  {
    feedId: bigint('feed_id', { mode: 'number' })
      .primaryKey()
      .references(() => feeds.id, { onDelete: 'cascade' }),
    ...counts(),
    /** As columns of the view feedmill.feeds; null until they have been measured. */
    entriesPerWeek: doublePrecision('entries_per_week'),
    medianDelay: interval('median_delay'),
    /** When they are measured next. */
    measureAt: at('measure_at').notNull().defaultNow(),
  },
  (table) => [index('feed_counts_measure').on(table.measureAt)],
);

/**
 * By how much the counts of a feed have changed. Rows are only added, so that no writer waits for another, and folded into
 * `feed_counts` every few seconds.
 */
export const countChanges = data.table(
  'count_changes',
  {
    id: id(),
    feedId: bigint('feed_id', { mode: 'number' }).notNull(),
    ...counts(),
  },
  (table) => [index('count_changes_feed').on(table.feedId)],
);
