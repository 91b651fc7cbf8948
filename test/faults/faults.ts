import { existsSync } from 'node:fs';
import type pg from 'pg';
import { hasBouncer } from '../bouncer.js';
import { MAX_CONNECTIONS } from './postgres.js';
import type { Role } from './processes.js';
import { pick } from './random.js';
import type { Stack } from './stack.js';

/** Something that goes wrong. `inject` causes it, and returns a function that ends it. */
export interface Fault {
  name: string;
  /** Absent if the fault applies to both queue backends. */
  backend?: 'postgres' | 'redis';
  /** Why it can't be caused on this machine; undefined if it can. */
  cannotRun?: (stack: Stack) => string | undefined;
  /** How long it lasts, in ms. */
  lastsMs: number;
  /** The origin fails, so the feeds of its sites may be blamed. */
  isOriginFault?: boolean;
  inject(stack: Stack, random: () => number): Promise<() => Promise<unknown>>;
}

const nothing = async () => undefined;

const processFault = (role: Role, signal: NodeJS.Signals): Fault => ({
  name: `${signal} ${role}`,
  lastsMs: 1_000,
  async inject({ processes }) {
    processes.signal(role, signal);
    return nothing;
  },
});

/** Suspends a process beyond its leases. When it continues, its results are out of date. */
const freeze = (role: Role): Fault => ({
  name: `SIGSTOP ${role} beyond its lease`,
  lastsMs: 9_000,
  async inject({ processes }) {
    const child = processes.signal(role, 'SIGSTOP');
    return async () => child.kill('SIGCONT');
  },
});

const redis = (name: string, lastsMs: number, inject: Fault['inject']): Fault => ({
  name: `Redis ${name}`,
  backend: 'redis',
  lastsMs,
  inject,
});

const REDIS_FAULTS: Fault[] = [
  redis('restart', 500, async ({ redis }) => {
    await redis?.halt();
    return async () => redis?.boot();
  }),
  redis('flush', 500, async ({ redis }) => {
    await redis?.command('FLUSHALL');
    return nothing;
  }),
  redis('hang', 6_000, async ({ redis }) => {
    redis?.signal('SIGSTOP');
    return async () => redis?.signal('SIGCONT');
  }),
  redis('out of memory', 4_000, async ({ redis }) => {
    await redis?.command('CONFIG', 'SET', 'maxmemory', '1');
    return async () => redis?.command('CONFIG', 'SET', 'maxmemory', '0');
  }),
  redis('read-only', 4_000, async ({ redis }) => {
    await redis?.command('REPLICAOF', '127.0.0.1', '1');
    return async () => redis?.command('REPLICAOF', 'NO', 'ONE');
  }),
];

