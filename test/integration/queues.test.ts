import { Redis } from 'ioredis';
import pg from 'pg';
import { describe, expect, inject, it } from 'vitest';
import { migrateQueues } from '../../workers/postgres-queue.js';
import { openQueues } from '../../workers/queues.js';
import { createDatabase, until } from '../database.js';

const backends = [['Postgres', ''] as const, ...(inject('redisUrl') ? [['Redis', inject('redisUrl')] as const] : [])];

describe.each(backends)('the queue on %s', (_, redisUrl) => {
  async function queues() {
    const { url } = await createDatabase();
    if (redisUrl) {
      const redis = new Redis(redisUrl);
      await redis.flushall();
      await redis.quit();
    } else await migrateQueues(url);
    const opened = openQueues({
      redis: redisUrl ? { kind: 'server', url: redisUrl } : undefined,
      databaseUrl: url,
      poolSize: 4,
      leaseMs: 10_000,
      onError: (error) => {
        throw error;
      },
    });
    return { url, ...opened };
  }
  const consumer = (handle: (id: number) => Promise<void>) => ({
    concurrency: 4,
    handle: async ({ id }: { id: number }) => {
      await handle(id);
      return { status: 'nothing-to-do' as const, feedId: id };
    },
    onReport: () => undefined,
    onFault: (error: Error) => {
      throw error;
    },
  });

  it('runs a row again that was claimed while its last job was ending, but never twice at once', async () => {
    const all = await queues();
    const done: number[] = [];
    let [running, most] = [0, 0];
    const worker = all.consume(
      'feeds',
      consumer(async (id) => {
        running += 1;
        most = Math.max(most, running);
        // The poller may claim the row as soon as this job releases it. Of several claims, one more job follows.
        if (done.length < 3) for (let claims = 0; claims < 2; claims += 1) await all.enqueue('feeds', [id]);
        done.push(id);
        running -= 1;
      }),
    );
    await all.enqueue('feeds', [7]);
    await until(async () => done.length === 4, 'the row to be processed four times');
    await until(async () => (await all.countWaiting()).feeds === 0, 'an empty queue');
    await worker.close();
    expect({ done, most }).toEqual({ done: [7, 7, 7, 7], most: 1 });
    await all.close();
  });

  it('runs a row once that was claimed again while its job was waiting', async () => {
    const all = await queues();
    await all.enqueue('feeds', [1, 2]);
    await all.enqueue('feeds', [2, 3]);
    expect(await all.countWaiting()).toEqual({ feeds: 3, articles: 0, reextractions: 0 });
    const done: number[] = [];
    const worker = all.consume(
      'feeds',
      consumer(async (id) => void done.push(id)),
    );
    await until(async () => done.length === 3, 'three rows');
    await worker.close();
    expect(done.sort()).toEqual([1, 2, 3]);
    await all.close();
  });

  /** Removes a part of what the queue keeps on its server, as an eviction does. */
  async function lose(url: string, part: string): Promise<void> {
    if (redisUrl) {
      const redis = new Redis(redisUrl);
      const keys = await redis.keys(`bull:feedmill-feeds:${part}`);
      if (keys.length > 0) await redis.del(...keys);
      await redis.quit();
    } else {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(`delete from bullmq.${part}`);
      await client.end();
    }
  }
  const parts = redisUrl ? ['wait', 'marker', 'meta', 'id', 'de:*', '????????-*', '*'] : ['job', 'dedup', 'meta'];

  it.each(parts)('runs a row again whose job lost %s', async (part) => {
    const { url, ...all } = await queues();
    await all.enqueue('feeds', [1, 2]);
    await lose(url, part);
    // Their leases end, and they are claimed again.
    await all.enqueue('feeds', [1, 2]);
    const done = new Set<number>();
    const worker = all.consume(
      'feeds',
      consumer(async (id) => void done.add(id)),
    );
    await until(async () => done.size === 2, 'both rows', 20_000);
    await worker.close();
    await all.close();
  });
});

describe.runIf(inject('redisUrl'))('a Redis', () => {
  const admin = () => new Redis(inject('redisUrl'));
  const open = (onError: (error: Error) => void) =>
    openQueues({
      redis: { kind: 'server', url: inject('redisUrl') },
      databaseUrl: inject('postgresUrl'),
      poolSize: 1,
      leaseMs: 10_000,
      onError,
    });

  it('that may evict jobs is reported', async () => {
    const redis = admin();
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const problems: string[] = [];
    const queues = open(({ message }) => void problems.push(message));
    await until(async () => problems.length > 0, 'the report');
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    expect(problems[0]).toMatch(/maxmemory-policy allkeys-lru, so it may evict jobs/);
    await queues.close();
    await redis.quit();
  });

  it('that hangs fails the poller and the heartbeat in time, and is used again when it answers', async () => {
    const redis = admin();
    const queues = open(() => undefined);
    await queues.ping();
    await redis.client('PAUSE', 8_000, 'ALL');
    const calls = [queues.ping(), queues.countWaiting(), queues.enqueue('feeds', [1])];
    const results = await Promise.race([Promise.allSettled(calls), redis.ping()]);
    expect(results).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }, { status: 'rejected' }]);
    await redis.ping();
    await queues.ping();
    await queues.close();
    await redis.quit();
  });
});
