import { type Job, type JobHandler, type PerQueue, QUEUES, type QueueName } from '../src/jobs/queues.js';
import type { JobReport } from '../src/jobs/reports.js';
import type { RedisLocation } from '../src/redis-url.js';
import { enqueueJobs } from './enqueue-jobs.js';
import { openPostgres } from './postgres-queue.js';
import type { Backend } from './queue-backend.js';
import { openRedis } from './redis-queue.js';
import { settleClose } from './settle-close.js';
import type { Tracing } from './tracing/tracing.js';

/** Where the queues are. */
export interface QueueOptions {
  /** When undefined, the queues live in Postgres. */
  redis: RedisLocation | undefined;
  databaseUrl: string;
  /** Connections to Postgres that the queues may open there. */
  poolSize: number;
  leaseMs: number;
  /** Absent when traces are off. */
  tracing?: Tracing | undefined;
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
  /** Asks the server of the queues for an answer. @throws when it does not answer in time */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * How often a job may lose its process before BullMQ fails it. This is no reason to give the row up: rows count their own
 * attempts.
 */
const MAX_STALLS = 10;

/** Opens the queues on Redis, or on Postgres when there is no `redis`. */
export function openQueues({ redis, databaseUrl, poolSize, leaseMs, tracing, onError }: QueueOptions): Queues {
  const options = { onError, telemetry: tracing?.telemetry };
  const backend = redis ? openRedis(redis, options) : openPostgres(databaseUrl, poolSize, options);
  const queues = {
    feeds: backend.queue(QUEUES.feeds),
    articles: backend.queue(QUEUES.articles),
    reextractions: backend.queue(QUEUES.reextractions),
  };
  for (const queue of Object.values(queues)) queue.on('error', onError);

  return {
    enqueue: (name, ids) => enqueueJobs(queues[name], { name, telemetryOf: tracing?.jobTelemetry }, ids),
    async countWaiting() {
      const count = (name: QueueName) => queues[name].getWaitingCount();
      const [feeds, articles, reextractions] = await Promise.all([count('feeds'), count('articles'), count('reextractions')]);
      return { feeds, articles, reextractions };
    },
    consume: (name, consumer) => startConsumer(backend, name, { ...consumer, leaseMs, onError }),
    ping: backend.ping,
    async close() {
      await settleClose(Promise.all(Object.values(queues).map((queue) => queue.close())));
      await backend.close();
    },
  };
}

const hasRow = (job: Partial<Job>): job is Job => job.id !== undefined;

function startConsumer(
  backend: Backend,
  name: QueueName,
  { concurrency, handle, onReport, onFault, leaseMs, onError }: Consumer & Pick<QueueOptions, 'leaseMs' | 'onError'>,
): { close(force?: boolean): Promise<void> } {
  const work = async (job: { data: Partial<Job> }) => {
    // Redis lost what the job is about, but not its place in the queue. Its row falls due again when its lease ends.
    if (!hasRow(job.data)) return;
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
    // A job says so itself, unless that was lost.
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  });
  worker.on('error', onError);
  return { close: async (force = false) => void (await (force ? settleClose(worker.close(true)) : worker.close())) };
}
