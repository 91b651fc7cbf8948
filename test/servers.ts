import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { TestProject } from 'vitest/node';
import { openEmbedded } from '../db/embedded.js';
import { hasBouncer } from './bouncer.js';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
    /** Empty when there is no Redis. */
    redisUrl: string;
  }
}

/** A port of 127.0.0.1 that is free now. */
export const freePort = () =>
  new Promise<number>((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** Uses REDIS_URL, or else starts a Redis or Valkey server if one is installed. */
async function startRedis(folder: string): Promise<{ url: string; server?: ChildProcess }> {
  if (process.env.REDIS_URL) return { url: process.env.REDIS_URL };
  const program = ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);
  if (!program) return { url: '' };
  const port = await freePort();
  const server = spawn(program, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder], {
    stdio: 'ignore',
  });
  const url = `redis://127.0.0.1:${port}`;
  const client = new Redis(url, { maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  await client.ping();
  client.disconnect();
  return { url, server };
}

/** Warns of tests that can't run here. @throws in CI, where all of them must */
function missing(message: string): void {
  if (process.env.CI) throw new Error(message);
  console.warn(`\n${'!'.repeat(80)}\n${message}\n${'!'.repeat(80)}\n`);
}

/** Starts a real Postgres and a real Redis for all tests, in a temporary folder. */
export default async function setup(project: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), 'feedmill-test-'));
  const postgres = await openEmbedded(join(folder, 'data'), 55_000);
  const redis = await startRedis(folder);
  if (!redis.url)
    missing('There is no Redis: half of the queue and pipeline tests DID NOT RUN. Set REDIS_URL, or install redis-server.');
  if (!hasBouncer()) missing('There is no PgBouncer: the tests of connection poolers DID NOT RUN. Install pgbouncer.');
  project.provide('postgresUrl', postgres.url);
  project.provide('redisUrl', redis.url);
  return async () => {
    redis.server?.kill();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  };
}
