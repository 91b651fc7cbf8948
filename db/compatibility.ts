import type pg from 'pg';

/**
 * The oldest migration whose program can work with the schema of this one. Programs back to it keep running while a newer one
 * migrates, and may be started again (a rolling upgrade, or the way back).
 *
 * A migration that only adds leaves this as it is: tables, indexes, columns that may be null or have a constant default. One that
 * takes something away or changes its meaning names itself here, and then waits for the release after the one whose program
 * stopped using it. So a release is always compatible with the one before.
 */
export const COMPATIBLE_FROM = '0041_entries_without_key';

/** What this program's schema is, as the database remembers it. */
export interface SchemaLevel {
  /** The time of its newest migration, in ms. */
  newest: number;
  /** The time of the migration `COMPATIBLE_FROM`, in ms. */
  compatibleFrom: number;
  /** `version` of package.json. */
  program: string;
}

/** @throws when the journal of the migrations does not have `COMPATIBLE_FROM` */
export function readLevel(journal: { entries: readonly { when: number; tag: string }[] }, program: string): SchemaLevel {
  const compatible = journal.entries.find(({ tag }) => tag === COMPATIBLE_FROM);
  if (!compatible) throw new Error(`There is no migration ${COMPATIBLE_FROM} (db/compatibility.ts).`);
  return { newest: Math.max(...journal.entries.map(({ when }) => when)), compatibleFrom: compatible.when, program };
}

/** What a newer program left about the schema. Rows and columns are those of a schema that this program knows. */
export async function readStoredLevel(client: pg.Client | pg.Pool): Promise<{ program: string | null; compatibleFrom: number }> {
  const { rows } = await client.query<{ program: string | null; compatible_from: string | null }>(
    'select program, compatible_from from feedmill_data.contract',
  );
  return { program: rows[0]?.program ?? null, compatibleFrom: Number(rows[0]?.compatible_from ?? 0) };
}

/** Whether version `a` is later than version `b`, both `major.minor.patch`. */
export function isLaterVersion(a: string, b: string): boolean {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]];
  const differing = left.findIndex((part, index) => part !== right[index]);
  return differing >= 0 && (left[differing] ?? 0) > (right[differing] ?? 0);
}