const POSTGRES_FAULTS: Fault[] = [
  {
    name: 'Postgres restart',
    lastsMs: 500,
    async inject({ postgres }) {
      await postgres.halt('fast');
      return () => postgres.boot();
    },
  },
  {
    name: 'Postgres crash',
    lastsMs: 2_000,
    async inject({ postgres }) {
      await postgres.halt('immediate');
      return () => postgres.boot();
    },
  },
  {
    name: 'Postgres backends terminated',
    lastsMs: 500,
    async inject({ postgres }) {
      await postgres.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = $$client backend$$',
      );
      return nothing;
    },
  },
  {
    name: 'Postgres without a free connection',
    lastsMs: 6_000,
    async inject({ postgres }) {
      const admin = await postgres.connect();
      const taken: pg.Client[] = [];
      for (let round = 0; round < 5; round += 1) {
        // End the workers' connections, and take the free ones before they reconnect.
        await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'feedmill%'");
        const tries = await Promise.allSettled(Array.from({ length: MAX_CONNECTIONS }, () => postgres.connect()));
        taken.push(...tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
      }
      return async () => {
        await Promise.all(taken.map((client) => client.end()));
        await admin.end();
      };
    },
  },
  {
    name: 'Postgres read-only',
    lastsMs: 5_000,
    async inject({ postgres }) {
      await postgres.query('alter system set default_transaction_read_only = on');
      await postgres.reload();
      return async () => {
        const client = await postgres.connect();
        await client.query('set default_transaction_read_only = off');
        await client.query('alter system reset default_transaction_read_only');
        await client.end();
        await postgres.reload();
      };
    },
  },
  {
    name: 'Postgres disk full',
    lastsMs: 6_000,
    cannotRun: ({ postgres }) => (postgres.hasOwnDisk ? undefined : 'a small disk can only be mounted by root'),
    inject: ({ postgres }) => postgres.fillDisk(),
  },
  {
    name: 'Postgres hang',
    lastsMs: 8_000,
    async inject({ postgres }) {
      await postgres.signalAll('SIGSTOP');
      return () => postgres.signalAll('SIGCONT');
    },
  },
  {
    name: 'Postgres tables locked',
    lastsMs: 8_000,
    async inject({ postgres }) {
      const client = await postgres.connect();
      await client.query('begin');
      await client.query('lock table feedmill_data.articles, feedmill_data.feeds in access exclusive mode');
      return async () => {
        await client.query('rollback').catch(nothing);
        await client.end();
      };
    },
  },
  {
    name: 'Postgres deadlocks',
    lastsMs: 6_000,
    async inject({ postgres }) {
      let stopped = false;
      const conflict = (async () => {
        const client = await postgres.connect();
        while (!stopped) {
          // The workers lock a row and then its host; this locks hosts first.
          await client.query('begin').catch(nothing);
          await client.query('select 1 from feedmill_data.hosts for update').catch(nothing);
          await client.query('select pg_sleep(0.05)').catch(nothing);
          await client.query('select 1 from feedmill_data.feeds for update').catch(nothing);
          await client.query('select 1 from feedmill_data.articles where due_at is not null for update').catch(nothing);
          await client.query('rollback').catch(nothing);
          await new Promise((done) => setTimeout(done, 20));
        }
        await client.end();
      })();
      return async () => {
        stopped = true;
        await conflict;
      };
    },
  },
  {
    name: 'PgBouncer in transaction mode',
    lastsMs: 6_000,
    cannotRun: () => (hasBouncer() ? undefined : 'PgBouncer is not installed'),
    async inject(stack) {
      await stack.useBouncer(true);
      return () => stack.useBouncer(false);
    },
  },
  {
    name: 'a consumer with a long transaction',
    lastsMs: 6_000,
    async inject({ postgres }) {
      const client = await postgres.connect();
      await client.query('begin isolation level repeatable read');
      await client.query('select count(*), pg_current_xact_id() from feedmill.records');
      return async () => {
        await client.query('commit').catch(nothing);
        await client.end();
      };
    },
  },
];

const originFault = (mode: 'gone' | 'hanging' | 'resetting', scope: 'all' | 'some'): Fault => ({
  name: `origin ${mode}: ${scope} sites`,
  lastsMs: 5_000,
  isOriginFault: true,
  async inject({ origin, sites, failing }, random) {
    const hit = scope === 'all' ? sites : [pick(failing, random)];
    for (const site of hit) await origin.setMode(site, mode);
    return async () => {
      for (const site of hit) await origin.setMode(site, 'well');
    };
  },
});

/** Where Debian and related systems install libfaketime. */
const FAKETIME = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
].find(existsSync);

const clock = (offset: string): Fault => ({
  name: `worker clocks ${offset}`,
  lastsMs: 7_000,
  cannotRun: () => (FAKETIME ? undefined : 'libfaketime is not installed'),
  async inject({ processes }) {
    const env = { LD_PRELOAD: FAKETIME ?? '', FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' };
    const ends = (['poller', 'feeds', 'articles'] as const).map((role) => processes.add(role, env));
    return async () => Promise.all(ends.map((end) => end()));
  },
});

/** All faults. A run causes each of them once. */
export const FAULTS: readonly Fault[] = [
  ...(['poller', 'feeds', 'articles'] as const).flatMap((role) => [
    processFault(role, 'SIGKILL'),
    processFault(role, 'SIGTERM'),
    freeze(role),
  ]),
  ...REDIS_FAULTS,
  ...POSTGRES_FAULTS,
  originFault('gone', 'some'),
  originFault('hanging', 'some'),
  originFault('resetting', 'some'),
  originFault('gone', 'all'),
  clock('+1d'),
  clock('-1d'),
  {
    name: 'two pollers',
    lastsMs: 5_000,
    inject: async ({ processes }) => processes.add('poller'),
  },
];
