import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startSampler } from '../../src/sampler/server.js';
import { createDatabase, insertFeed, until } from '../database.js';
import { findRedisProgram } from '../faults/redis.js';
import { type RedisSet, startCluster, startSentinels } from '../redis-sets.js';

const program = findRedisProgram();

/** The sampler is the origin: this many stories are published, on six sites. */
const STORIES = 60;
const epoch = new Date(Date.now() - 3_600_000);
const frozen = new Date(epoch.getTime() + (STORIES - 6) * 1_000);
const sampler = await startSampler({ port: 0, epoch, storyEveryMs: 1_000, now: () => frozen });
afterAll(() => sampler.close());

const running: { child: ChildProcess; log: string }[] = [];

/** Runs a role of the program. Its log is kept for what it must not contain. */
function start(role: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, ['bin/feedmill.mjs', 'start', ...role], {
    env: { ...process.env, LOG_FORMAT: 'json', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const process_ = { child, log: '' };
  child.stderr.on('data', (chunk) => (process_.log += chunk));
  running.push(process_);
  return process_;
}
async function stop({ child }: { child: ChildProcess }, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, 'exit');
  child.kill(signal);
  return (await ended)[0];
}

describe.skipIf(!program || !inject('redisUrl')).each([
  ['a master that Sentinels watch', startSentinels, 'bull:'],
  ['a cluster', startCluster, '{feedmill}:'],
])('the queue on %s', (_, startSet, prefix) => {
  let set: RedisSet;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'feedmill-redis-'));
    set = await startSet(program ?? '', folder);
  });
  afterAll(async () => {
    await Promise.all(running.splice(0).map((one) => stop(one, 'SIGKILL')));
    await set?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('takes over from a Redis before, outlives a failover, and stores every story once', async () => {
    const { url, db } = await createDatabase();
    const env = { DATABASE_URL: url, ALLOW_PRIVATE_HOSTS: '127.0.0.0/8', HOST_GAP_MS: '0', LEASE: '2s', FETCH_TIMEOUT: '1s' };
    const subscribe = async (from: number, to: number) => {
      await db.$client.query(
        'insert into feedmill_data.hosts (host, turn_at) values ($1, now()) on conflict (host) do update set turn_at = now()',
        [new URL(sampler.origin).host],
      );
      for (const feed of sampler.feeds.slice(from, to)) await insertFeed(db, feed.url);
    };
    const count = async () => Number((await db.$client.query('select count(*) from feedmill.records')).rows[0].count);

    // What a single Redis holds when the processes move is left behind: the rows fall due again.
    await subscribe(0, 3);
    const before = new Redis(inject('redisUrl'));
    await before.flushall();
    const poller = start(['poller'], { ...env, HTTP_PORT: '0', REDIS_URL: inject('redisUrl') });
    await until(async () => (await before.llen('bull:feedmill-feeds:wait')) > 0, 'jobs in the Redis before');
    await stop(poller, 'SIGKILL');
    before.disconnect();

    const roles = ['poller', 'feeds', 'articles'].map((role) => start([role], { ...env, HTTP_PORT: '0', REDIS_URL: set.url }));
    await until(async () => (await count()) === STORIES / 2, 'the stories of three feeds');
    const keys: string[] = [];
    await set.eachMaster(async (redis) => void keys.push(...(await redis.keys('*'))));
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter((key) => !key.startsWith(prefix))).toEqual([]);

    await set.failOver();
    await subscribe(3, 6);
    await until(async () => (await count()) === STORIES, 'the stories of all feeds');
    expect(await Promise.all(roles.map((role) => stop(role, 'SIGTERM')))).toEqual([0, 0, 0]);
    expect(roles.map(({ log }) => log).join('')).not.toMatch(/p\/w@d|p%2Fw/);
  });
});
