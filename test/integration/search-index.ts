import type { Db } from '../../db/client.js';
import { indexRecords } from '../../db/search.js';
import { simhash } from '../../src/articles/simhash.js';
import { until } from '../database.js';

/**
 * Indexes records until the search has seen all committed changes. A transaction elsewhere on the server may delay that for a
 * moment.
 */
export const waitForIndex = (db: Db) =>
  until(async () => {
    while (await indexRecords(db, simhash));
    const { rows } = await db.$client.query(`
      select search_cursor = (
        select concat_ws('.', epoch, tx, id) from feedmill_data.changes order by epoch desc, tx desc, id desc limit 1
      ) as done from feedmill_data.contract`);
    return rows[0].done === true;
  }, 'the search index');
