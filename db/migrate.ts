import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

/** Where drizzle keeps its ledger of applied migrations. */
const LEDGER = { migrationsSchema: 'feedmill_data', migrationsTable: 'migrations' };
/** `pg_advisory_lock` key of our migrations: the bytes of "FMIL". */
const LOCK_KEY = 0x464d494c;

/** The compiled program lies one level deeper (dist/db) than its sources; the SQL is kept beside the sources alone. */
async function migrationsFolder(): Promise<string> {
  const here = dirname(fileURLToPath(import.meta.url));
  for (const folder of [join(here, 'migrations'), join(here, '../../db/migrations')]) {
    if (
      await readFile(join(folder, 'meta/_journal.json')).then(
        () => true,
        () => false,
      )
    )
      return folder;
  }
  throw new Error('The migrations are missing from this installation (db/migrations).');
}

/** The schema in the database was made by a later Feedmill than this one. */
export class NewerSchemaError extends Error {
  constructor() {
    super('The database was set up by a newer Feedmill than this one. Update this program; nothing was changed.');
  }
}

type SchemaState = 'missing' | 'older' | 'current';

async function stateOf(client: pg.Client | pg.Pool, newestKnown: number): Promise<SchemaState> {
  const ledger = await client.query<{ name: string | null }>(
    `select to_regclass('${LEDGER.migrationsSchema}.${LEDGER.migrationsTable}')::text as name`,
  );
  if (!ledger.rows[0]?.name) return 'missing';
  const { rows } = await client.query<{ newest: string | null }>(
    `select max(created_at) as newest from ${LEDGER.migrationsSchema}.${LEDGER.migrationsTable}`,
  );
  const newest = Number(rows[0]?.newest ?? 0);
  if (newest > newestKnown) throw new NewerSchemaError();
  return newest < newestKnown ? 'older' : 'current';
}

async function newestMigration(folder: string): Promise<number> {
  const journal: unknown = JSON.parse(await readFile(join(folder, 'meta/_journal.json'), 'utf8'));
  const { entries } = journal as { entries: { when: number }[] };
  return Math.max(...entries.map(({ when }) => when));
}

/** Whether the schema fits this program. @throws {NewerSchemaError} */
export async function schemaState(pool: pg.Pool): Promise<SchemaState> {
  return stateOf(pool, await newestMigration(await migrationsFolder()));
}

/**
 * Brings the schema up to date; runs under an advisory lock, so any number of processes may call it at once.
 * @returns whether anything was applied. @throws {NewerSchemaError} when the schema is ahead of this program.
 */
export async function migrateSchema(databaseUrl: string): Promise<boolean> {
  const folder = await migrationsFolder();
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'feedmill migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK_KEY]);
    const state = await stateOf(client, await newestMigration(folder));
    if (state === 'current') return false;
    await migrate(drizzle(client), { migrationsFolder: folder, ...LEDGER });
    return true;
  } finally {
    await client.end(); // ends the session, and with it the lock
  }
}
