import { Counter, Histogram, type Registry } from 'prom-client';
import type { ErrorKind } from '../../db/classify-error.js';
import type { QueueName } from '../../src/jobs/queues.js';
import type { FeedReport, JobReport } from '../../src/jobs/reports.js';

/** Upper bounds of the delay from publication to record, in seconds: from a push within seconds to a feed polled once a day. */
const DELAYS_S = [10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 259_200];

/** Metrics of jobs, which are made of their reports. @param durations upper bounds of the time that a job takes, in seconds */
export function createJobMetrics(registry: Registry, durations: number[]) {
  const feeds = createFeedMetrics(registry);
  const articles = createArticleMetrics(registry);
  const reextractions = new Counter({
    name: 'feedmill_reextractions_total',
    help: 'Records that were extracted again, by what came of it.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const jobs = new Histogram({
    name: 'feedmill_job_duration_seconds',
    help: 'Time that a job took, from its start to its report.',
    labelNames: ['queue'],
    buckets: durations,
    registers: [registry],
  });
  const faults = new Counter({
    name: 'feedmill_faults_total',
    help: 'Jobs that failed by our own fault: by a bug in Feedmill, by trouble of the database or the machine, or it is unclear.',
    labelNames: ['queue', 'cause'],
    registers: [registry],
  });
  return {
    /** Counts what a job or a push came to. */
    countReport(queue: QueueName, report: JobReport): void {
      if ('feedId' in report) feeds(report);
      else if (queue === 'reextractions') reextractions.inc({ outcome: 'result' in report ? report.result : report.status });
      else articles(report);
    },
    observeJob: (queue: QueueName, ms: number): void => jobs.observe({ queue }, ms / 1000),
    countFault: (queue: QueueName, cause: ErrorKind): void => faults.inc({ queue, cause }),
  };
}

function createFeedMetrics(registry: Registry): (report: FeedReport) => void {
  const polls = new Counter({
    name: 'feedmill_polls_total',
    help: 'Polls of feeds, and pushes from hubs, by how they ended.',
    labelNames: ['outcome', 'via'],
    registers: [registry],
  });
  const entries = new Counter({
    name: 'feedmill_new_entries_total',
    help: 'Entries that were not seen before.',
    registers: [registry],
  });
  return (report) => {
    const isPush = 'via' in report || report.status === 'bad-signature' || report.status === 'too-many-pushes';
    polls.inc({ outcome: report.status, via: isPush ? 'push' : 'poll' });
    if ('new' in report) entries.inc(report.new);
  };
}

function createArticleMetrics(registry: Registry): (report: Exclude<JobReport, FeedReport>) => void {
  const articles = new Counter({
    name: 'feedmill_articles_total',
    help: 'Turns of articles, by how they ended. Each "stored" wrote a record; most others lead to another turn.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const delays = new Histogram({
    name: 'feedmill_publication_delay_seconds',
    help: 'From the publication of an article to its record, for articles published after their feed was subscribed to.',
    buckets: DELAYS_S,
    registers: [registry],
  });
  return (report) => {
    articles.inc({ outcome: report.status });
    if (report.status === 'stored' && report.delayMs !== undefined) delays.observe(report.delayMs / 1000);
  };
}
