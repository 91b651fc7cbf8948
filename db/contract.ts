import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';

/**
 * `major.minor` of what schema `feedmill` promises: minor when something is added, major when something that a consumer may
 * use is changed or goes away. Read by SQL as `feedmill.contract_version()`.
 */
export const CONTRACT_VERSION = '1.1';

/** What creates the role for readers where our own user may not. */
export const CREATE_READER = 'create role feedmill_reader nologin;';

/** The SQL of the contract, with a hash that tells whether a database has it. */
export interface Contract {
  sql: string;
  hash: string;
}

/** Reads the files of `folder` (db/contract), in the order of their names. */
export async function readContract(folder: string): Promise<Contract> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const version = `
    create or replace function feedmill.contract_version() returns text language sql immutable parallel safe return '${CONTRACT_VERSION}';
    comment on function feedmill.contract_version() is 'Version of this contract, major.minor: within a major version, things are only added.';`;
  const sql = [version, ...files].join('\n');
  return { sql, hash: createHash('sha256').update(sql).digest('hex') };
}

/** How the contract in the database stands to this one: `newer` is one that promises more than this program knows. */
export async function contractState(client: pg.Client | pg.Pool, { hash }: Contract): Promise<'older' | 'current' | 'newer'> {
  const { rows } = await client.query<{ version: string; hash: string }>('select version, hash from feedmill_data.contract');
  const [row] = rows;
  if (!row) return 'older';
  const [[theirMajor = 0, theirMinor = 0], [major = 0, minor = 0]] = [row.version, CONTRACT_VERSION].map((version) =>
    version.split('.').map(Number),
  ) as [number[], number[]];
  if (theirMajor > major || (theirMajor === major && theirMinor > minor)) return 'newer';
  return row.hash === hash ? 'current' : 'older';
}

/** Makes views, functions and rights what this program says, in one transaction. */
export async function applyContract(client: pg.Client, { sql, hash }: Contract): Promise<void> {
  // Several statements in one query are one transaction.
  await client.query(`${sql};
    insert into feedmill_data.contract (version, hash) values ('${CONTRACT_VERSION}', '${hash}')
    on conflict (singleton) do update set version = excluded.version, hash = excluded.hash`);
}

/**
 * A dump that is restored into another server meets transaction ids that begin anew, below those of its changes: the next
 * epoch begins, and what was before it stands before all that comes. (Ids that only go on, as after an upgrade in place, need none.)
 */
export async function beginEpochIfMoved(client: pg.Client): Promise<void> {
  await client.query(`
    update feedmill_data.contract set epoch = epoch + 1
    where pg_snapshot_xmax(pg_current_snapshot()) <= (
      select tx from feedmill_data.changes where changes.epoch = contract.epoch order by tx desc limit 1)`);
}

/** Whether there is a role for readers, and whether it has its rights here: one made by hand gets them at the next migration. */
export async function readerState(client: pg.Client | pg.Pool): Promise<'missing' | 'powerless' | 'ready'> {
  const { rows } = await client.query<{ ready: boolean }>(
    "select has_schema_privilege(oid, 'feedmill', 'usage') as ready from pg_roles where rolname = 'feedmill_reader'",
  );
  if (!rows[0]) return 'missing';
  return rows[0].ready ? 'ready' : 'powerless';
}
