import { Redis } from 'ioredis';
import { describe, expect, inject, it } from 'vitest';
import { migrateQueues, openQueues } from '../../workers/queues.js';
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
    return openQueues({
      redisUrl: redisUrl || undefined,
      databaseUrl: url,
      leaseMs: 10_000,
      onError: (error) => {
        throw error;
      },
    });
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
    expect(await all.countWaiting()).toEqual({ feeds: 3, articles: 0 });
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
});
