import { sql } from 'drizzle-orm';
import type { Db, Executor } from './client.js';
import { BATCH, claimUnindexed, forgetUnindexed, lockUnindexed, type UnindexedClaim } from './unindexed.js';

/**
 * Updates what is derived from stored records: the words for full-text search, merged duplicates of one story, and clusters of
 * records with the same text. Claims a batch of the records that were stored or changed; any number of processes may do so at
 * once. What takes long happens outside transactions, since a long one holds back the change cursor for all consumers.
 * @param simhash the fingerprint of a text; undefined for a text too short to have one.
 * @returns whether there may be more to do.
 */
export async function indexRecords(db: Db, simhash: (text: string) => bigint | undefined): Promise<boolean> {
  const claim = await claimUnindexed(db);
  if (!claim) return false;
  const texts = await readTexts(db, claim.ids);
  const hashes = new Map([...texts].map(([id, text]) => [id, simhash(text)]));
  await indexWords(db, claim);
  await placeRecords(db, claim, hashes);
  return claim.ids.length === BATCH;
}

/** The texts of the given records that exist. */
async function readTexts(db: Db, ids: readonly number[]): Promise<Map<number, string>> {
  const { rows } = await db.execute<{ id: string; text: string }>(sql`
    select id, coalesce((feedmill_data.body_of(a)).content_text, '') as text from feedmill_data.articles a
    where id = any (${sql.param([...ids])}::bigint[]) and stored_at is not null`);
  return new Map(rows.map(({ id, text }) => [Number(id), text]));
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
async function placeRecords(db: Db, claim: UnindexedClaim, hashes: ReadonlyMap<number, bigint | undefined>): Promise<void> {
  await db.transaction(async (tx) => {
    await waitForTurn(tx);
    const ids = await lockUnindexed(tx, claim);
    const records = await lockRecords(tx, ids);
    // One after the other, since a batch may hold two records with the same text.
    for (const id of records) {
      if ((await mergeSameStory(tx, id)) === id) await assignCluster(tx, id, hashes.get(id));
    }
    await forgetUnindexed(tx, [...records, ...ids.filter((id) => !hashes.has(id))]);
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

/** Merges a record with one of the same story. @returns the record that is left; null when this one is gone already. */
async function mergeSameStory(tx: Executor, id: number): Promise<number | undefined> {
  const { rows } = await tx.execute<{ kept: string | null }>(sql`select feedmill_data.merge_same_story(${id}::bigint) as kept`);
  const kept = rows[0]?.kept;
  return kept ? Number(kept) : undefined;
}

async function assignCluster(tx: Executor, id: number, hash: bigint | undefined): Promise<void> {
  if (hash === undefined) return;
  await tx.execute(sql`select feedmill_data.assign_cluster(${id}::bigint, ${hash.toString()}::bigint)`);
}
