import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDb } from '../../db/client.js';
import { readConnectionLimits } from '../../db/connections.js';
import { migrateSchema } from '../../db/migrate.js';
import { isBehindPooler } from '../../db/pooler.js';
import { listenForWork } from '../../workers/listen.js';
import { migrateQueues } from '../../workers/postgres-queue.js';
import { openQueues } from '../../workers/queues.js';
import { Bouncer, hasBouncer } from '../bouncer.js';
import { createDatabase, until } from '../database.js';
import { freePort } from '../servers.js';

describe.runIf(hasBouncer())('behind a PgBouncer in transaction mode', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'feedmill-bouncer-'));
  const { url, db } = await createDatabase({ migrated: false });
  const bouncer = new Bouncer(folder, await freePort(), url);
  beforeAll(() => bouncer.boot());
  afterAll(async () => {
    await bouncer.halt();
    await rm(folder, { recursive: true, force: true });
  });
  const count = async (text: string) => Number((await db.$client.query(text)).rows[0].count);

  it('is recognized, and so is a connection without one', async () => {
    for (const [address, pooled] of [[bouncer.url, true] as const, [url, false] as const]) {
      const client = new pg.Client({ connectionString: address });
      await client.connect();
      expect(await isBehindPooler(client)).toBe(pooled);
      await client.end();
    }
  });

  it('migrates, by several processes at once, and leaves no lock on a connection of the pooler', async () => {
    const applied = await Promise.all(Array.from({ length: 4 }, () => migrateSchema(bouncer.url)));
    expect(applied.filter(Boolean)).toHaveLength(1);
    await Promise.all(Array.from({ length: 4 }, () => migrateQueues(bouncer.url)));
    expect(
      await count(
        "select count(*) from pg_locks join pg_database on pg_database.oid = database where locktype = 'advisory' and datname = current_database()",
      ),
    ).toBe(0);
  });

  it('passes jobs through queues in Postgres', async () => {
    const errors: string[] = [];
    const queues = openQueues({
      redis: undefined,
      databaseUrl: bouncer.url,
      poolSize: 3,
      leaseMs: 10_000,
      onError: ({ message }) => void errors.push(message),
    });
    const done: number[] = [];
    const consumer = queues.consume('articles', {
      concurrency: 4,
      handle: async ({ id }) => {
        done.push(id);
        return { status: 'nothing-to-do', articleId: id };
      },
      onReport: () => undefined,
      onFault: ({ message }) => void errors.push(message),
    });
    const ids = Array.from({ length: 20 }, (_, n) => n);
    await queues.enqueue('articles', ids);
    await until(async () => done.length === ids.length, 'all jobs');
    await queues.ping();
    await consumer.close();
    await queues.close();
    expect({ done: done.sort((a, b) => a - b), errors }).toEqual({ done: ids, errors: [] });
  });

  it('says once that notifications do not arrive, and keeps no connection for them', async () => {
    let told = 0;
    const errors: Error[] = [];
    const listener = listenForWork(bouncer.url, {
      onWake: () => undefined,
      onError: (error) => void errors.push(error),
      onPooler: () => {
        told += 1;
      },
    });
    await until(async () => told > 0, 'the pooler to be noticed');
    await listener.close();
    expect({ told, errors }).toEqual({ told: 1, errors: [] });
    // What a session listens to would stay with the pooler's connection.
    const client = new pg.Client({ connectionString: bouncer.url });
    await client.connect();
    expect((await client.query('select pg_listening_channels()')).rows).toEqual([]);
    await client.end();
  });

  it('has no limit of connections to compare with', async () => {
    const pooled = openDb(bouncer.url, { onError: () => undefined });
    expect(await readConnectionLimits(pooled)).toEqual([]);
    await pooled.$client.end();
  });
});
