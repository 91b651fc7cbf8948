import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import pg from 'pg';
import { isLaterVersion, readLevel, readStoredLevel, type SchemaLevel } from './compatibility.js';
import { applyContract, beginEpochIfMoved, type Contract, readContract, readContractState, readReaderState } from './contract.js';
import { createLedger, LEDGER, ledgerExists, withLedgerLocked } from './migration-lock.js';
import { makeMissingPartitions } from './partitions.js';

/**
 * How long a migration waits for a table that another session has locked, in ms. Meanwhile all other sessions wait behind it, so
 * it gives up early; a consumer that forgot an open transaction would otherwise stop everything.
 */
const TABLE_LOCK_TIMEOUT_MS = 15_000;

/** The schema of this program: its migrations, and the contract that is applied after them. */
interface Wanted extends SchemaLevel {
  folder: string;
  contract: Contract;
}

/** Finds the SQL, which is beside the sources only; the compiled program is one level deeper (dist/db). */
async function readWanted(): Promise<Wanted> {
  const here = dirname(fileURLToPath(import.meta.url));
  for (const base of [here, join(here, '../../db')]) {
    const folder = join(base, 'migrations');
    const journal = await readFile(join(folder, 'meta/_journal.json'), 'utf8').catch(() => undefined);
    if (journal === undefined) continue;
    const { version } = JSON.parse(await readFile(join(base, '../package.json'), 'utf8')) as { version: string };
    return { folder, ...readLevel(JSON.parse(journal), version), contract: await readContract(join(base, 'contract')) };
  }
  throw new Error('The migrations are missing from this installation (db/migrations).');
}

/** The database was set up by a newer version of Feedmill that this one can't work with. */
export class NewerSchemaError extends Error {
  constructor() {
    super('The database was set up by a newer version of Feedmill. Update this one. Nothing was changed.');
  }
}

/** `newer`: it is ahead of this program, which can work with it all the same. */
type SchemaState = 'missing' | 'older' | 'current' | 'newer';

async function compareSchema(client: pg.Client | pg.Pool, wanted: Wanted): Promise<SchemaState> {
  if (!(await ledgerExists(client))) return 'missing';
  const { rows } = await client.query<{ newest: string | null }>(`select max(created_at) as newest from ${LEDGER}`);
  const newest = Number(rows[0]?.newest ?? 0);
  if (newest < wanted.newest) return 'older';
  const contract = await readContractState(client, wanted.contract);
  const stored = await readStoredLevel(client);
  if (contract === 'incompatible' || stored.compatibleFrom > wanted.newest) throw new NewerSchemaError();
  const ahead = newest > wanted.newest || contract === 'newer' || isLaterVersion(stored.program ?? '0', wanted.program);
  return ahead ? 'newer' : contract;
}

/**
 * Whether the schema in the database is one that this program can work with: its own, or a newer one that is compatible.
 * @throws {NewerSchemaError} if it is ahead of this program, and not compatible
 */
export async function readSchemaState(pool: pg.Pool): Promise<'missing' | 'older' | 'current'> {
  const state = await compareSchema(pool, await readWanted());
  return state === 'newer' ? 'current' : state;
}

/** A table, view or the like. */
export interface Relation {
  [column: string]: unknown;
  name: string;
  kind: string;
}

/**
 * What others have made in schema `feedmill`, which is for the views of the contract alone. None if a newer program has set it up,
 * whose views this one doesn't know.
 */
export async function listForeignRelations(pool: pg.Pool): Promise<Relation[]> {
  const wanted = await readWanted();
  if ((await compareSchema(pool, wanted)) === 'newer') return [];
  const views = [...wanted.contract.sql.matchAll(/^CREATE OR REPLACE VIEW feedmill\.(\w+)/gm)].map(([, name]) => name);
  const { rows } = await pool.query<Relation>(
    `select format('%I.%I', 'feedmill', relname) as name,
       case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
         when 'f' then 'foreign table' else 'table' end as kind
     from pg_class where relnamespace = 'feedmill'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
       and not (relkind = 'v' and relname = any ($1))
     order by relname`,
    [views],
  );
  return rows;
}

/**
 * Brings the schema up to date, in one transaction. Any number of processes may call it at once, also through a connection
 * pooler. A newer schema that is compatible stays as it is. What takes long is left to batches (backfills.ts).
 * @param ownsServer the server holds nothing but Feedmill, and our user is its superuser: all other roles lose what only a
 *   superuser can take away
 * @returns whether anything was applied.
 * @throws {NewerSchemaError} if the schema is ahead of this program, and not compatible
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
      const state = await compareSchema(client, wanted);
      const fits = state === 'newer' || (state === 'current' && (await readReaderState(client)) !== 'powerless');
      if (!fits) {
        await applyMigrations(client, wanted);
        await applyContract(client, wanted);
        await makeMissingPartitions(client);
      }
      await beginEpochIfMoved(client);
      if (ownsServer) await client.query('select feedmill_data.restrict_public()');
      return !fits;
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
