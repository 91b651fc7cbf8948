import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Bouncer } from '../bouncer.js';
import { type Origin, startOrigin } from './origin.js';
import { Postgres } from './postgres.js';
import { Processes } from './processes.js';
import { findRedisProgram, RedisServer } from './redis.js';

const run = promisify(execFile);

/** Sites of the origin, of which the last two may fail. */
const SITES = 8;
const FAILING_SITES = 2;
/** Ports that a stack needs in a row: Postgres, Redis, the origin and PgBouncer. */
export const PORTS = 4;

/** Everything that runs during a series of faults. */
export interface Stack {
  backend: 'postgres' | 'redis';
  postgres: Postgres;
  redis: RedisServer | undefined;
  origin: Origin;
  processes: Processes;
  /** All sites, and those of them that may fail. */
  sites: number[];
  failing: number[];
  /** Restarts the workers with a PgBouncer in front of Postgres, or without it. */
  useBouncer(on: boolean): Promise<void>;
  close(): Promise<void>;
}

/** Settings with short times, so that a fault is over in seconds, in the proportions of a real installation. */
const SETTINGS = {
  ALLOW_PRIVATE_HOSTS: '127.0.5.0/24',
  HOST_GAP_MS: '20',
  POLL_MIN: '1s',
  POLL_MAX: '4s',
  LEASE: '6s',
  FETCH_TIMEOUT: '3s',
  RETRY_BASE: '500ms',
  SHUTDOWN_GRACE: '2s',
  REVISIT: '0',
  LOG_FORMAT: 'json',
};

/** Starts everything. @param firstPort the first of `PORTS` free ports */
export async function openStack(
  folder: string,
  backend: 'postgres' | 'redis',
  firstPort: number,
  random: () => number,
): Promise<Stack> {
  await mkdir(folder, { recursive: true });
  const postgres = await Postgres.start(folder, firstPort);
  const program = backend === 'redis' ? findRedisProgram() : undefined;
  const redis = program ? new RedisServer(program, folder, firstPort + 1) : undefined;
  await redis?.boot();
  const origin = await startOrigin(SITES, firstPort + 2, random);
  const bouncer = new Bouncer(folder, firstPort + 3, postgres.url);
  const env = { ...SETTINGS, DATABASE_URL: postgres.url, REDIS_URL: redis?.url ?? '' };
  const processes = new Processes(env, join(folder, 'workers.log'));
  const feedmill = (...args: string[]) =>
    run(process.execPath, ['bin/feedmill.mjs', ...args], { env: { ...process.env, ...env } });

  const sites = Array.from({ length: SITES }, (_, site) => site);
  await feedmill('migrate');
  await feedmill('add', '--no-check', ...sites.map((site) => origin.feedUrl(site)));
  processes.start();
  return {
    backend,
    postgres,
    redis,
    origin,
    processes,
    sites,
    failing: sites.slice(-FAILING_SITES),
    async useBouncer(on) {
      if (on) await bouncer.boot();
      await processes.restartWith({ DATABASE_URL: on ? bouncer.url : postgres.url });
      if (!on) await bouncer.halt();
    },
    async close() {
      await processes.stop();
      await origin.close();
      await bouncer.halt();
      await redis?.halt('SIGKILL');
      await postgres.close();
    },
  };
}
