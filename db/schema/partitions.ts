import { sql } from 'drizzle-orm';
import { bigint, check } from 'drizzle-orm/pg-core';
import { data } from './columns.js';

/**
 * Ranges of article ids. Each table that is partitioned by `article_id` has one partition per range, `revisions_0` for the range that
 * begins at 0 (db/contract/05-partitions.sql).
 */
export const idRanges = data.table(
  'id_ranges',
  {
    lower: bigint('lower', { mode: 'number' }).primaryKey(),
    /** The first id above it. */
    upper: bigint('upper', { mode: 'number' }).notNull(),
  },
  () => [check('id_ranges_order', sql`lower < upper`)],
);
