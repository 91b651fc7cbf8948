import { feedStore } from '../db/feeds.js';
import { hostStore } from '../db/hosts.js';
import { reportStore } from '../db/reports.js';
import { newFeed } from '../src/cli/subscribe.js';
import type { JobReport } from '../src/jobs/reports.js';
import { startSampler } from '../src/sampler/server.js';
import { UserError } from '../src/user-error.js';
import type { App } from './app.js';
import { runArticles } from './articles.js';
import { runFeeds } from './feeds.js';
import { runPoller } from './poller.js';
import type { Running } from './run-worker.js';

/** The sampler's feeds are polled so often, and its one host asked so often, in ms: it is ours, and there to be seen. */
const SAMPLER_POLL_MS = 5_000;
const SAMPLER_GAP_MS = 50;

/** Poller, feed worker and article worker in one process. The poller is stopped first: nothing new is claimed. */
export async function runAll(app: App, onReport?: (report: JobReport) => void): Promise<Running> {
  // Those that may fail to start (a port is taken, a rule has faults) go first.
  const feeds = await runFeeds(app);
  const articles = await runArticles(app, onReport).catch(async (error: unknown) => {
    await feeds.stop(0);
    throw error;
  });
  const poller = runPoller(app);
  const workers = [feeds, articles];
  return {
    async stop(graceMs) {
      await poller.stop(graceMs);
      await Promise.all(workers.map((worker) => worker.stop(graceMs)));
    },
  };
}

const samplerHost = (port: number) => `127.0.0.1:${port}`;

/**
 * May fetch from the sampler, which is on a loopback port; for processes that serve it or have subscribed to it, and no
 * others.
 */
export const withSamplerAllowed = (app: App): App => {
  const { fetch, samplerPort } = app.config;
  const allowPrivateHosts = [...fetch.allowPrivateHosts, samplerHost(samplerPort)];
  return { ...app, config: { ...app.config, fetch: { ...fetch, allowPrivateHosts } } };
};

/** Whether this is the address of one of the sampler's feeds. */
export const isSampler = (url: string, port: number): boolean => url.startsWith(`http://${samplerHost(port)}/`);

/**
 * Serves the sampler when no feed is subscribed yet, or when its feeds are. Its clock is the first subscription's:
 * started again, it goes on where it was.
 */
export async function runSampler({ config, db }: App): Promise<{ close(): Promise<void> } | undefined> {
  const feeds = await reportStore(db).listFeeds();
  const since = feeds
    .filter(({ url }) => isSampler(url, config.samplerPort))
    .map(({ created_at }) => new Date(created_at).getTime());
  if (feeds.length > 0 && since.length === 0) return undefined;
  const epoch = new Date(since.length > 0 ? Math.min(...since) : Date.now());
  try {
    const sampler = await startSampler({ port: config.samplerPort, epoch });
    if (since.length === 0) {
      await hostStore(db).setGap(samplerHost(config.samplerPort), SAMPLER_GAP_MS);
      const options = { content: 'page' as const, pollEveryMs: SAMPLER_POLL_MS };
      await feedStore(db, config).addFeeds(sampler.feeds.map(({ url, title }) => newFeed(url, options, title)));
    }
    return sampler;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE') {
      throw new UserError(
        `Port ${config.samplerPort}, where the sampler's small news sites would be, is taken. Is another Feedmill running?\n` +
          'Set SAMPLER_PORT to a free port, or start without them: feedmill start --no-sampler',
        1,
        { cause },
      );
    }
    throw cause;
  }
}
