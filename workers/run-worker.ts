import type { Logger } from 'pino';
import { classifyError } from '../db/classify-error.js';
import { recordFault } from '../db/faults.js';
import { giveBack } from '../db/give-back.js';
import type { LeasedRow } from '../src/jobs/leased-row.js';
import type { Job, JobHandler, QueueName } from '../src/jobs/queues.js';
import type { JobReport } from '../src/jobs/reports.js';
import type { App } from './app.js';
import { logReport } from './log.js';

/** What a worker consists of. It only wires. */
export type WorkerParts = (app: App) => {
  queue: QueueName;
  concurrency: number;
  handle: JobHandler;
  close(): Promise<void>;
};

/** A part of a process that runs until it is stopped. */
export interface Running {
  /** Stops taking new work, waits up to `graceMs` for running work to finish, gives back what is left, and closes. */
  stop(graceMs: number): Promise<void>;
}

/** Interval between checks whether the running jobs have ended, while stopping, in ms. */
const STOP_CHECK_MS = 50;
/** How long an idle consumer may take to close, in ms. It takes longer only when its queue is unreachable. */
const IDLE_CLOSE_MS = 500;

/** Consumes one queue until stopped. Logs one line per job, with its outcome. */
export function runWorker(app: App, parts: WorkerParts, onReport?: (report: JobReport) => void): Running {
  const { queue, concurrency, handle, close } = parts(app);
  const log = app.log.child({ queue });
  const active: ActiveJobs = new Map();
  // Set when jobs were given back: what becomes of them in this process no longer counts, since it closes what they use.
  let abandoned = false;

  const consumer = app.queues().consume(queue, {
    concurrency,
    handle: timed(handle, active, (ms) => app.metrics?.observeJob(queue, ms)),
    onReport: (report) => {
      app.metrics?.countReport(queue, report);
      app.tracing?.onReport(report);
      onReport?.(report);
      logReport(log, report, 'job done');
    },
    onFault: (error, job) => {
      const row = active.get(job);
      active.delete(job);
      if (abandoned) log.debug({ ...rowOf(queue, job), problem: error.message }, 'job interrupted by the stop');
      else reportFault(app, { log, queue, job, row, error });
    },
  });
  log.debug({ concurrency }, 'worker ready');

  return {
    async stop(graceMs) {
      const ended = consumer.close().then(() => true);
      await waitForJobs(active, ended, graceMs);
      if (!(await Promise.race([ended, after(Math.min(graceMs, IDLE_CLOSE_MS))]))) {
        if (active.size > 0) {
          abandoned = true;
          await giveBackJobs(app, { log, queue, active });
        }
        await consumer.close(true);
      }
      await close();
    },
  };
}

/** The jobs that run, and the rows that they have started. A job that failed stays until its fault was reported. */
type ActiveJobs = Map<Job, LeasedRow | undefined>;

/** Tracks which jobs run on which rows, and adds to each report how long the job took. `onTime` is told as well. */
const timed =
  (handle: JobHandler, active: ActiveJobs, onTime: (ms: number) => void): JobHandler =>
  async (job) => {
    active.set(job, undefined);
    const startedAt = performance.now();
    const report = await handle(job, (row) => active.set(job, row));
    active.delete(job);
    const tookMs = performance.now() - startedAt;
    onTime(tookMs);
    return { ...report, tookMs: Math.round(tookMs) };
  };

/** The row of a job, under the name that reports give it. */
const rowOf = (queue: QueueName, { id }: { id: number }) => (queue === 'feeds' ? { feedId: id } : { articleId: id });

interface Fault {
  log: Logger;
  queue: QueueName;
  job: Job;
  /** Undefined when the job failed before it started its row, which is then claimed again when its lease ends. */
  row: LeasedRow | undefined;
  error: Error;
}

function reportFault(app: App, { log, queue, job, row, error }: Fault): void {
  const kind = classifyError(error);
  app.metrics?.countFault(queue, kind);
  if (kind === 'environment') {
    // Not a fault of the job. It runs again when its lease ends.
    log.warn({ ...rowOf(queue, job), problem: error.message }, 'job interrupted: the database or the machine failed');
    if (row) void returnAttempt(app, { log, queue, row });
    return;
  }
  const cause = kind === 'bug' ? 'because of a bug in Feedmill' : 'in the database, perhaps because of its document';
  log.error({ ...rowOf(queue, job), error }, `job failed ${cause}; its row records the fault and falls due again`);
  if (!row) return;
  recordFault(app.db, app.config, queue, row, { error, kind }).catch((again: unknown) =>
    log.error({ ...rowOf(queue, job), error: again }, 'the fault could not be recorded'),
  );
}

/** First and longest pause between two tries to return an attempt, in ms. */
const RETURN_PAUSE_MS = 500;
const MAX_RETURN_PAUSE_MS = 10_000;

/**
 * Takes back an attempt that our own trouble ended, and frees its host, so that a row does not look as if it had crashed its
 * workers. The trouble may last, so this is tried until the lease ends; after that the row belongs to another job.
 */
async function returnAttempt(
  { db, config }: App,
  { log, queue, row }: { log: Logger; queue: QueueName; row: LeasedRow },
): Promise<void> {
  const end = performance.now() + config.leaseMs;
  for (let pauseMs = RETURN_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, MAX_RETURN_PAUSE_MS)) {
    try {
      return await giveBack(db, queue, [row], config, 'at lease end');
    } catch (error) {
      if (classifyError(error) !== 'environment' || performance.now() + pauseMs > end)
        return log.warn({ ...rowOf(queue, row), error }, 'an interrupted attempt could not be returned');
    }
    await after(pauseMs);
  }
}

/**
 * Waits until no job runs, or the consumer has closed, or `graceMs` are over. Idle, it does not wait, even for an unreachable
 * queue.
 */
async function waitForJobs(active: ActiveJobs, ended: Promise<boolean>, graceMs: number): Promise<void> {
  const end = performance.now() + graceMs;
  while (active.size > 0 && performance.now() < end && !(await Promise.race([ended, after(STOP_CHECK_MS)])));
}

async function giveBackJobs(
  { db, config }: App,
  { log, queue, active }: { log: Logger; queue: QueueName; active: ActiveJobs },
): Promise<void> {
  log.warn({ running: active.size }, 'jobs still running after the grace period: giving them back');
  // If the database is unreachable too, the jobs fall due again when their leases end.
  const started = [...active.values()].flatMap((row) => row ?? []);
  await giveBack(db, queue, started, config).catch((error: unknown) => log.warn({ error }, 'jobs could not be given back'));
}

const after = (ms: number) => new Promise<false>((done) => setTimeout(done, ms, false).unref());
