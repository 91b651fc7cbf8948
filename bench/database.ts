import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Db, openDb } from '../db/client.js';
import { openEmbedded } from '../db/embedded.js';
import { migrateSchema } from '../db/migrate.js';

/** Runs SQL and returns its rows. */
export type Query = (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

/**
 * Gives `use` a new, empty database on an embedded Postgres, which is stopped and deleted afterwards.
 * Large ones go to the folder BENCH_FOLDER, if that is set.
 */
export async function withDatabase(
  port: number,
  use: (db: Db, query: Query, url: string) => Promise<void>,
  { max = 10 }: { max?: number } = {},
): Promise<void> {
  const folder = await mkdtemp(join(process.env.BENCH_FOLDER ?? tmpdir(), 'feedmill-bench-'));
  const postgres = await openEmbedded(join(folder, 'data'), port);
  try {
    await migrateSchema(postgres.url);
    const db = openDb(postgres.url, { max, onError: console.error });
    try {
      await use(db, async (text, values = []) => (await db.$client.query(text, values)).rows, postgres.url);
    } finally {
      await db.$client.end();
    }
  } finally {
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Processor time that the sessions of this database have taken, in ms (Linux counts it in hundredths of a second). */
export async function readPostgresMs(query: Query): Promise<number> {
  const sessions = await query('select pid from pg_stat_activity where datname = current_database()');
  const times = await Promise.all(
    sessions.map(async ({ pid }) => {
      const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
      return Number(fields[11]) + Number(fields[12]);
    }),
  );
  return times.reduce((sum, ticks) => sum + ticks, 0) * 10;
}
