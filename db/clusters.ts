import { sql } from 'drizzle-orm';
import type { Clustered, Unclustered } from '../src/articles/clusters.js';
import type { Fingerprint } from '../src/articles/fingerprint.js';
import type { Db, Executor } from './client.js';

/** Candidates per record, and newest records looked at per key. More copies of one text than that share a cluster anyway. */
const MAX_CANDIDATES = 10;
/** Rows of old keys looked at, and deleted, at a time. */
const EXPIRED_KEYS = 5_000;

/** Functions of src/articles that decide what is the same text. */
export interface NearDuplicates {
  /** @param words the different words of title and text, as 32-bit hashes */
  fingerprint(text: string, words: Iterable<number>): Fingerprint;
  isSameText(one: Uint8Array, other: Uint8Array): boolean;
  chooseClusters(records: readonly Unclustered[]): Map<number, number | undefined>;
}

/**
 * Puts records into clusters, and tells `changes()` of each that is in another one than before. The caller lets one transaction at
 * a time do so, and has locked the records.
 * @param days the keys of a record are kept for so many days after it was stored
 */
export async function assignClusters(
  tx: Executor,
  fingerprints: ReadonlyMap<number, Fingerprint>,
  { chooseClusters, days }: Pick<NearDuplicates, 'chooseClusters'> & { days: number },
): Promise<void> {
  if (fingerprints.size === 0) return;
  const ids = [...fingerprints.keys()];
  const pairs = await findCandidates(tx, fingerprints);
  const known = await readClustered(tx, [...new Set([...ids, ...pairs.map(({ candidateId }) => candidateId)])]);
  const records = [...fingerprints].map(([id, fingerprint]) => ({
    ...fingerprint,
    id,
    former: known.get(id),
    candidates: pairs.flatMap((pair) => (pair.id === id ? (known.get(pair.candidateId) ?? []) : [])),
  }));
  const clusters = chooseClusters(records);
  await deleteFingerprints(
    tx,
    records.flatMap(({ id, former }) => (former ? id : [])),
    records.flatMap(({ id, former }) => (former && clusters.get(id) === undefined ? id : [])),
  );
  await writeFingerprints(tx, fingerprints, clusters);
  await writeKeys(tx, fingerprints, days);
  const moved = ids.filter((id) => clusters.get(id) !== known.get(id)?.clusterId);
  await tx.execute(sql`
    select feedmill_data.note_changes(${sql.param(moved)}::bigint[], 'update', '{cluster_id}') where cardinality(${sql.param(moved)}::bigint[]) > 0`);
}

/** Each key beside the record that has it. */
function listKeys(fingerprints: ReadonlyMap<number, Fingerprint>): { ids: number[]; keys: number[] } {
  const all = [...fingerprints].flatMap(([id, { keys }]) => keys.map((key) => ({ id, key })));
  return { ids: all.map(({ id }) => id), keys: all.map(({ key }) => key) };
}

async function findCandidates(
  tx: Executor,
  fingerprints: ReadonlyMap<number, Fingerprint>,
): Promise<{ id: number; candidateId: number }[]> {
  const { ids, keys } = listKeys(fingerprints);
  const { rows } = await tx.execute<{ id: string; candidate_id: string }>(sql`
    select article_id as id, candidate_id
    from feedmill_data.fingerprint_candidates(${sql.param(ids)}::bigint[], ${sql.param(keys)}::bigint[], ${MAX_CANDIDATES})`);
  return rows.map((row) => ({ id: Number(row.id), candidateId: Number(row.candidate_id) }));
}

/** The fingerprints of the given records, as far as they have one. */
export async function readClustered(tx: Executor, ids: readonly number[]): Promise<Map<number, Clustered>> {
  const { rows } = await tx.execute<{ id: string; cluster_id: string; sketch: Buffer | null }>(sql`
    select article_id as id, cluster_id, sketch from feedmill_data.fingerprints
    where article_id = any (${sql.param([...ids])}::bigint[])`);
  return new Map(
    rows.map((row) => [
      Number(row.id),
      { id: Number(row.id), clusterId: Number(row.cluster_id), sketch: row.sketch ?? undefined },
    ]),
  );
}

