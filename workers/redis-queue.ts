import { createRedisBackend, Queue, Worker } from 'bullmq';
import { Cluster, type Redis } from 'ioredis';
import type { Job } from '../src/jobs/queues.js';
import type { RedisLocation } from '../src/redis-url.js';
import { present } from '../src/text/present.js';
import { type Backend, type BackendOptions, pauseAfterErrors } from './queue-backend.js';
import { connectRedis } from './redis-connection.js';

/** Timeout of a command that something waits for, in ms. Redis answers in less than one; only a Redis that hangs takes longer. */
const COMMAND_TIMEOUT_MS = 5_000;
/**
 * What the names of all keys begin with on a cluster. Its braces put the queues' keys on one node, as their scripts need it. On a
 * server they stay under BullMQ's own `bull`, where earlier versions put them.
 */
const CLUSTER_PREFIX = '{feedmill}';

/** Opens queues in Redis. */
export function openRedis(location: RedisLocation, { onError, telemetry }: BackendOptions): Backend {
  const shared = present({ telemetry, prefix: location.kind === 'cluster' ? CLUSTER_PREFIX : undefined });
  // BullMQ requires unlimited retries, so that workers wait for an unreachable Redis instead of failing.
  const connection = connectRedis(location, { maxRetriesPerRequest: null }, onError);
  // The poller's commands should fail rather than hang while Redis is unreachable: its next tick tries again.
  const commands = connectRedis(location, { maxRetriesPerRequest: 1, commandTimeout: COMMAND_TIMEOUT_MS }, onError);
  commands.on('ready', () => {
    reportEvictionRisk(commands, onError).catch(onError);
  });
  return {
    queue: (name) => new Queue<Job>(name, { ...shared, connection: commands }),
    worker: (name, process, options) =>
      new Worker<Job, void>(name, process, { ...options, ...shared, connection }, (...args) =>
        pauseAfterErrors(createRedisBackend(...args)),
      ),
    ping: async () => void (await commands.ping()),
    close: async () => {
      connection.disconnect();
      commands.disconnect();
    },
  };
}

/** Reports the first server that may evict jobs. */
async function reportEvictionRisk(redis: Redis | Cluster, onError: (error: Error) => void): Promise<void> {
  const servers = redis instanceof Cluster ? redis.nodes('master') : [redis];
  const risks = await Promise.all(servers.map(readEvictionRisk));
  const risk = risks.find((found) => found !== undefined);
  if (risk) onError(new Error(risk));
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
