import { randomUUID } from 'node:crypto';
import type { Queue } from 'bullmq';
import type { Job, QueueName } from '../src/jobs/queues.js';
import type { Tracing } from './tracing/tracing.js';

/** A retry is a `due_at` in the future, so BullMQ itself tries once. */
const JOB_OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: true };

/** The queue that jobs go to. */
interface Target {
  name: QueueName;
  /** The trace that a job belongs to; absent when traces are off. */
  telemetryOf: Tracing['jobTelemetry'] | undefined;
}

/**
 * Jobs are deduplicated by the id of their row, which is not their own id: a failed job left behind under that id would keep its
 * row out of the queue forever. A row may be claimed again just before its last job leaves the queue; then the new job follows it
 * instead of being dropped. The job's own id is random, since BullMQ's counter may be lost and count from 1 again.
 */
const toBullJob = ({ name, telemetryOf }: Target, id: number) => ({
  name,
  data: { id },
  opts: {
    ...JOB_OPTIONS,
    jobId: randomUUID(),
    deduplication: { id: String(id), keepLastIfActive: true },
    ...(telemetryOf && { telemetry: telemetryOf(name, id) }),
  },
});

/**
 * Puts a job for each row into the queue, unless it has one. A job that no worker can find any more (its server lost a part of it)
 * does not count: it is removed, and the row gets a new one.
 */
export async function enqueueJobs(queue: Queue<Job>, target: Target, ids: readonly number[]): Promise<void> {
  const duplicates = await addJobs(queue, target, ids);
  const orphaned = await Promise.all(duplicates.map(async ({ jobId }) => removeOrphan(queue, jobId)));
  await addJobs(
    queue,
    target,
    duplicates.filter((_, n) => orphaned[n]).map(({ id }) => id),
  );
}

/** @returns the rows that have a job already, with its id */
async function addJobs(queue: Queue<Job>, target: Target, ids: readonly number[]): Promise<{ id: number; jobId: string }[]> {
  if (ids.length === 0) return [];
  const wanted = ids.map((id) => toBullJob(target, id));
  const added = await queue.addBulk(wanted);
  return wanted.flatMap(({ data, opts }, n) => {
    const jobId = added[n]?.id;
    return jobId === undefined || jobId === opts.jobId ? [] : [{ id: data.id, jobId }];
  });
}

/**
 * Removes a job that exists but is neither waiting nor running, as an eviction of Redis can leave it behind: its key for
 * deduplication would keep its row out of the queue for ever. @returns whether it was one
 */
async function removeOrphan(queue: Queue<Job>, jobId: string): Promise<boolean> {
  if ((await queue.getJobState(jobId)) !== 'unknown') return false;
  // A job that has just ended is gone, and so is its key.
  return (await queue.remove(jobId)) === 1;
}
