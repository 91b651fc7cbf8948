import { createPostgresBackend, type PgPool, Queue, runMigrations, Worker, type WorkerOptions } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { type Job, type JobHandler, type PerQueue, QUEUES, type QueueName } from '../src/jobs/queues.js';
import type { JobReport } from '../src/jobs/reports.js';

/** BullMQ's schema in our database; its own migrations make it. */
const QUEUE_SCHEMA = 'bullmq';
/** Connections of the queue's pool: the LISTEN clients and the calls of one process. */
const QUEUE_POOL_SIZE = 8;
/** Reconnecting to a Redis that went away: a little later each time, in ms, up to this. */
const MAX_RECONNECT_MS = 2_000;

/** Closing says goodbye to a server that may be away: it is given so long, in ms, and then left. */
export const CLOSE_MS = 1_000;

/** Waits for `work`, but not for longer, whatever becomes of it. */
export const within = (ms: number, work: Promise<unknown>) =>
  Promise.race([
    // What fails while closing is of no use to anybody any more; the lease of whatever was running ends by itself.
    work.catch(() => undefined),
    new Promise((done) => setTimeout(done, ms).unref()),
  ]);

export interface QueueOptions {
  /** Undefined: the queue lives in Postgres. */
  redisUrl: string | undefined;
  databaseUrl: string;
  leaseMs: number;
  onError(error: Error): void;
}

/** What a consumer does with jobs, and how many at once. */
export interface Consumer {
  concurrency: number;
  handle: JobHandler;
  onReport(report: JobReport): void;
  /** A handler threw: our own fault. The row falls due again when its lease ends. */
  onFault(error: Error, job: Job): void;
}

export interface Queues {
  enqueue(queue: QueueName, ids: readonly number[]): Promise<void>;
  /** Jobs of each queue that were not begun. */
  countWaiting(): Promise<PerQueue>;
  consume(queue: QueueName, consumer: Consumer): { close(force?: boolean): Promise<void> };
  close(): Promise<void>;
}

/** The way to a backend: BullMQ runs the same Queue and Worker on both. */
interface Backend {
  queue(name: string): Queue<Job>;
  worker(
    name: string,
    process: (job: { data: Job }) => Promise<void>,
    options: Omit<WorkerOptions, 'connection'>,
  ): Worker<Job, void>;
  close(): Promise<void>;
}

function redisBackend(url: string, onError: (error: Error) => void): Backend {
  // BullMQ wants no limit on retries: a Redis that is away is waited for, not failed on.
  const connection = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, MAX_RECONNECT_MS),
  });
  connection.on('error', onError);
  // The poller's commands fail while Redis is away, rather than hang: its next tick tries again.
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

function postgresBackend(url: string, onError: (error: Error) => void): Backend {
  // A pool of our own, since BullMQ can't load pg by itself from an ES module; it wants its schema on the search path.
  const pool = new pg.Pool({
    connectionString: url,
    max: QUEUE_POOL_SIZE,
    keepAlive: true,
    application_name: 'feedmill queue',
    options: `-c search_path=${QUEUE_SCHEMA}`,
  });
  pool.on('error', onError);
  pool.on('connect', (client) => void client.on('error', onError));
  // BullMQ describes a pool by an index signature, which a class never has; and its classes name their backend in their type.
  const connection = pool as unknown as PgPool;
  return {
    queue: (name) => new Queue(name, { connection }, createPostgresBackend) as unknown as Queue<Job>,
    worker: (name, process, options) =>
      new Worker(name, process, { ...options, connection }, createPostgresBackend) as unknown as Worker<Job, void>,
    close: async () => void (await within(CLOSE_MS, pool.end())),
  };
}

/** Makes BullMQ's tables where the queue lives in Postgres; safe from many processes at once (it takes a lock of its own). */
export async function migrateQueues(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'feedmill migrate' });
  await client.connect();
  try {
    await runMigrations(client, QUEUE_SCHEMA);
  } finally {
    await client.end();
  }
}

/** The queues on the backend that the options name. */
export function openQueues({ redisUrl, databaseUrl, leaseMs, onError }: QueueOptions): Queues {
  const backend = redisUrl ? redisBackend(redisUrl, onError) : postgresBackend(databaseUrl, onError);
  const queues = { feeds: backend.queue(QUEUES.feeds), articles: backend.queue(QUEUES.articles) };
  for (const queue of Object.values(queues)) queue.on('error', onError);
  // A job whose process died is taken over within the lease of its row.
  const lockMs = Math.min(30_000, Math.max(500, leaseMs / 2));

  return {
    async enqueue(name, ids) {
      if (ids.length === 0) return;
      await queues[name].addBulk(
        ids.map((id) => ({
          name,
          data: { id },
          // One attempt: a retry is a due_at in the future. Deduplicated rather than given the row's id as its own:
          // a job that stayed behind under that id would keep its row out of the queue for ever. A row may be claimed
          // again before its last job is quite off the queue: then the new one follows it, and is not dropped.
          opts: {
            deduplication: { id: String(id), keepLastIfActive: true },
            attempts: 1,
            removeOnComplete: true,
            removeOnFail: true,
          },
        })),
      );
    },

    async countWaiting() {
      const [feeds, articles] = await Promise.all([queues.feeds.getWaitingCount(), queues.articles.getWaitingCount()]);
      return { feeds, articles };
    },

    consume(name, { concurrency, handle, onReport, onFault }) {
      const work = async (job: { data: Job }) => {
        try {
          onReport(await handle(job.data));
        } catch (error) {
          onFault(error instanceof Error ? error : new Error(String(error)), job.data);
          // The row tells of it: BullMQ need only know that it failed, and could not store every message.
          throw new Error('the job failed by a fault of ours');
        }
      };
      const worker = backend.worker(QUEUES[name], work, {
        concurrency,
        lockDuration: lockMs,
        stalledInterval: lockMs,
        // A second process death with the same job is no reason to give the row up: the row counts its own attempts.
        maxStalledCount: 10,
      });
      worker.on('error', onError);
      return { close: async (force = false) => void (await (force ? within(CLOSE_MS, worker.close(true)) : worker.close())) };
    },

    async close() {
      await within(CLOSE_MS, Promise.all(Object.values(queues).map((queue) => queue.close())));
      await backend.close();
    },
  };
}
