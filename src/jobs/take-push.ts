import { withoutCredentials } from '../web/credentials.js';
import type { FeedReport } from './reports.js';
import { type StopwatchDeps, startRowClock } from './row-clock.js';
import { type SettleDeps, settle } from './settle-poll.js';
import type { FeedRow } from './subscribed-feed.js';

/** What taking a push needs. */
export interface TakePushDeps extends Omit<SettleDeps, 'now'>, StopwatchDeps {
  /** Undefined when the feed was deleted or retired. */
  loadFeed(id: number): Promise<FeedRow | undefined>;
}

/** Reads a document that a WebSub hub pushed, as if a poll had fetched it. */
export const takePush =
  (deps: TakePushDeps) =>
  async (id: number, document: { contentType: string; body: Uint8Array }): Promise<FeedReport> => {
    const feed = await deps.loadFeed(id);
    if (!feed) return { status: 'no-such-feed', feedId: id };
    return settle({ ...deps, now: startRowClock(deps, feed) }, feed, {
      outcome: { kind: 'fetched', status: 200, url: withoutCredentials(feed.url), validators: {}, ...document },
      via: 'push',
      verdict: {},
    });
  };
