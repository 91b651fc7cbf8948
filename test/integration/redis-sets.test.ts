import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseRedisUrl } from '../../src/redis-url.js';
import { openQueues } from '../../workers/queues.js';
import { until } from '../database.js';
import { findRedisProgram } from '../faults/redis.js';
import { type RedisSet, startCluster, startSentinels } from '../redis-sets.js';
import { freePort } from '../servers.js';

const program = findRedisProgram();

function open(url: string) {
  const redis = parseRedisUrl(url);
  if ('problem' in redis) throw new Error(redis.problem);
  const problems: string[] = [];
  const onError = ({ message }: Error) => void problems.push(message);
  const queues = openQueues({ redis, databaseUrl: inject('postgresUrl'), poolSize: 1, leaseMs: 10_000, onError });
  return { queues, problems };
}

it.each([
  ['redis+sentinel://:hidden@127.0.0.1:PORT/news', /All sentinels are unreachable/],
  ['redis+cluster://:hidden@127.0.0.1:PORT', /No node of the Redis cluster can be used/],
])('%s that nobody answers fails in time, and is reported without the password', async (form, message) => {
  const { queues, problems } = open(form.replace('PORT', String(await freePort())));
  await expect(queues.ping()).rejects.toThrow('timed out');
  expect(problems.join()).toMatch(message);
  expect(problems.join()).not.toContain('hidden');
  await queues.close();
});

describe.skipIf(!program).each([
  ['Sentinels', startSentinels],
  ['a cluster', startCluster],
])('a Redis with %s', (_, startSet) => {
  let set: RedisSet;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'feedmill-redis-'));
    set = await startSet(program ?? '', folder);
  });
  afterAll(async () => {
    await set?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('that refuses the password says so', async () => {
    const { queues, problems } = open(set.url.replace(/:\/\/:[^@]+@/, '://:other@'));
    await until(async () => problems.some((problem) => /WRONGPASS/.test(problem)), 'the refusal');
    await queues.close();
  });

  it('that may evict jobs is reported', async () => {
    await set.eachMaster(async (redis) => void (await redis.config('SET', 'maxmemory-policy', 'allkeys-lru')));
    const { queues, problems } = open(set.url);
    await until(
      async () => problems.some((problem) => /maxmemory-policy allkeys-lru, so it may evict/.test(problem)),
      'the report',
    );
    await set.eachMaster(async (redis) => void (await redis.config('SET', 'maxmemory-policy', 'noeviction')));
    await queues.close();
  });

  it('that hangs fails the poller in time, and is used again when it answers', async () => {
    const { queues } = open(set.url);
    await queues.enqueue('feeds', [1]);
    await set.eachMaster(async (redis) => void (await redis.client('PAUSE', 8_000, 'ALL')));
    const results = await Promise.allSettled([queues.countWaiting(), queues.enqueue('feeds', [2])]);
    expect(results).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    await until(
      () =>
        queues.enqueue('feeds', [3]).then(
          () => true,
          () => false,
        ),
      'it to answer',
    );
    await queues.close();
  });
});
