import type { Db } from '../../db/client.js';
import { indexRecords } from '../../db/indexer.js';
import { simhash } from '../../src/articles/simhash.js';
import { until } from '../database.js';

/** Indexes records until none is left, whoever else is indexing. */
export const waitForIndex = (db: Db) =>
  until(async () => {
    while (await indexRecords(db, simhash));
    const { rows } = await db.$client.query('select not exists (select from feedmill_data.unindexed) as done');
    return rows[0].done === true;
  }, 'the search index');
