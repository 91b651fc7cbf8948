import { feedStore } from '../db/feeds.js';
import { hostStore } from '../db/hosts.js';
import { reportStore } from '../db/reports.js';
import { newFeed } from '../src/cli/subscribe.js';
import { POLL_INTERVAL } from '../src/feeds/poll-interval.js';
import { type Sampler, startSampler } from '../src/sampler/server.js';
import { errorCode } from '../src/text/error-code.js';
import { UserError } from '../src/user-error.js';
import type { App } from './app.js';

/** Gap between requests to the sampler, in ms: it is our own server, so there is no need to be polite. */
const HOST_GAP_MS = 50;

const samplerHost = (port: number) => `127.0.0.1:${port}`;

/** Whether `url` is the address of one of the sampler's feeds. */
export const isSamplerUrl = (url: string, port: number): boolean => url.startsWith(`http://${samplerHost(port)}/`);

/** Allows requests to the sampler, which listens on a loopback port. Only for processes that serve it or are subscribed to it. */
export function withSamplerAllowed(app: App): App {
  const { fetch, samplerPort } = app.config;
  const allowPrivateHosts = [...fetch.allowPrivateHosts, samplerHost(samplerPort)];
  return { ...app, config: { ...app.config, fetch: { ...fetch, allowPrivateHosts } } };
}

/**
 * Serves the sample sites when there are no subscriptions yet, or when they are subscribed to. Their clock starts at the first
 * subscription, so that they continue where they were after a restart.
 * @returns undefined when there are only other subscriptions
 * @throws {UserError} when the port is in use
 */
export async function runSampler(app: App): Promise<Sampler | undefined> {
  const { samplerPort: port } = app.config;
  // Removed feeds count: whoever has removed the samples does not want them back.
  const feeds = await reportStore(app.db).listFeeds({ removed: true });
  const since = feeds
    .filter(({ url, state }) => state !== 'removed' && isSamplerUrl(url, port))
    .map(({ created_at }) => new Date(created_at).getTime());
  if (feeds.length > 0 && since.length === 0) return undefined;
  const epoch = new Date(since.length > 0 ? Math.min(...since) : Date.now());
  const sampler = await startSampler({ port, epoch }).catch((error: unknown) => explainStart(error, port));
  if (since.length === 0) await subscribe(app, sampler);
  return sampler;
}

async function subscribe({ config, db }: App, sampler: Sampler): Promise<void> {
  await hostStore(db).setGap(samplerHost(config.samplerPort), HOST_GAP_MS);
  const options = { content: 'page' as const, pollEveryMs: POLL_INTERVAL.sample };
  await feedStore(db, config).addFeeds(sampler.feeds.map(({ url, title }) => newFeed(url, options, title)));
}

function explainStart(cause: unknown, port: number): never {
  if (errorCode(cause) !== 'EADDRINUSE') throw cause;
  throw new UserError(
    `Port ${port} is already in use, so the sample news sites can't be served. Is another Feedmill running?\n` +
      'Set SAMPLER_PORT to a free port, or start without the samples: npx feedmill start --no-sampler',
    1,
    { cause },
  );
}
