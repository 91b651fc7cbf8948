import { Cluster, type Command, Redis } from 'ioredis';
import type { RedisLocation } from '../src/redis-url.js';

/** The longest pause between attempts to reconnect to Redis, in ms. The pause grows with each attempt. */
const MAX_RECONNECT_MS = 2_000;
/**
 * How long a connection may be silent after a command, in ms, before it is opened again: its server may be gone without a word. A
 * consumer's longest command blocks for 5 s (BullMQ's drainDelay).
 */
const SILENCE_MS = 15_000;

/** How long commands of a connection wait for an answer. */
export interface Patience {
  /** How often a command is sent again after the connection was lost; null: until it is answered. */
  maxRetriesPerRequest: number | null;
  /** In ms; absent: no limit. */
  commandTimeout?: number;
}

/** Opens a connection, which comes back by itself when it is lost: to the new master after a failover. */
export function connectRedis(location: RedisLocation, patience: Patience, onError: (error: Error) => void): Redis | Cluster {
  const redis = location.kind === 'cluster' ? openCluster(location, patience) : openServer(location, patience);
  redis.on('error', (error: Error) => onError(explain(error)));
  return redis;
}

const retryStrategy = (times: number) => Math.min(times * 100, MAX_RECONNECT_MS);

function openServer(location: Exclude<RedisLocation, { kind: 'cluster' }>, patience: Patience): Redis {
  const options = { ...patience, socketTimeout: SILENCE_MS, retryStrategy };
  if (location.kind === 'server') return new Redis(location.url, options);
  const { sentinels, master, db, tls, login, sentinelLogin } = location;
  return new Redis({
    ...options,
    ...login,
    ...{ sentinels: [...sentinels], name: master, db },
    ...(sentinelLogin.username && { sentinelUsername: sentinelLogin.username }),
    ...(sentinelLogin.password && { sentinelPassword: sentinelLogin.password }),
    ...(tls && { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true }),
    sentinelRetryStrategy: retryStrategy,
  });
}

function openCluster(location: Extract<RedisLocation, { kind: 'cluster' }>, patience: Patience): Cluster {
  const { nodes, tls, login } = location;
  return new PatientCluster([...nodes], {
    clusterRetryStrategy: retryStrategy,
    redisOptions: { ...patience, socketTimeout: SILENCE_MS, ...login, ...(tls && { tls: {} }) },
    // Certificates have the nodes' names, so names stay names.
    ...(tls && { dnsLookup: (host, done) => done(null, host) }),
  });
}

/** A cluster whose `commandTimeout` holds also while none of its nodes can be reached. ioredis leaves it to the nodes. */
class PatientCluster extends Cluster {
  override sendCommand(...args: [command: Command, ...rest: [stream?: never, node?: unknown]]): unknown {
    const timeout = this.options.redisOptions?.commandTimeout;
    if (timeout !== undefined) args[0].setTimeout(timeout);
    return super.sendCommand(...args);
  }
}

/** A cluster that can't be reached says only that, and has the reason of the last node beside it. */
const explain = (error: Error): Error =>
  'lastNodeError' in error && error.lastNodeError instanceof Error
    ? new Error(`No node of the Redis cluster can be used: ${error.lastNodeError.message}`, { cause: error })
    : error;
