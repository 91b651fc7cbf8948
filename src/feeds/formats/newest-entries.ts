/** Entries kept of one document. A longer document is an archive, and only its newest entries are read. */
export const MAX_ENTRIES = 1_000;

/**
 * At most MAX_ENTRIES of the entries, in the order of the document: the newest if all have a date (`toTime` gives it in ms), else
 * the first.
 */
export function keepNewest<T>(entries: readonly T[], toTime: (entry: T) => number | undefined): T[] {
  if (entries.length <= MAX_ENTRIES) return [...entries];
  const dated = entries.map((entry) => ({ entry, time: toTime(entry) }));
  const allDated = dated.every(({ time }) => time !== undefined);
  const newestFirst = allDated ? [...dated].sort((a, b) => (b.time ?? 0) - (a.time ?? 0)) : dated;
  const kept = new Set(newestFirst.slice(0, MAX_ENTRIES));
  return dated.filter((one) => kept.has(one)).map(({ entry }) => entry);
}
