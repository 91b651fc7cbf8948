import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import type { SchemaLevel } from './compatibility.js';

/**
 * Version of what schema `feedmill` promises, `major.minor`. The minor number goes up when something is added, the major one when
 * something that consumers may use changes or goes away. In SQL: `feedmill.contract_version()`.
 */
export const CONTRACT_VERSION = '1.2';

/** The statement that creates the reader role, for an administrator to run where our own user may not. */
export const CREATE_READER = 'create role feedmill_reader nologin;';

/** The SQL of the contract, and its hash, by which a database knows whether it has this contract. */
export interface Contract {
  sql: string;
  hash: string;
}

/** Reads the files of `folder` (db/contract) in the order of their names. */
export async function readContract(folder: string): Promise<Contract> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const version = `
    create or replace function feedmill.contract_version() returns text language sql immutable parallel safe return '${CONTRACT_VERSION}';
    comment on function feedmill.contract_version() is 'Version of this contract, as major.minor. Within a major version, things are only added.';`;
  const sql = [version, ...files].join('\n');
  return { sql, hash: createHash('sha256').update(sql).digest('hex') };
}

/**
 * Compares the contract in the database with this one. `newer` means that it promises more than this program knows;
 * `incompatible`, that it has another major version.
 */
export async function readContractState(
  client: pg.Client | pg.Pool,
  { hash }: Contract,
): Promise<'older' | 'current' | 'newer' | 'incompatible'> {
  const { rows } = await client.query<{ version: string; hash: string }>('select version, hash from feedmill_data.contract');
  const [row] = rows;
  if (!row) return 'older';
  const { major, minor } = compareVersions(row.version);
  if (major > 0) return 'incompatible';
  if (major === 0 && minor > 0) return 'newer';
  return row.hash === hash ? 'current' : 'older';
}

/** How far the numbers of a version are above those of CONTRACT_VERSION. */
function compareVersions(version: string): { major: number; minor: number } {
  const [[theirMajor = 0, theirMinor = 0], [major = 0, minor = 0]] = [version, CONTRACT_VERSION].map((text) =>
    text.split('.').map(Number),
  ) as [number[], number[]];
  return { major: theirMajor - major, minor: theirMinor - minor };
}

/** Whether the views and functions of this program's contract are there, as far as a login can tell that may only use those. */
export async function offersContract(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ version: string }>('select feedmill.contract_version() as version');
  const { major, minor } = compareVersions(rows[0]?.version ?? '');
  return major === 0 && minor >= 0;
}

/** Replaces the views, functions and rights with this program's, in the transaction of the migrations. */
export async function applyContract(
  client: pg.Client,
  { contract: { sql, hash }, program, compatibleFrom }: Omit<SchemaLevel, 'newest'> & { contract: Contract },
): Promise<void> {
  await client.query(`${sql};
    insert into feedmill_data.contract (version, hash, server)
    values ('${CONTRACT_VERSION}', '${hash}', feedmill_data.server_identity())
    on conflict (singleton) do update set version = excluded.version, hash = excluded.hash`);
  await client.query('update feedmill_data.contract set program = $1, compatible_from = $2', [program, compatibleFrom]);
}

/**
 * Starts a new epoch of the change cursor if the database was moved: restored elsewhere, recovered to a point in time, or failed
 * over to a standby.
 */
export async function beginEpochIfMoved(client: pg.Client): Promise<void> {
  await client.query('select feedmill_data.begin_epoch_if_moved()');
}

/**
 * Whether the reader role exists, and has its rights in this database. A role created by hand gets them at the next migration.
 */
export async function readReaderState(client: pg.Client | pg.Pool): Promise<'missing' | 'powerless' | 'ready'> {
  const { rows } = await client.query<{ ready: boolean }>(
    "select has_schema_privilege(oid, 'feedmill', 'usage') as ready from pg_roles where rolname = 'feedmill_reader'",
  );
  if (!rows[0]) return 'missing';
  return rows[0].ready ? 'ready' : 'powerless';
}
