import { type BackfillProgress, runBackfillBatch } from '../db/backfills.js';
import type { Db } from '../db/client.js';
import { expireFingerprintKeys } from '../db/clusters.js';
import { foldCounts, measureFeeds } from '../db/counters.js';
import { expireChanges, expireHosts, expireOutages, expirePolls, expireRobots } from '../db/expiry.js';
import type { IndexFault } from '../db/index-faults.js';
import { indexRecords } from '../db/indexer.js';
import { expirePages } from '../db/pages.js';
import { makePartitions } from '../db/partitions.js';
import { expireReextractions } from '../db/reextractions.js';
import { endRange, expireRecords } from '../db/retention.js';
import { nearDuplicates } from '../src/articles/near-duplicates.js';
import type { Config } from '../src/config.js';
import { MIN_PAUSE_MS, type Repeating, repeat } from './repeat.js';

/** Interval between runs of the search index, in ms: about how long it takes until new records are found and have clusters. */
const SEARCH_INTERVAL_MS = 1_000;
/** Interval between looks whether the next ids need a partition, in ms. */
const PARTITIONS_INTERVAL_MS = 60_000;
/** Interval between looks for what has reached its end, in ms: what ended in a minute goes in a few batches. */
const EXPIRY_INTERVAL_MS = 60_000;
/** Interval between foldings of the counters, and between looks for feeds to measure, in ms: readers add what is not folded yet. */
const COUNTERS_INTERVAL_MS = 5_000;
/** Interval between looks for a data migration, in ms: one may be new after an upgrade. */
const BACKFILL_INTERVAL_MS = 60_000;
/** Interval between reports of how far a data migration is, in ms. */
const PROGRESS_INTERVAL_MS = 10_000;

interface UpkeepReports {
  onError(error: Error): void;
  onBackfill(progress: BackfillProgress): void;
  /** Told of records that could not be indexed. */
  onIndexFaults(faults: readonly IndexFault[]): void;
}

/** Starts the housekeeping of the database: indexing for search, deleting what is too old, and migrating data in batches. */
export function startUpkeep(
  db: Db,
  config: Pick<Config, 'clusterDays' | 'keepPagesDays' | 'keepPollsDays' | 'keepChangesDays' | 'retentionDays'>,
  { onError, onBackfill, onIndexFaults }: UpkeepReports,
): Repeating[] {
  const every = (everyMs: number, runBatch: () => Promise<boolean>) =>
    repeat(async () => ((await runBatch()) ? MIN_PAUSE_MS : undefined), { everyMs, onError });
  const indexing = { ...nearDuplicates, clusterDays: config.clusterDays, onFaults: onIndexFaults };
  return [
    every(SEARCH_INTERVAL_MS, () => indexRecords(db, indexing)),
    every(COUNTERS_INTERVAL_MS, () => foldCounts(db)),
    every(COUNTERS_INTERVAL_MS, () => measureFeeds(db)),
    every(PARTITIONS_INTERVAL_MS, async () => (await makePartitions(db, config.retentionDays)) > 0),
    every(BACKFILL_INTERVAL_MS, createBackfill(db, indexing, onBackfill)),
    ...listExpiries(db, config).map((expireBatch) => every(EXPIRY_INTERVAL_MS, expireBatch)),
  ];
}

/** What deletes a batch of rows that have reached their end (docs/operating.md lists them), and tells whether there may be more. */
function listExpiries(
  db: Db,
  { clusterDays, keepPagesDays, keepPollsDays, keepChangesDays, retentionDays }: Parameters<typeof startUpkeep>[1],
): (() => Promise<boolean>)[] {
  return [
    () => expirePages(db, keepPagesDays),
    () => expireFingerprintKeys(db, clusterDays),
    () => expireReextractions(db),
    () => expireHosts(db),
    () => expireRobots(db),
    () => expireOutages(db),
    ...(keepPollsDays > 0 ? [() => expirePolls(db, keepPollsDays)] : []),
    ...(keepChangesDays > 0 ? [() => expireChanges(db, keepChangesDays)] : []),
    // Without a maximum age, too, ranges may end: records are deleted with their feeds, or the age was taken back.
    () => (retentionDays > 0 ? expireRecords(db, retentionDays) : endRange(db)),
  ];
}

/** Runs one batch of a data migration; reports the first, the last, and one now and then. @returns whether there was one to run */
function createBackfill(
  db: Db,
  indexing: Parameters<typeof runBackfillBatch>[1],
  onProgress: (progress: BackfillProgress) => void,
): () => Promise<boolean> {
  let reportedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const progress = await runBackfillBatch(db, indexing);
    if (!progress) return false;
    const isDone = progress.position >= progress.last;
    if (progress.last > 0 && (isDone || performance.now() - reportedAt >= PROGRESS_INTERVAL_MS)) {
      reportedAt = performance.now();
      onProgress(progress);
    }
    return true;
  };
}
