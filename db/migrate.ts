import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { applyContract, beginEpochIfMoved, type Contract, readContract, readContractState, readReaderState } from './contract.js';

/** Where Drizzle records the migrations that were applied. */
const LEDGER = { migrationsSchema: 'feedmill_data', migrationsTable: 'migrations' };
/** `pg_advisory_lock` key of our migrations: the bytes of "FMIL". */
const LOCK_KEY = 0x464d494c;

/** The schema of this program: its migrations, and the contract that is applied after them. */
interface Wanted {
  folder: string;
  newest: number;
  contract: Contract;
}

/** Finds the SQL, which is beside the sources only; the compiled program is one level deeper (dist/db). */
async function readWanted(): Promise<Wanted> {
  const here = dirname(fileURLToPath(import.meta.url));
  for (const base of [here, join(here, '../../db')]) {
    const folder = join(base, 'migrations');
    const journal = await readFile(join(folder, 'meta/_journal.json'), 'utf8').catch(() => undefined);
    if (journal === undefined) continue;
    const { entries } = JSON.parse(journal) as { entries: { when: number }[] };
    return { folder, newest: Math.max(...entries.map(({ when }) => when)), contract: await readContract(join(base, 'contract')) };
  }
  throw new Error('The migrations are missing from this installation (db/migrations).');
}

/** The database was set up by a newer version of Feedmill. */
export class NewerSchemaError extends Error {
  constructor() {
    super('The database was set up by a newer version of Feedmill. Update this one. Nothing was changed.');
  }
}

type SchemaState = 'missing' | 'older' | 'current';

async function compareSchema(client: pg.Client | pg.Pool, wanted: Wanted): Promise<SchemaState> {
  const ledger = await client.query<{ name: string | null }>(
    `select to_regclass('${LEDGER.migrationsSchema}.${LEDGER.migrationsTable}')::text as name`,
  );
  if (!ledger.rows[0]?.name) return 'missing';
  const { rows } = await client.query<{ newest: string | null }>(
    `select max(created_at) as newest from ${LEDGER.migrationsSchema}.${LEDGER.migrationsTable}`,
  );
  const newest = Number(rows[0]?.newest ?? 0);
  if (newest < wanted.newest) return 'older';
  const contract = newest > wanted.newest ? 'newer' : await readContractState(client, wanted.contract);
  if (contract === 'newer') throw new NewerSchemaError();
  return contract;
}

/** Whether the schema in the database is this program's. @throws {NewerSchemaError} if it is ahead of this program */
export async function readSchemaState(pool: pg.Pool): Promise<SchemaState> {
  return compareSchema(pool, await readWanted());
}

/**
 * Brings the schema up to date. It holds an advisory lock, so any number of processes may call it at once.
 * @returns whether anything was applied.
 * @throws {NewerSchemaError} if the schema is ahead of this program
 */
export async function migrateSchema(databaseUrl: string): Promise<boolean> {
  const wanted = await readWanted();
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'feedmill migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK_KEY]);
    const current = (await compareSchema(client, wanted)) === 'current' && (await readReaderState(client)) !== 'powerless';
    if (!current) {
      await migrate(drizzle(client), { migrationsFolder: wanted.folder, ...LEDGER });
      await applyContract(client, wanted.contract);
    }
    await beginEpochIfMoved(client);
    return !current;
  } finally {
    await client.end(); // also releases the lock
  }
}
