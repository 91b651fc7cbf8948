import type { IQueueBackend, Queue, Telemetry, Worker, WorkerOptions } from 'bullmq';
import type { Job } from '../src/jobs/queues.js';

/** What both servers are opened with. */
export interface BackendOptions {
  onError(error: Error): void;
  /** Makes BullMQ trace its jobs; absent when traces are off. */
  telemetry: Telemetry | undefined;
}

/** A server that BullMQ runs on. Queue and Worker are the same on both. */
export interface Backend {
  queue(name: string): Queue<Job>;
  worker(
    name: string,
    process: (job: { data: Job }) => Promise<void>,
    options: Omit<WorkerOptions, 'connection'>,
  ): Worker<Job, void>;
  /** Asks the server for an answer. @throws when it does not answer in time */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** First and longest pause of a consumer whose queue refuses to give it a job, in ms; the pause doubles with each error in a row. */
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 2_000;

/**
 * Makes a consumer pause when it can't get a job. BullMQ pauses only when the connection is refused. After any other error (no
 * memory, read-only, too many connections) it asks again at once, which keeps a core busy and, if the error is immediate, blocks
 * the event loop for ever.
 */
export function pauseAfterErrors<B extends IQueueBackend>(backend: B): B {
  const moveToActive = backend.moveToActive.bind(backend);
  let pauseMs = FIRST_PAUSE_MS;
  backend.moveToActive = async (token, name) => {
    try {
      const moved = await moveToActive(token, name);
      pauseMs = FIRST_PAUSE_MS;
      return moved;
    } catch (error) {
      await new Promise((done) => setTimeout(done, pauseMs));
      pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
      throw error;
    }
  };
  return backend;
}
