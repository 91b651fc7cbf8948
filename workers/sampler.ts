import { feedStore } from '../db/feeds.js';
import { hostStore } from '../db/hosts.js';
import { newFeed } from '../src/cli/subscribe.js';
import { POLL_INTERVAL } from '../src/feeds/poll-interval.js';
import { listSampleFeeds, type Sampler, startSampler } from '../src/sampler/server.js';
import { errorCode } from '../src/text/error-code.js';
import { UserError } from '../src/user-error.js';
import type { App } from './app.js';

/** Gap between requests to the sampler, in ms: it is our own server, so there is no need to be polite. */
const HOST_GAP_MS = 50;

const samplerHost = (port: number) => `127.0.0.1:${port}`;

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
  const since = await findSampled(app);
  // Removed feeds count: whoever has removed the samples does not want them back.
  if (!since && (await feedStore(app.db, app.config).hasFeeds())) return undefined;
  const sampler = await startSampler({ port, epoch: since ?? new Date() }).catch((error: unknown) => explainStart(error, port));
  if (!since) await subscribe(app, sampler);
  return sampler;
}

/** When the first of the sample feeds was subscribed to; undefined when none is. */
export function findSampled({ db, config }: App): Promise<Date | undefined> {
  const urls = listSampleFeeds(config.samplerPort).map(({ url }) => url);
  return feedStore(db, config).findFirstSubscription(urls);
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
