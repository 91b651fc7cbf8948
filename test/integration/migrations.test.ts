import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { CONTRACT_VERSION } from '../../db/contract.js';
import { migrateSchema, NewerSchemaError, readSchemaState } from '../../db/migrate.js';
import { createLedger, ledgerExists } from '../../db/migration-lock.js';
import { createDatabase } from '../database.js';
import { SAMPLE } from './sample.js';

const { db, url } = await createDatabase();
const query = async (text: string, client: pg.Pool) => (await client.query(text)).rows;

describe('migrateSchema', () => {
  it('applies the migrations once when many processes run it at once', async () => {
    const fresh = await createDatabase({ migrated: false });
    const applied = await Promise.all(Array.from({ length: 5 }, () => migrateSchema(fresh.url)));
    expect(applied.filter(Boolean)).toHaveLength(1);
  });

  it('lets many processes create the table of migrations at once', async () => {
    const { db: fresh } = await createDatabase({ migrated: false });
    for (let round = 0; round < 50; round += 1) {
      await fresh.$client.query('drop schema if exists feedmill_data cascade');
      const clients = await Promise.all(Array.from({ length: 5 }, () => fresh.$client.connect()));
      await Promise.all(clients.map((client) => createLedger(client))).finally(() => clients.map((client) => client.release()));
    }
    expect(await ledgerExists(fresh.$client)).toBe(true);
  });

  describe('with a schema that a newer program set up', () => {
    // What a later release leaves: a migration that this program does not know, and views and functions of its own.
    const upgrade = (compatibleFrom: string) =>
      db.$client.query(`
        alter table feedmill_data.feeds add column if not exists later text;
        create or replace view feedmill.later as select 1 as one;
        insert into feedmill_data.migrations (hash, created_at) values ('later', 9999999999999);
        update feedmill_data.contract set version = '1.99', hash = 'later', program = '99.0.0', compatible_from = ${compatibleFrom}`);
    const undo = `delete from feedmill_data.migrations where hash = 'later'`;

    it('works with it while it is compatible, and leaves it as it is', async () => {
      await upgrade('compatible_from');
      expect(await readSchemaState(db.$client)).toBe('current');
      expect(await migrateSchema(url)).toBe(false);
      expect(await query('select version, hash, program from feedmill_data.contract', db.$client)).toEqual([
        { version: '1.99', hash: 'later', program: '99.0.0' },
      ]);
      await db.$client.query(undo);
    });

    it('does not put back its own functions, if only those were changed', async () => {
      await upgrade('compatible_from');
      await db.$client.query(undo);
      await db.$client.query(`update feedmill_data.contract set version = '${CONTRACT_VERSION}'`);
      expect(await migrateSchema(url)).toBe(false);
      expect(await query('select hash from feedmill_data.contract', db.$client)).toEqual([{ hash: 'later' }]);
    });

    it('refuses it when it is not compatible', async () => {
      await upgrade('9999999999999');
      await expect(migrateSchema(url)).rejects.toBeInstanceOf(NewerSchemaError);
      await expect(readSchemaState(db.$client)).rejects.toBeInstanceOf(NewerSchemaError);
      await db.$client.query(undo);
      await db.$client.query("update feedmill_data.contract set program = null, compatible_from = 0, version = '1.0'");
      expect(await migrateSchema(url)).toBe(true);
    });
  });

  it('keeps all rows of an older database, and adds the contract', async () => {
    const old = await createDatabase({ migrated: false });
    const folder = await mkdtemp(join(tmpdir(), 'feedmill-migrations-'));
    afterAll(() => rm(folder, { recursive: true, force: true }));
    await cp('db/migrations', folder, { recursive: true });
    const path = join(folder, 'meta/_journal.json');
    const journal = JSON.parse(await readFile(path, 'utf8')) as { entries: { tag: string }[] };
    journal.entries = journal.entries.filter(({ tag }) => tag < '0007');
    await writeFile(path, JSON.stringify(journal));
    await migrate(drizzle(old.db.$client), {
      migrationsFolder: folder,
      migrationsSchema: 'feedmill_data',
      migrationsTable: 'migrations',
    });
    await old.db.$client.query(SAMPLE);
    await old.db.$client.query(`
      insert into feedmill_data.articles (url, feed_id, due_at) select 'https://user:s3cret@a.example/feed#k', id, null from feedmill_data.feeds`);
    const count = () =>
      query(
        `select (select count(*) from feedmill_data.feeds) as feeds, (select count(*) from feedmill_data.articles) as articles,
                (select count(*) from feedmill_data.entries) as entries, (select count(*) from feedmill_data.polls) as polls`,
        old.db.$client,
      );
    const before = await count();
    expect(await readSchemaState(old.db.$client)).toBe('older');
    expect(await migrateSchema(old.url)).toBe(true);
    expect(await readSchemaState(old.db.$client)).toBe('current');
    expect(await count()).toEqual(before);
    expect(await query("select 1 from feedmill_data.articles where url like '%s3cret%'", old.db.$client)).toEqual([]);
    expect(await query('select title from feedmill.records', old.db.$client)).toEqual([{ title: 'One' }]);

    await old.db.$client.query("update feedmill_data.contract set version = '99.0'");
    await expect(readSchemaState(old.db.$client)).rejects.toThrow(NewerSchemaError);
  });
});
