// A process that indexes what another one stores, until that one disconnects.
import { setTimeout as pause } from 'node:timers/promises';
import { openDb } from '../../db/client.js';
import { indexRecords } from '../../db/indexer.js';
import { INDEXING } from '../indexing.js';

/** Pause before the next look when there is nothing to index, in ms. */
const IDLE_MS = 50;

const [url = ''] = process.argv.slice(2);
const db = openDb(url, { max: 1, onError: console.error });
process.once('disconnect', () => process.exit());
for (;;) if (!(await indexRecords(db, INDEXING))) await pause(IDLE_MS);
