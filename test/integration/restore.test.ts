import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findServerTools, type OperatorShell, openOperatorShell, readBlocks } from '../operating.js';
import { freePort } from '../servers.js';

const tools = await findServerTools();
const restore = (await readBlocks('docs/operating.md')).find(({ commands }) => commands.startsWith('createdb'))?.commands ?? '';

async function openServer(folder: string): Promise<OperatorShell> {
  await mkdir(folder);
  return openOperatorShell(folder, tools ?? '', await freePort());
}

/** Runs a query in a database of the shell's server, as its owner. */
async function query(shell: OperatorShell, database: string, sql: string): Promise<unknown[]> {
  const url = new URL(shell.databaseUrl);
  url.pathname = database;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe.skipIf(!tools)('a dump, on a server without the role of readers', () => {
  let folder: string;
  let [source, target]: (OperatorShell | undefined)[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'feedmill-restore-'));
    await chmod(folder, 0o755);
    // The shells' user may not build here.
    await promisify(execFile)(process.execPath, ['bin/feedmill.mjs', '--version']);
    source = await openServer(join(folder, 'source'));
    await source.run('feedmill migrate\npg_dump --format=custom --file="$BACKUPS/feedmill.dump" "$DATABASE_URL"');
    target = await openServer(join(folder, 'target'));
    await copyFile(join(folder, 'source/backups/feedmill.dump'), join(folder, 'target/backups/feedmill.dump'));
  });
  afterAll(async () => {
    await source?.stop();
    await target?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  /** What a reader may do in a restored database. */
  const readAsReader = (database: string) =>
    query(target as OperatorShell, database, 'set role feedmill_reader; select count(*)::int as n from feedmill.records').then(
      () => 'may read',
    );

  it('ends with the name of the role', async () => {
    const without = restore.replace(/^psql .*$/m, '');
    expect(without).not.toBe(restore);
    await expect(target?.run(without)).rejects.toThrow(/role "feedmill_reader" does not exist/);
    await target?.run('dropdb --maintenance-db="$DATABASE_URL" feedmill_restored');
  });

  it('is restored without privileges, and gets them from migrate once the role exists', async () => {
    const [role = ''] = /^psql .*$/m.exec(restore) ?? [];
    const later = restore.replace(role, '').replace('--no-owner', '--no-owner --no-privileges');
    await target?.run(later.replace(/^DATABASE_URL/m, `${role}\nDATABASE_URL`));
    expect(await readAsReader('feedmill_restored')).toBe('may read');
    await target?.run(
      'dropdb --maintenance-db="$DATABASE_URL" feedmill_restored\npsql "$DATABASE_URL" -c "drop role feedmill_reader"',
    );
  });

  it('is restored as docs/operating.md says', async () => {
    await target?.run(restore);
    expect(await readAsReader('feedmill_restored')).toBe('may read');
  });
});
