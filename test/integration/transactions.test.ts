import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { classifyError } from '../../db/classify-error.js';
import { type Db, openDb } from '../../db/client.js';
import { createDatabase } from '../database.js';

const { url } = await createDatabase();

/** Runs with a pool of one connection, so that a connection which is not given back, or given back broken, shows. */
async function withOneConnection(work: (db: Db) => Promise<void>): Promise<void> {
  const db = openDb(url, { max: 1, onError: () => undefined });
  try {
    await work(db);
  } finally {
    await db.$client.end();
  }
}

const isUsable = async (db: Db) => (await db.execute<{ n: number }>(sql`select 1 as n`)).rows[0]?.n === 1;

it('a failed transaction throws its first error, not the one of the rollback', () =>
  withOneConnection(async (db) => {
    const failed = db.transaction(async (tx) => {
      await tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`);
    });
    const error = await failed.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ cause: { code: '57P01' } });
    expect(classifyError(error)).toBe('environment');
    expect(await isUsable(db)).toBe(true);
  }));

it('a transaction whose connection breaks gives back no broken connection', () =>
  withOneConnection(async (db) => {
    const own = new Error('ours');
    const failed = db.transaction(async (tx) => {
      await tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`).catch(() => undefined);
      throw own;
    });
    await expect(failed).rejects.toBe(own);
    expect(await isUsable(db)).toBe(true);
  }));

it('a failed transaction leaves nothing behind', () =>
  withOneConnection(async (db) => {
    const failed = db.transaction(async (tx) => {
      await tx.execute(sql`insert into feedmill_data.hosts (host) values ('a.example')`);
      throw new Error('ours');
    });
    await expect(failed).rejects.toThrow('ours');
    expect((await db.execute(sql`select host from feedmill_data.hosts`)).rows).toEqual([]);
  }));
