import { sql } from 'drizzle-orm';
import type { Fingerprint } from '../src/articles/fingerprint.js';
import type { Executor } from './client.js';
import { type NearDuplicates, readClustered } from './clusters.js';

/** A record's own words, for the sketch of a text that has no fingerprint. */
type SketchTexts = (tx: Executor, ids: readonly number[]) => Promise<ReadonlyMap<number, Fingerprint>>;

/**
 * Merges records with others of the same story: those whose canonical URLs say so and whose words agree.
 * @param readFingerprints makes fingerprints of texts that have none, or one of the version before
 * @returns those of the given records that are left, and those of them to look at again soon, since somebody else is writing to one
 *   of their story
 */
export async function mergeSameStories(
  tx: Executor,
  fingerprints: ReadonlyMap<number, Fingerprint>,
  { isSameText, readFingerprints }: Pick<NearDuplicates, 'isSameText'> & { readFingerprints: SketchTexts },
): Promise<{ left: ReadonlySet<number>; again: ReadonlySet<number> }> {
  const left = new Set(fingerprints.keys());
  const again = new Set<number>();
  const { rows } = await tx.execute<{ id: string; other: string }>(sql`
    select record_id as id, other_id as other
    from feedmill_data.same_story_candidates(${sql.param([...left])}::bigint[]) order by record_id, other_id`);
  if (rows.length === 0) return { left, again };
  const pairs = rows.map((row) => ({ id: Number(row.id), other: Number(row.other) }));
  const sketches = await readSketches(tx, fingerprints, [...new Set(pairs.map(({ other }) => other))], readFingerprints);
  const gone = new Set<number>();
  const merged = new Set<number>();
  for (const { id, other } of pairs) {
    const [one, two] = [sketches.get(id), sketches.get(other)];
    if (merged.has(id) || gone.has(id) || gone.has(other) || !one || !two || !isSameText(one, two)) continue;
    const kept = await mergeRecords(tx, id, other);
    if (kept === undefined) {
      again.add(id);
      continue;
    }
    gone.add(kept === id ? other : id);
    merged.add(id);
  }
  for (const id of gone) left.delete(id);
  return { left, again };
}

/** The sketches of the given fingerprints and of `others`. */
async function readSketches(
  tx: Executor,
  fingerprints: ReadonlyMap<number, Fingerprint>,
  others: readonly number[],
  readFingerprints: SketchTexts,
): Promise<Map<number, Uint8Array>> {
  const sketches = new Map([...fingerprints].map(([id, { sketch }]) => [id, sketch]));
  const stored = await readClustered(
    tx,
    others.filter((id) => !sketches.has(id)),
  );
  for (const [id, { sketch }] of stored) if (sketch) sketches.set(id, sketch);
  const made = await readFingerprints(
    tx,
    others.filter((id) => !sketches.has(id)),
  );
  for (const [id, { sketch }] of made) sketches.set(id, sketch);
  return sketches;
}

/** @returns the record that is left; undefined if one of them is gone already, or in somebody else's hands. */
async function mergeRecords(tx: Executor, id: number, other: number): Promise<number | undefined> {
  const { rows } = await tx.execute<{ kept: string | null }>(sql`
    select feedmill_data.merge_records(${id}::bigint, ${other}::bigint) as kept`);
  const kept = rows[0]?.kept;
  return kept ? Number(kept) : undefined;
}
