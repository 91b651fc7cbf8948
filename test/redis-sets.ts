import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { until } from './database.js';
import { freePort } from './servers.js';

/** Several Redis processes on ports of their own. */
export interface RedisSet {
  /** A value of REDIS_URL. */
  url: string;
  /** Kills the server that holds the queues, and waits until another one holds them. */
  failOver(): Promise<void>;
  /** Calls `visit` with a connection to each server that holds keys. */
  eachMaster(visit: (redis: Redis) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/** A password with characters that a URL must encode. */
const PASSWORD = 'p/w@d:1';
const LOGIN = encodeURIComponent(PASSWORD);

/** How long a server may be silent before the others replace it, in ms. Loaded test machines may pause for some hundred. */
const DOWN_MS = 2_000;

/** The Redis processes of a test, each with a folder of its own. */
class Servers {
  readonly #running = new Map<number, ChildProcess>();

  constructor(
    private readonly program: string,
    private readonly folder: string,
  ) {}

  /** Starts a server or a Sentinel with lines of a configuration file. @returns its port, once it answers */
  async start(lines: (port: number) => string[], args: string[] = []): Promise<number> {
    const port = await freePort();
    const folder = join(this.folder, String(port));
    await mkdir(folder);
    const config = ['bind 127.0.0.1', `port ${port}`, `dir ${folder}`, 'save ""', `requirepass ${PASSWORD}`, ...lines(port)];
    await writeFile(join(folder, 'redis.conf'), config.join('\n'));
    this.#running.set(port, spawn(this.program, [join(folder, 'redis.conf'), ...args], { stdio: 'ignore' }));
    await this.visit(port, (redis) => redis.ping());
    return port;
  }

  async visit<T>(port: number, ask: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis({ host: '127.0.0.1', port, password: PASSWORD, maxRetriesPerRequest: null });
    redis.on('error', () => undefined);
    try {
      return await ask(redis);
    } finally {
      redis.disconnect();
    }
  }

  async kill(port: number): Promise<void> {
    const child = this.#running.get(port);
    this.#running.delete(port);
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((port) => this.kill(port)));
  }
}

/** A master, a replica and three Sentinels, all of which ask for a password. */
export async function startSentinels(program: string, folder: string): Promise<RedisSet> {
  const servers = new Servers(program, folder);
  let master = await servers.start(() => [`masterauth ${PASSWORD}`]);
  const replica = await servers.start(() => [`masterauth ${PASSWORD}`, `replicaof 127.0.0.1 ${master}`]);
  await until(
    () => servers.visit(replica, async (redis) => (await redis.info('replication')).includes('master_link_status:up')),
    'the replica to follow its master',
  );
  const watch = [
    `sentinel monitor news 127.0.0.1 ${master} 2`,
    `sentinel auth-pass news ${PASSWORD}`,
    `sentinel sentinel-pass ${PASSWORD}`,
    `sentinel down-after-milliseconds news ${DOWN_MS}`,
    `sentinel failover-timeout news ${5 * DOWN_MS}`,
  ];
  const sentinels: number[] = [];
  for (let n = 0; n < 3; n += 1) sentinels.push(await servers.start(() => watch, ['--sentinel']));
  const [first = 0] = sentinels;
  const readInfo = () => servers.visit(first, async (redis) => String(await redis.call('INFO', 'sentinel')));
  await until(async () => (await readInfo()).includes('slaves=1,sentinels=3'), 'the Sentinels to know each other');
  const addresses = sentinels.map((port) => `127.0.0.1:${port}`).join(',');
  return {
    url: `redis+sentinel://:${LOGIN}@${addresses}/news?sentinel_password=${LOGIN}`,
    async failOver() {
      await servers.kill(master);
      await until(async () => (await readInfo()).includes(`address=127.0.0.1:${replica}`), 'the failover', 60_000);
      master = replica;
    },
    eachMaster: (visit) => servers.visit(master, visit),
    stop: () => servers.stop(),
  };
}

/** Hash slots of a Redis cluster. */
const SLOTS = 16_384;

/** A cluster of three masters, of which the one that holds the queues has a replica. */
export async function startCluster(program: string, folder: string): Promise<RedisSet> {
  const servers = new Servers(program, folder);
  const buses = new Map<number, number>();
  const startNode = async () => {
    // By default the bus is ten thousand ports above, which is no port for many free ones.
    const bus = await freePort();
    const port = await servers.start(() => [
      ...['cluster-enabled yes', `cluster-port ${bus}`, `cluster-node-timeout ${DOWN_MS}`, `masterauth ${PASSWORD}`],
    ]);
    buses.set(port, bus);
    return port;
  };
  const call = (port: number, ...args: (string | number)[]) =>
    servers.visit(port, async (redis) => String(await redis.call('CLUSTER', ...args)));
  let masters = [await startNode(), await startNode(), await startNode()];
  const [first = 0] = masters;
  const bounds = [0, 1, 2, 3].map((n) => Math.floor((n * SLOTS) / 3));
  const slot = Number(await call(first, 'KEYSLOT', '{feedmill}'));
  for (const [n, port] of masters.entries()) await call(port, 'ADDSLOTSRANGE', bounds[n] ?? 0, (bounds[n + 1] ?? 0) - 1);
  const owner = masters[bounds.findIndex((from, n) => from <= slot && slot < (bounds[n + 1] ?? 0))] ?? 0;
  const replica = await startNode();
  for (const [port, bus] of buses) if (port !== first) await call(first, 'MEET', '127.0.0.1', port, bus);
  const all = [...masters, replica];
  const isKnown = async (port: number) => (await call(port, 'INFO')).includes('cluster_known_nodes:4');
  await until(async () => (await Promise.all(all.map(isKnown))).every(Boolean), 'the nodes to know each other');
  await call(replica, 'REPLICATE', await call(owner, 'MYID'));
  const isReady = async (port: number) => (await call(port, 'INFO')).includes('cluster_state:ok');
  const areReady = async () => (await Promise.all([...masters, replica].map(isReady))).every(Boolean);
  await until(areReady, 'the cluster to be ready');
  await until(
    () => servers.visit(replica, async (redis) => (await redis.info('replication')).includes('master_link_status:up')),
    'the replica to follow its master',
  );
  return {
    url: `redis+cluster://:${LOGIN}@${masters.map((port) => `127.0.0.1:${port}`).join(',')}`,
    async failOver() {
      await servers.kill(owner);
      masters = masters.filter((port) => port !== owner);
      const isMaster = () => servers.visit(replica, async (redis) => (await redis.info('replication')).includes('role:master'));
      await until(async () => (await isMaster()) && (await areReady()), 'the failover', 60_000);
      masters.push(replica);
    },
    async eachMaster(visit) {
      for (const port of masters) await servers.visit(port, visit);
    },
    stop: () => servers.stop(),
  };
}
