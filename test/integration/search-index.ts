import type { Db } from '../../db/client.js';
import { type Indexing, indexRecords } from '../../db/indexer.js';
import { nearDuplicates } from '../../src/articles/near-duplicates.js';
import { until } from '../database.js';

/** How the tests index. */
export const INDEXING: Indexing = {
  ...nearDuplicates,
  clusterDays: 14,
  onFaults: (faults) => {
    throw new Error(`not indexed: ${JSON.stringify(faults)}`);
  },
};

/** Indexes records until none is left, whoever else is indexing. */
export const waitForIndex = (db: Db) =>
  until(async () => {
    while (await indexRecords(db, INDEXING));
    const { rows } = await db.$client.query('select not exists (select from feedmill_data.unindexed) as done');
    return rows[0].done === true;
  }, 'the search index');
