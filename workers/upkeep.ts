import type { Db } from '../db/client.js';
import { expirePages } from '../db/pages.js';
import { expireRecords } from '../db/retention.js';
import { indexRecords } from '../db/search.js';
import { simhash } from '../src/articles/simhash.js';
import type { Config } from '../src/config.js';
import { MIN_PAUSE_MS, type Repeating, repeat } from './repeat.js';

/** Interval between runs of the search index, in ms: about how long it takes until new records are found and have clusters. */
const SEARCH_INTERVAL_MS = 1_000;
/** Interval between retention sweeps of records and pages, in ms. */
const RETENTION_INTERVAL_MS = 60_000;

/** Starts the housekeeping of the database: indexing for search, and deleting what is too old. */
export function startUpkeep(
  db: Db,
  { keepPagesDays, retentionDays }: Pick<Config, 'keepPagesDays' | 'retentionDays'>,
  onError: (error: Error) => void,
): Repeating[] {
  const every = (everyMs: number, runBatch: () => Promise<boolean>) =>
    repeat(async () => ((await runBatch()) ? MIN_PAUSE_MS : undefined), { everyMs, onError });
  return [
    every(SEARCH_INTERVAL_MS, () => indexRecords(db, simhash)),
    every(RETENTION_INTERVAL_MS, () => expirePages(db, keepPagesDays)),
    ...(retentionDays > 0 ? [every(RETENTION_INTERVAL_MS, () => expireRecords(db, retentionDays))] : []),
  ];
}
