import { openDb } from '../../db/client.js';
import { indexRecords } from '../../db/indexer.js';
import { nearDuplicates } from '../../src/articles/near-duplicates.js';

// A process of its own that indexes records until it finds no more.
const fail = (reason: unknown) => {
  throw new Error(`not indexed: ${JSON.stringify(reason)}`);
};
const [url = ''] = process.argv.slice(2);
const db = openDb(url, { onError: fail });
while (await indexRecords(db, { ...nearDuplicates, clusterDays: 14, onFaults: fail }));
await db.$client.end();
