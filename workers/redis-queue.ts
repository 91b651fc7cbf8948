import { createRedisBackend, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Job } from '../src/jobs/queues.js';
import { present } from '../src/text/present.js';
import { type Backend, type BackendOptions, pauseAfterErrors } from './queue-backend.js';

/** The longest pause between attempts to reconnect to Redis, in ms. The pause grows with each attempt. */
const MAX_RECONNECT_MS = 2_000;
/** Timeout of a command that something waits for, in ms. Redis answers in less than one; only a Redis that hangs takes longer. */
const COMMAND_TIMEOUT_MS = 5_000;
/**
 * How long a consumer's connection may be silent after a command, in ms, before it is opened again: its server may be gone without
 * a word. A consumer's longest command blocks for 5 s (BullMQ's drainDelay).
 */
const SILENCE_MS = 15_000;

/** Opens queues in Redis. */
export function openRedis(url: string, { onError, telemetry }: BackendOptions): Backend {
  const traced = present({ telemetry });
  // BullMQ requires unlimited retries, so that workers wait for an unreachable Redis instead of failing.
  const connection = new Redis(url, {
    maxRetriesPerRequest: null,
    socketTimeout: SILENCE_MS,
    retryStrategy: (times) => Math.min(times * 100, MAX_RECONNECT_MS),
  });
  connection.on('error', onError);
  // The poller's commands should fail rather than hang while Redis is unreachable: its next tick tries again.
  const commands = connection.duplicate({ maxRetriesPerRequest: 1, commandTimeout: COMMAND_TIMEOUT_MS });
  commands.on('error', onError);
  commands.on('ready', () => {
    readEvictionRisk(commands).then((risk) => risk && onError(new Error(risk)), onError);
  });
  return {
    queue: (name) => new Queue<Job>(name, { ...traced, connection: commands }),
    worker: (name, process, options) =>
      new Worker<Job, void>(name, process, { ...options, ...traced, connection }, (...args) =>
        pauseAfterErrors(createRedisBackend(...args)),
      ),
    ping: async () => void (await commands.ping()),
    close: async () => {
      connection.disconnect();
      commands.disconnect();
    },
  };
}

/** Says what is wrong when Redis may evict jobs; undefined when it may not. Managed servers allow INFO, but often not CONFIG. */
async function readEvictionRisk(redis: Redis): Promise<string | undefined> {
  const memory = await redis.info('memory');
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? 'noeviction';
  if (policy === 'noeviction') return undefined;
  return (
    `Redis has the maxmemory-policy ${policy}, so it may evict jobs when its memory is full; their rows wait until their leases ` +
    'end. Set it to noeviction: CONFIG SET maxmemory-policy noeviction'
  );
}
