import { feedStore } from '../db/feeds.js';
import { hostStore } from '../db/hosts.js';
import { outageStore } from '../db/outages.js';
import { turnStore } from '../db/turns.js';
import { websubStore } from '../db/websub.js';
import { refreshFeed } from '../src/jobs/refresh-feed.js';
import { takePush } from '../src/jobs/take-push.js';
import { createFetchUrl } from '../src/web/fetch-url.js';
import type { App } from './app.js';
import { runHttp } from './http.js';
import { createFeedReader } from './readers.js';
import { type Running, runWorker, type WorkerParts } from './run-worker.js';

const now = () => new Date();

/** What a poll and a push need alike. */
const settling = ({ config, db }: App, reader: ReturnType<typeof createFeedReader>) => ({
  ...feedStore(db, config),
  readFeed: reader.read,
  now,
  random: Math.random,
  cadence: config.cadence,
  ...(config.http.publicUrl ? { deliveries: websubStore(db) } : {}),
});

/** The feed worker: polls feeds, and has hubs push to us where PUBLIC_URL says how they reach us. */
export const feedWorker: WorkerParts = (app) => {
  const { config, db } = app;
  const client = createFetchUrl({ ...config.fetch, accept: 'feed', maxBytes: config.feedMaxBytes });
  const reader = createFeedReader(config.feedReader);
  const { publicUrl } = config.http;
  return {
    queue: 'feeds',
    concurrency: config.feedConcurrency,
    handle: refreshFeed({
      ...settling(app, reader),
      ...hostStore(db),
      ...outageStore(db, config),
      fetchUrl: client.fetchUrl,
      toHostKey: config.toHostKey,
      retryBaseMs: config.retryBaseMs,
      robotsForFeeds: config.robotsForFeeds,
      userAgent: config.fetch.userAgent,
      ...(publicUrl
        ? {
            hubs: {
              ...websubStore(db),
              ...turnStore(db, config),
              publicUrl,
              postForm: client.postForm,
              toHostKey: config.toHostKey,
              pause: () => new Promise((done) => setTimeout(done, config.hostGapMs)),
              retryBaseMs: config.retryBaseMs,
            },
          }
        : {}),
    }),
    close: async () => {
      await Promise.all([client.close(), reader.close()]);
    },
  };
};

/** The feed worker, and beside it the HTTP server that hubs and health checks ask, where PUBLIC_URL is set. */
export async function runFeeds(app: App): Promise<Running> {
  const { publicUrl } = app.config.http;
  const reader = publicUrl ? createFeedReader(app.config.feedReader) : undefined;
  const http = reader
    ? await runHttp(app, { ...websubStore(app.db), now, takePush: takePush(settling(app, reader)) })
    : undefined;
  const worker = runWorker(app, feedWorker);
  return {
    async stop(graceMs) {
      await Promise.all([http?.stop(graceMs), worker.stop(graceMs)]);
      await reader?.close();
    },
  };
}