/** Deletes the keys of `changed` records, and the fingerprints of those that are too `short` now. */
async function deleteFingerprints(tx: Executor, changed: readonly number[], short: readonly number[]): Promise<void> {
  if (changed.length === 0) return;
  await tx.execute(sql`delete from feedmill_data.fingerprint_keys where article_id = any (${sql.param([...changed])}::bigint[])`);
  await tx.execute(sql`delete from feedmill_data.fingerprints where article_id = any (${sql.param([...short])}::bigint[])`);
}

async function writeFingerprints(
  tx: Executor,
  fingerprints: ReadonlyMap<number, Fingerprint>,
  clusters: ReadonlyMap<number, number | undefined>,
): Promise<void> {
  const rows = [...fingerprints].flatMap(([id, { sketch }]) => {
    const clusterId = clusters.get(id);
    return clusterId === undefined ? [] : [{ id, clusterId, sketch: Buffer.from(sketch).toString('hex') }];
  });
  await tx.execute(sql`
    insert into feedmill_data.fingerprints (article_id, sketch, cluster_id)
    select id, decode(sketch, 'hex'), cluster_id
    from unnest(
      ${sql.param(rows.map(({ id }) => id))}::bigint[], ${sql.param(rows.map(({ sketch }) => sketch))}::text[],
      ${sql.param(rows.map(({ clusterId }) => clusterId))}::bigint[]) as t (id, sketch, cluster_id)
    on conflict (article_id) do update set sketch = excluded.sketch, cluster_id = excluded.cluster_id, simhash = null`);
}

/**
 * Gives those records sketches and keys that the version before put into clusters, without them, and that were stored in the last
 * `days`: copies that come later are found by them. They stay in their clusters.
 */
export async function addSketches(tx: Executor, fingerprints: ReadonlyMap<number, Fingerprint>, days: number): Promise<void> {
  const rows = [...fingerprints].map(([id, { sketch }]) => ({ id, sketch: Buffer.from(sketch).toString('hex') }));
  const { rows: updated } = await tx.execute<{ id: string }>(sql`
    update feedmill_data.fingerprints f set sketch = decode(t.sketch, 'hex')
    from unnest(${sql.param(rows.map(({ id }) => id))}::bigint[], ${sql.param(rows.map(({ sketch }) => sketch))}::text[]) as t (id, sketch)
    join feedmill_data.articles a on a.id = t.id and a.stored_at > now() - make_interval(days => ${days})
    where f.article_id = t.id and f.sketch is null
    returning f.article_id as id`);
  const ids = new Set(updated.map(({ id }) => Number(id)));
  await writeKeys(tx, new Map([...fingerprints].filter(([id]) => ids.has(id))), days);
}

/** Writes the keys of those records that were stored in the last `days`: copies are looked for among these alone. */
async function writeKeys(tx: Executor, fingerprints: ReadonlyMap<number, Fingerprint>, days: number): Promise<void> {
  const { ids, keys } = listKeys(fingerprints);
  await tx.execute(sql`
    insert into feedmill_data.fingerprint_keys (key, article_id)
    select t.key, t.id from unnest(${sql.param(keys)}::bigint[], ${sql.param(ids)}::bigint[]) as t (key, id)
    join feedmill_data.articles a on a.id = t.id and a.stored_at > now() - make_interval(days => ${days})
    on conflict do nothing`);
}

/**
 * Deletes keys of records that are gone, or were stored more than `days` ago. Looks at the oldest keys only: one that is kept holds up
 * those behind it for `days` at most. Any number of processes may call it.
 * @returns whether there may be more to delete
 */
export async function expireFingerprintKeys(db: Db, days: number): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    delete from feedmill_data.fingerprint_keys where (key, article_id) in (
      select key, article_id
      from (select key, article_id from feedmill_data.fingerprint_keys order by article_id limit ${EXPIRED_KEYS}) as oldest
      join feedmill_data.fingerprint_keys k using (key, article_id)
      where (
        select stored_at > now() - make_interval(days => ${days}) from feedmill_data.articles a where a.id = oldest.article_id
      ) is not true
      for update of k skip locked)`);
  return rowCount !== 0;
}
