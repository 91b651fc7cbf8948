import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import pg from 'pg';
import { applyContract, beginEpochIfMoved, type Contract, readContract, readContractState, readReaderState } from './contract.js';

/** Where Drizzle records the migrations that were applied. */
const LEDGER = { migrationsSchema: 'feedmill_data', migrationsTable: 'migrations' };
/** `pg_advisory_xact_lock` key of our migrations: the bytes of "FMIL". */
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
 * Brings the schema up to date, in one transaction. Any number of processes may call it at once, also through a connection pooler:
 * its lock is the transaction's, since a session's would stay with a connection that the pooler keeps.
 * @returns whether anything was applied.
 * @throws {NewerSchemaError} if the schema is ahead of this program
 */
export async function migrateSchema(databaseUrl: string): Promise<boolean> {
  const wanted = await readWanted();
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'feedmill migrate' });
  await client.connect();
  try {
    const changed = await inLockedTransaction(client, async () => {
      if ((await compareSchema(client, wanted)) === 'current' && (await readReaderState(client)) !== 'powerless') return false;
      await applyMigrations(client, wanted.folder);
      await applyContract(client, wanted.contract);
      return true;
    });
    // Not in the same transaction, whose own changes would look like those of a later one.
    await inLockedTransaction(client, () => beginEpochIfMoved(client));
    return changed;
  } finally {
    await client.end();
  }
}

/** Runs `work` in a transaction, and no other process at the same time. */
async function inLockedTransaction<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    await client.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    // The first error is the one that matters; if the connection is lost, its transaction is rolled back anyway.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Applies the migrations that are missing, as Drizzle's own migrator does, but in the transaction that is open. */
async function applyMigrations(client: pg.Client, folder: string): Promise<void> {
  const { migrationsSchema: schema, migrationsTable: table } = LEDGER;
  await client.query(`create schema if not exists ${schema}`);
  await client.query(
    `create table if not exists ${schema}.${table} (id serial primary key, hash text not null, created_at bigint)`,
  );
  const { rows } = await client.query<{ newest: string | null }>(`select max(created_at) as newest from ${schema}.${table}`);
  const newest = Number(rows[0]?.newest ?? 0);
  for (const { sql, folderMillis, hash } of readMigrationFiles({ migrationsFolder: folder })) {
    if (folderMillis <= newest) continue;
    for (const statement of sql) await client.query(statement);
    await client.query(`insert into ${schema}.${table} (hash, created_at) values ($1, $2)`, [hash, folderMillis]);
  }
}
