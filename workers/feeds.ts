import { feedStore } from '../db/feeds.js';
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
      fetchUrl: client.fetchUrl,
      now: () => new Date(),
      random: Math.random,
      cadence: config.cadence,
    }),
    close: client.close,
  };
};
