import { createPostgresBackend, type PgPool, Queue, runMigrations, Worker, type WorkerOptions } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { type Job, type JobHandler, type PerQueue, QUEUES, type QueueName } from '../src/jobs/queues.js';
import type { JobReport } from '../src/jobs/reports.js';

/** The schema of BullMQ in our database. Its own migrations create it. */
const QUEUE_SCHEMA = 'bullmq';
/** Connections of the queue's own pool: enough for the LISTEN clients and the calls of one process. */
const QUEUE_POOL_SIZE = 8;
/** The longest pause between attempts to reconnect to Redis, in ms. The pause grows with each attempt. */
const MAX_RECONNECT_MS = 2_000;

/** How long to wait for a connection to close, in ms. The server may be unreachable. */
const CLOSE_TIMEOUT_MS = 1_000;

/** Waits for `closing` to settle, for `CLOSE_TIMEOUT_MS` at most. Never throws. */
export const settleClose = (closing: Promise<unknown>): Promise<unknown> =>
  Promise.race([
    // Nobody needs an error from closing: the leases of whatever was still running end by themselves.
    closing.catch(() => undefined),
    new Promise((done) => setTimeout(done, CLOSE_TIMEOUT_MS).unref()),
  ]);

/** Where the queues are. */
export interface QueueOptions {
  /** When undefined, the queues live in Postgres. */
  redisUrl: string | undefined;
  databaseUrl: string;
  leaseMs: number;
  onError(error: Error): void;
}

/** What a consumer does with jobs, and how many it runs at once. */
export interface Consumer {
  concurrency: number;
  handle: JobHandler;
  onReport(report: JobReport): void;
  /** Called when the handler throws, which is our own fault. The row falls due again when its lease ends. */
  onFault(error: Error, job: Job): void;
}

/** The open queues of a process. */
export interface Queues {
  enqueue(queue: QueueName, ids: readonly number[]): Promise<void>;
  /** Counts the jobs of each queue that have not been started. */
  countWaiting(): Promise<PerQueue>;
  consume(queue: QueueName, consumer: Consumer): { close(force?: boolean): Promise<void> };
  close(): Promise<void>;
}

/** A server that BullMQ runs on. Queue and Worker are the same on both. */
interface Backend {
  queue(name: string): Queue<Job>;
  worker(
    name: string,
    process: (job: { data: Job }) => Promise<void>,
    options: Omit<WorkerOptions, 'connection'>,
  ): Worker<Job, void>;
  close(): Promise<void>;
}

function openRedis(url: string, onError: (error: Error) => void): Backend {
  // BullMQ requires unlimited retries, so that workers wait for an unreachable Redis instead of failing.
  const connection = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, MAX_RECONNECT_MS),
  });
  connection.on('error', onError);
  // The poller's commands should fail rather than hang while Redis is unreachable: its next tick tries again.
  const commands = connection.duplicate({ maxRetriesPerRequest: 1 });
  commands.on('error', onError);
  return {
    queue: (name) => new Queue<Job>(name, { connection: commands }),
    worker: (name, process, options) => new Worker<Job, void>(name, process, { ...options, connection }),
    close: async () => {
      connection.disconnect();
      commands.disconnect();
    },
  };
}

function openPostgres(url: string, onError: (error: Error) => void): Backend {
  // We pass a pool because BullMQ can't load pg from an ES module itself. It expects its schema on the search path.
  const pool = new pg.Pool({
    connectionString: url,
    max: QUEUE_POOL_SIZE,
    keepAlive: true,
    application_name: 'feedmill queue',
    options: `-c search_path=${QUEUE_SCHEMA}`,
  });
  pool.on('error', onError);
  pool.on('connect', (client) => void client.on('error', onError));
  // BullMQ's type for a pool has an index signature, which a class never has, and its classes carry their backend in their type.
  const connection = pool as unknown as PgPool;
  return {
    queue: (name) => new Queue(name, { connection }, createPostgresBackend) as unknown as Queue<Job>,
    worker: (name, process, options) =>
      new Worker(name, process, { ...options, connection }, createPostgresBackend) as unknown as Worker<Job, void>,
    close: async () => void (await settleClose(pool.end())),
  };
}

/** Creates or updates BullMQ's tables in Postgres. Many processes may do so at once, since BullMQ takes a lock. */
export async function migrateQueues(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'feedmill migrate' });
  await client.connect();
  try {
    await runMigrations(client, QUEUE_SCHEMA);
  } finally {
    await client.end();
  }
}

/** A retry is a `due_at` in the future, so BullMQ itself tries once. */
const JOB_OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: true };

/**
 * How often a job may lose its process before BullMQ fails it. This is no reason to give the row up: rows count their own
 * attempts.
 */
const MAX_STALLS = 10;

/** Opens the queues on Redis, or on Postgres when there is no `redisUrl`. */
export function openQueues({ redisUrl, databaseUrl, leaseMs, onError }: QueueOptions): Queues {
  const backend = redisUrl ? openRedis(redisUrl, onError) : openPostgres(databaseUrl, onError);
  const queues = { feeds: backend.queue(QUEUES.feeds), articles: backend.queue(QUEUES.articles) };
  for (const queue of Object.values(queues)) queue.on('error', onError);

  return {
    async enqueue(name, ids) {
      if (ids.length > 0) await queues[name].addBulk(ids.map((id) => toBullJob(name, id)));
    },
    async countWaiting() {
      const [feeds, articles] = await Promise.all([queues.feeds.getWaitingCount(), queues.articles.getWaitingCount()]);
      return { feeds, articles };
    },
    consume: (name, consumer) => startConsumer(backend, name, { ...consumer, leaseMs, onError }),
    async close() {
      await settleClose(Promise.all(Object.values(queues).map((queue) => queue.close())));
      await backend.close();
    },
  };
}

/**
 * Jobs are deduplicated by the id of their row, which is not their own id: a failed job left behind under that id would keep its
 * row out of the queue forever. A row may be claimed again just before its last job leaves the queue; then the new job follows it
 * instead of being dropped.
 */
const toBullJob = (name: QueueName, id: number) => ({
  name,
  data: { id },
  opts: { ...JOB_OPTIONS, deduplication: { id: String(id), keepLastIfActive: true } },
});

function startConsumer(
  backend: Backend,
  name: QueueName,
  { concurrency, handle, onReport, onFault, leaseMs, onError }: Consumer & Pick<QueueOptions, 'leaseMs' | 'onError'>,
): { close(force?: boolean): Promise<void> } {
  const work = async (job: { data: Job }) => {
    try {
      onReport(await handle(job.data));
    } catch (error) {
      onFault(error instanceof Error ? error : new Error(String(error)), job.data);
      // The log and the row have the error. BullMQ only needs to know that the job failed, and can't store every message.
      throw new Error('the job failed; the log says why');
    }
  };
  // When a process dies, another one takes over its jobs within the leases of their rows.
  const lockMs = Math.min(30_000, Math.max(500, leaseMs / 2));
  const worker = backend.worker(QUEUES[name], work, {
    concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: MAX_STALLS,
  });
  worker.on('error', onError);
  return { close: async (force = false) => void (await (force ? settleClose(worker.close(true)) : worker.close())) };
}
