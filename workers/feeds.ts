import { feedStore } from '../db/feeds.js';
import { hostStore } from '../db/hosts.js';
import { outageStore } from '../db/outages.js';
import { refreshFeed } from '../src/jobs/refresh-feed.js';
import { createFetchUrl } from '../src/web/fetch-url.js';
import type { WorkerParts } from './run-worker.js';

/** The feed worker: polls feeds. */
export const feedWorker: WorkerParts = ({ config, db }) => {
  const client = createFetchUrl({ ...config.fetch, accept: 'feed', maxBytes: config.feedMaxBytes });
  return {
    queue: 'feeds',
    concurrency: config.feedConcurrency,
    handle: refreshFeed({
      ...feedStore(db, config),
      ...hostStore(db),
      ...outageStore(db),
      fetchUrl: client.fetchUrl,
      now: () => new Date(),
      random: Math.random,
      hostOf: config.hostOf,
      cadence: config.cadence,
      retryBaseMs: config.retryBaseMs,
      robotsForFeeds: config.robotsForFeeds,
      userAgent: config.fetch.userAgent,
    }),
    close: client.close,
  };
};
