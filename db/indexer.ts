import { sql } from 'drizzle-orm';
import type { Fingerprint } from '../src/articles/fingerprint.js';
import type { Db, Executor } from './client.js';
import { assignClusters, type NearDuplicates } from './clusters.js';
import { type IndexFault, isolateFaults, putAside } from './index-faults.js';
import { mergeSameStories } from './same-story.js';
import { readSplitRecords, type SplitRecord, writeSearchKeys } from './search-keys.js';
import { BATCH, claimUnindexed, forgetUnindexed, lockUnindexed, retrySoon, type UnindexedClaim } from './unindexed.js';

/** How records are indexed. */
export interface Indexing extends NearDuplicates {
  /** Near-duplicates are looked for among the records of the last so many days. */
  clusterDays: number;
  /** Told of records that could not be indexed, and were put aside. */
  onFaults(faults: readonly IndexFault[]): void;
}

/**
 * Updates what is derived from stored records: the words for full-text search, merged duplicates of one story, and clusters of
 * records with the same text. Claims a batch of the records that were stored or changed; any number of processes may do so at
 * once. What takes long happens outside transactions, since a long one holds back the change cursor for all consumers.
 * @returns whether there may be more to do.
 */
export async function indexRecords(db: Db, indexing: Indexing): Promise<boolean> {
  const claim = await claimUnindexed(db);
  if (!claim) return false;
  const faults = await isolateFaults(claim.ids, (ids) => indexClaimed(db, { ...claim, ids }, indexing));
  if (faults.length > 0) {
    await putAside(db, claim, faults);
    indexing.onFaults(faults);
  }
  return claim.ids.length === BATCH;
}

async function indexClaimed(db: Db, claim: UnindexedClaim, indexing: Indexing): Promise<void> {
  const records = await readRecords(db, claim.ids);
  const fingerprints = toFingerprints(records, indexing);
  await indexWords(db, claim, records);
  await placeRecords(db, claim, fingerprints, indexing);
}

/** The given records that exist. */
const readRecords = (db: Executor, ids: readonly number[]) =>
  readSplitRecords(db, sql`id = any (${sql.param([...ids])}::bigint[])`);

/** The fingerprints of records. */
export const toFingerprints = (
  records: readonly SplitRecord[],
  { fingerprint }: Pick<NearDuplicates, 'fingerprint'>,
): Map<number, Fingerprint> => new Map(records.map(({ id, text, keys }) => [id, fingerprint(text ?? '', keys.all)]));

/** Writes the words of the claimed records. */
async function indexWords(db: Db, claim: UnindexedClaim, records: readonly SplitRecord[]): Promise<void> {
  await db.transaction(async (tx) => {
    const ids = new Set(await lockRecords(tx, await lockUnindexed(tx, claim)));
    await writeSearchKeys(
      tx,
      records.filter(({ id }) => ids.has(id)),
    );
  });
}

/**
 * Merges the claimed records with others of the same story, and puts them into clusters. One indexer at a time does so: of two
 * copies that are indexed at the same moment, the second one must see the first.
 */
async function placeRecords(
  db: Db,
  claim: UnindexedClaim,
  fingerprints: ReadonlyMap<number, Fingerprint>,
  { clusterDays: days, ...duplicates }: Indexing,
): Promise<void> {
  await db.transaction(async (tx) => {
    await waitForTurn(tx);
    const claimed = await lockUnindexed(tx, claim);
    const records = new Set(await lockRecords(tx, claimed));
    const placed = new Map([...fingerprints].filter(([id]) => records.has(id)));
    const { left, again } = await mergeSameStories(tx, placed, {
      ...duplicates,
      readFingerprints: async (executor, ids) => toFingerprints(await readRecords(executor, ids), duplicates),
    });
    await assignClusters(tx, new Map([...placed].filter(([id]) => left.has(id))), { ...duplicates, days });
    const done = claimed.filter((id) => records.has(id) || !fingerprints.has(id));
    await retrySoon(
      tx,
      done.filter((id) => again.has(id)),
    );
    await forgetUnindexed(
      tx,
      done.filter((id) => !again.has(id)),
    );
  });
}

/**
 * Locks those of the given records that exist, so that none is deleted before what belongs to it is written. A record that another
 * transaction has locked, to delete it or to change its address, is left out; its claim ends with the lease.
 */
async function lockRecords(tx: Executor, ids: readonly number[]): Promise<number[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select id from feedmill_data.articles
    where id = any (${sql.param([...ids])}::bigint[]) and stored_at is not null
    order by id for key share skip locked`);
  return rows.map(({ id }) => Number(id));
}

/** Locks a row that only our own user may lock: any role that may connect could take an advisory lock and stop the indexing. */
async function waitForTurn(tx: Executor): Promise<void> {
  await tx.execute(sql`select 1 from feedmill_data.contract for no key update`);
}
