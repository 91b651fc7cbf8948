import { sql } from 'drizzle-orm';
import type { Fingerprint } from '../src/articles/fingerprint.js';
import { toSearchKeys } from '../src/text/search-words.js';
import type { Db, Executor } from './client.js';
import { assignClusters, type NearDuplicates } from './clusters.js';
import { mergeSameStories } from './same-story.js';
import { BATCH, claimUnindexed, forgetUnindexed, lockUnindexed, type UnindexedClaim } from './unindexed.js';

/** How records are indexed. */
export interface Indexing extends NearDuplicates {
  /** Near-duplicates are looked for among the records of the last so many days. */
  clusterDays: number;
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
  const fingerprints = await readFingerprints(db, claim.ids, indexing);
  await indexWords(db, claim);
  await placeRecords(db, claim, fingerprints, indexing);
  return claim.ids.length === BATCH;
}

/** The fingerprints of the given records that exist. */
async function readFingerprints(
  db: Executor,
  ids: readonly number[],
  { fingerprint }: Pick<NearDuplicates, 'fingerprint'>,
): Promise<Map<number, Fingerprint>> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.execute<{ id: string; title: string | null; text: string | null }>(sql`
    select id, title, (feedmill_data.body_of(a)).content_text as text from feedmill_data.articles a
    where id = any (${sql.param([...ids])}::bigint[]) and stored_at is not null order by id`);
  return new Map(rows.map(({ id, title, text }) => [Number(id), fingerprint(text ?? '', toSearchKeys(title, text).all)]));
}

/** Writes the words of the claimed records. */
async function indexWords(db: Db, claim: UnindexedClaim): Promise<void> {
  await db.transaction(async (tx) => {
    const ids = await lockRecords(tx, await lockUnindexed(tx, claim));
    await tx.execute(sql`
      insert into feedmill_data.search as s (article_id, words)
      select id, feedmill_data.search_vector(title, (feedmill_data.body_of(a)).content_text) from feedmill_data.articles a
      where id = any (${sql.param(ids)}::bigint[])
      on conflict (article_id) do update set words = excluded.words`);
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
    const left = await mergeSameStories(tx, placed, {
      ...duplicates,
      readFingerprints: (executor, ids) => readFingerprints(executor, ids, duplicates),
    });
    await assignClusters(tx, new Map([...placed].filter(([id]) => left.has(id))), { ...duplicates, days });
    await forgetUnindexed(
      tx,
      claimed.filter((id) => records.has(id) || !fingerprints.has(id)),
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
