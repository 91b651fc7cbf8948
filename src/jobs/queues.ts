import type { LeasedRow } from './leased-row.js';
import type { JobReport } from './reports.js';

/** The name of each queue in BullMQ. Every queue has one job handler. */
export const QUEUES = {
  feeds: 'feedmill-feeds',
  articles: 'feedmill-articles',
  /** Records to extract again. A queue of their own, so that news never waits behind them. */
  reextractions: 'feedmill-reextractions',
} as const;
/** Our name of a queue. */
export type QueueName = keyof typeof QUEUES;

/** A number for each queue. */
export type PerQueue = Record<QueueName, number>;

/** A job is a reminder: it carries the id of a row and nothing else. */
export interface Job {
  id: number;
}

/** Takes one job from start to end, and says how it ended. `onStart` learns which lease the work is done under. */
export type JobHandler<Report extends JobReport = JobReport> = (job: Job, onStart?: (row: LeasedRow) => void) => Promise<Report>;
