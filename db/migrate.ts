import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import pg from 'pg';
import { applyContract, beginEpochIfMoved, type Contract, readContract, readContractState, readReaderState } from './contract.js';
import { createLedger, LEDGER, ledgerExists, withLedgerLocked } from './migration-lock.js';

/**
 * How long a migration waits for a table that another session has locked, in ms. Meanwhile all other sessions wait behind it, so
 * it gives up early; a consumer that forgot an open transaction would otherwise stop everything.
 */
const TABLE_LOCK_TIMEOUT_MS = 15_000;

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
  if (!(await ledgerExists(client))) return 'missing';
  const { rows } = await client.query<{ newest: string | null }>(`select max(created_at) as newest from ${LEDGER}`);
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
 * Brings the schema up to date, in one transaction. Any number of processes may call it at once, also through a connection
 * pooler.
 * @param ownsServer the server holds nothing but Feedmill, and our user is its superuser: all other roles lose what only a
 *   superuser can take away
 * @returns whether anything was applied.
 * @throws {NewerSchemaError} if the schema is ahead of this program
 * @throws {SchemaLockedError} (migration-lock.ts) if another session holds a lock that the migration needs
 */
export async function migrateSchema(
  databaseUrl: string,
  { lockTimeoutMs = TABLE_LOCK_TIMEOUT_MS, ownsServer = false } = {},
): Promise<boolean> {
  const wanted = await readWanted();
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'feedmill migrate' });
  await client.connect();
  try {
    await createLedger(client);
    return await withLedgerLocked(client, lockTimeoutMs, async () => {
      const current = (await compareSchema(client, wanted)) === 'current' && (await readReaderState(client)) !== 'powerless';
      if (!current) {
        await applyMigrations(client, wanted);
        await applyContract(client, wanted.contract);
      }
      await beginEpochIfMoved(client);
      if (ownsServer) await client.query('select feedmill_data.restrict_public()');
      return !current;
    });
  } finally {
    await client.end();
  }
}

/** Applies what the ledger lacks. Drizzle's own function opens a transaction of its own, which would end ours and its lock. */
async function applyMigrations(client: pg.Client, { folder }: Wanted): Promise<void> {
  const { rows } = await client.query<{ newest: string | null }>(`select max(created_at) as newest from ${LEDGER}`);
  const newest = Number(rows[0]?.newest ?? 0);
  for (const migration of readMigrationFiles({ migrationsFolder: folder }).filter(({ folderMillis }) => folderMillis > newest)) {
    for (const statement of migration.sql) await client.query(statement);
    await client.query(`insert into ${LEDGER} (hash, created_at) values ($1, $2)`, [migration.hash, migration.folderMillis]);
  }
}
