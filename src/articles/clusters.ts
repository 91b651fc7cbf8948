import type { Fingerprint } from './fingerprint.js';
import { estimateSimilarity } from './sketch.js';

/** Two texts are the same if they share this part of their words. Edits of one story share more, other stories at most a third. */
const MIN_SIMILARITY = 0.5;

/** A record that has a cluster. Its sketch is unknown if it was fingerprinted before there were any. */
export interface Clustered {
  id: number;
  clusterId: number;
  sketch: Uint8Array | undefined;
}

/** A record that needs a cluster. */
export interface Unclustered extends Fingerprint {
  id: number;
  /** What it was before its text changed. */
  former: Clustered | undefined;
  /** Other records that share a key with it. */
  candidates: readonly Clustered[];
}

/** Whether two sketches are those of one story. */
export const isSameText = (one: Uint8Array, other: Uint8Array): boolean => estimateSimilarity(one, other) >= MIN_SIMILARITY;

/**
 * Chooses the cluster of each record: that of the most similar one with the same text, else one of its own. A record whose text
 * stays about the same stays in its cluster, so that a correction moves nothing. Records of one call may be copies of each other.
 * @returns the cluster by record; undefined for those that are too short to have one
 */
export function chooseClusters(records: readonly Unclustered[]): Map<number, number | undefined> {
  const clusters = new Map<number, number | undefined>();
  const byKey = new Map<number, Clustered[]>();
  const place = ({ id, sketch, keys }: Unclustered, clusterId: number) => {
    clusters.set(id, clusterId);
    for (const key of keys) byKey.set(key, [...(byKey.get(key) ?? []), { id, clusterId, sketch }]);
  };
  const rest: Unclustered[] = [];
  for (const record of records) {
    if (record.keys.length === 0) clusters.set(record.id, undefined);
    else if (record.former?.sketch && isSameText(record.former.sketch, record.sketch)) place(record, record.former.clusterId);
    else rest.push(record);
  }
  for (const record of rest.sort((a, b) => a.id - b.id)) {
    const nearest = findNearest(record, [...record.candidates, ...record.keys.flatMap((key) => byKey.get(key) ?? [])]);
    // Of a record that was fingerprinted before there were sketches, nobody can tell whether its text has changed.
    const alone = record.former && !record.former.sketch ? record.former.clusterId : record.id;
    place(record, nearest?.clusterId ?? alone);
  }
  return clusters;
}

/** The most similar record with the same text; of equal ones, the oldest. */
function findNearest({ sketch }: Unclustered, candidates: readonly Clustered[]): Clustered | undefined {
  let nearest: Clustered | undefined;
  let most = MIN_SIMILARITY;
  for (const candidate of candidates) {
    if (!candidate.sketch) continue;
    const similarity = estimateSimilarity(sketch, candidate.sketch);
    if (similarity < most || (nearest && similarity === most && candidate.id > nearest.id)) continue;
    [nearest, most] = [candidate, similarity];
  }
  return nearest;
}
