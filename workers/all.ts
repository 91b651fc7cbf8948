import type { JobReport } from '../src/jobs/reports.js';
import type { App } from './app.js';
import { runArticles } from './articles.js';
import { runDeliveries } from './deliveries.js';
import { runFeeds } from './feeds.js';
import { runPoller } from './poller.js';
import type { Running } from './run-worker.js';

/** Runs poller, feed worker, article worker and deliveries in one process. The poller stops first, so that nothing new is claimed. */
export async function runAll(app: App, onReport?: (report: JobReport) => void): Promise<Running> {
  // Workers may fail to start (a port is in use, a site rule is invalid), so they come before the poller.
  const feeds = runFeeds(app);
  const articles = await runArticles(app, onReport).catch(async (error: unknown) => {
    await feeds.stop(0);
    throw error;
  });
  const poller = runPoller(app);
  const deliveries = runDeliveries(app);
  return {
    async stop(graceMs) {
      await poller.stop(graceMs);
      await Promise.all([feeds, articles, deliveries].map((part) => part.stop(graceMs)));
    },
  };
}
