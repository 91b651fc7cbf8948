import { feedStore } from '../db/feeds.js';
import { hostStore } from '../db/hosts.js';
import { outageStore } from '../db/outages.js';
import { turnStore } from '../db/turns.js';
import { websubStore } from '../db/websub.js';
import { createPushLimits } from '../src/jobs/push-limits.js';
import { refreshFeed } from '../src/jobs/refresh-feed.js';
import { takePush } from '../src/jobs/take-push.js';
import type { SubscribeDeps } from '../src/jobs/websub-subscription.js';
import { present } from '../src/text/present.js';
import { createFetchUrl } from '../src/web/fetch-url.js';
import type { PostForm } from '../src/web/outcome.js';
import type { App } from './app.js';
import type { HttpServer } from './http/server.js';
import { websubRoute } from './http/websub.js';
import { createIdentifyingReader } from './readers.js';
import { type Running, runWorker, type WorkerParts } from './run-worker.js';

const openReader = ({ config, metrics }: App) =>
  createIdentifyingReader({ ...config.feedReader, onRead: metrics?.observeReads('feed') });

/** What both polls and pushes need. */
const settleDeps = ({ config, db }: App, reader: ReturnType<typeof openReader>) => ({
  ...feedStore(db, config),
  readFeed: reader.read,
  monotonicMs: () => performance.now(),
  random: Math.random,
  cadence: config.cadence,
  ...present({ deliveries: config.http.publicUrl ? websubStore(db) : undefined }),
});

/** What it takes to ask hubs to push to us, at PUBLIC_URL. */
const hubDeps = ({ config, db }: App, publicUrl: string, postForm: PostForm): SubscribeDeps => ({
  ...websubStore(db),
  ...turnStore(db, config),
  publicUrl,
  postForm,
  toHostKey: config.toHostKey,
  monotonicMs: () => performance.now(),
  pause: () => new Promise((done) => setTimeout(done, config.hostGapMs)),
  retryBaseMs: config.retryBaseMs,
});

/** The feed worker polls feeds. With PUBLIC_URL, it also asks their hubs to push to us. */
const feedWorker: WorkerParts = (app) => {
  const { config, db, metrics } = app;
  const client = createFetchUrl({ ...config.fetch, accept: 'feed', maxBytes: config.feedMaxBytes });
  const reader = openReader(app);
  const { publicUrl } = config.http;
  return {
    queue: 'feeds',
    concurrency: config.feedConcurrency,
    handle: refreshFeed({
      ...settleDeps(app, reader),
      ...hostStore(db),
      ...outageStore(db, config),
      fetchUrl: metrics?.countFetches('feed', client.fetchUrl) ?? client.fetchUrl,
      toHostKey: config.toHostKey,
      retryBaseMs: config.retryBaseMs,
      robotsForFeeds: config.robotsForFeeds,
      userAgent: config.fetch.userAgent,
      ...present({ hubs: publicUrl === undefined ? undefined : hubDeps(app, publicUrl, client.postForm) }),
    }),
    close: async () => {
      await Promise.all([client.close(), reader.close()]);
    },
  };
};

/** Runs the feed worker. With PUBLIC_URL, hubs reach it by the HTTP server of the process. */
export function runFeeds(app: App): Running {
  const worker = runWorker(app, feedWorker);
  const pushes = app.config.http.publicUrl && app.http ? acceptPushes(app, app.http) : undefined;
  return { stop: async (graceMs) => void (await Promise.all([pushes?.stop(graceMs), worker.stop(graceMs)])) };
}

/** Lets hubs push to us, until it is stopped. */
function acceptPushes(app: App, http: HttpServer): Running {
  const reader = openReader(app);
  const permitPush = createPushLimits(app.config.pushesPerMinute, () => performance.now());
  const callback = { ...websubStore(app.db), permitPush, takePush: takePush(settleDeps(app, reader)) };
  http.addRoute(websubRoute(app, callback));
  return {
    async stop(graceMs) {
      // A push that is being taken needs the reader.
      await http.stop(graceMs);
      await reader.close();
    },
  };
}
