import { isConnectionError } from '../db/client.js';
import { recordFault } from '../db/faults.js';
import { giveBack } from '../db/give-back.js';
import type { JobHandler, QueueName } from '../src/jobs/queues.js';
import type { JobReport } from '../src/jobs/reports.js';
import type { App } from './app.js';

/** What a worker consists of: wiring alone. */
export type WorkerParts = (app: App) => {
  queue: QueueName;
  concurrency: number;
  handle: JobHandler;
  close(): Promise<void>;
};

/** A part of a process that runs until it is stopped. */
export interface Running {
  /** Takes up nothing new, ends what runs or, after `graceMs`, gives it back, and closes. */
  stop(graceMs: number): Promise<void>;
}

/** Consumes one queue until stopped; one log line a job, with its outcome. */
export function runWorker(app: App, parts: WorkerParts, onReport?: (report: JobReport) => void): Running {
  const { queue, concurrency, handle, close } = parts(app);
  const log = app.log.child({ queue });
  const active = new Set<number>();
  // Jobs were given back: what becomes of them here, now that their means are taken away, counts no more.
  let abandoned = false;

  const consumer = app.queues().consume(queue, {
    concurrency,
    handle: async (job) => {
      active.add(job.id);
      const startedAt = performance.now();
      try {
        const report = await handle(job);
        return { ...report, tookMs: Math.round(performance.now() - startedAt) };
      } finally {
        active.delete(job.id);
      }
    },
    onReport: (report) => {
      if (onReport) onReport(report);
      log.info(report, 'job done');
    },
    onFault: (error, job) => {
      if (abandoned) {
        log.debug({ id: job.id, problem: error.message }, 'job broken off by the stop');
        return;
      }
      // A database that went away is no fault of the job: its lease ends, and it is done again.
      if (isConnectionError(error)) log.warn({ id: job.id, problem: error.message }, 'job interrupted: the database is away');
      else {
        log.error({ id: job.id, error }, 'job failed by a fault of ours; its row says so, and falls due again');
        // Where even that can't be written, the log is all there is.
        recordFault(app.db, queue, job.id, error).catch((again: unknown) =>
          log.error({ id: job.id, error: again }, 'the fault could not be recorded'),
        );
      }
    },
  });
  log.debug({ concurrency }, 'worker ready');

  return {
    async stop(graceMs) {
      const ended = consumer.close().then(() => true);
      const end = Date.now() + graceMs;
      // With nothing left to finish there is nothing to wait for: not for a queue that is away either.
      while (active.size > 0 && Date.now() < end && !(await Promise.race([ended, after(POLL_ACTIVE_MS)])));
      if (!(await Promise.race([ended, after(Math.min(graceMs, IDLE_CLOSE_MS))]))) {
        if (active.size > 0) {
          log.warn({ running: active.size }, 'not done within the grace period: giving jobs back');
          abandoned = true;
          // A database that is away as well leaves it to the leases.
          await giveBack(app.db, queue, [...active], app.config).catch((error: unknown) =>
            log.warn({ error }, 'jobs could not be given back'),
          );
        }
        await consumer.close(true);
      }
      await close();
    },
  };
}

/** While jobs run, it is looked so often whether they are done, in ms. */
const POLL_ACTIVE_MS = 50;
/** An idle consumer closes within this, in ms, unless its queue is away. */
const IDLE_CLOSE_MS = 500;

const after = (ms: number) => new Promise<false>((done) => setTimeout(done, ms, false).unref());
