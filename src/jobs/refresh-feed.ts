import { isConditional } from '../feeds/schedule.js';
import type { HostVerdict } from '../hosts/host-wait.js';
import { present } from '../text/present.js';
import { withoutCredentials } from '../web/credentials.js';
import type { Written } from './leased-row.js';
import type { JobHandler } from './queues.js';
import type { FeedReport } from './reports.js';
import { type NextRequest, type RequestDeps, type TurnResult, useTurn } from './request.js';
import { type StopwatchDeps, startRowClock } from './row-clock.js';
import { type SettleDeps, settle } from './settle-poll.js';
import type { StartedFeed } from './subscribed-feed.js';

/** What polling a feed needs. */
export interface RefreshFeedDeps extends Omit<RequestDeps & SettleDeps, 'now'>, StopwatchDeps {
  /** Starts a poll of a feed; undefined when the feed was deleted or retired, or the claim is stale. */
  startFeed(id: number): Promise<StartedFeed | undefined>;
  /** Ends a host's turn without ending the poll, which continues with the next request. */
  postponePoll(feed: StartedFeed, next: NextRequest, verdict: HostVerdict): Promise<Written>;
  /** Whether feeds, to which a user has subscribed, obey robots.txt too. */
  robotsForFeeds: boolean;
}

/**
 * Polls a feed: conditional GET → parse → entries and articles → when it is due next.
 * A host's turn allows one request. At a redirect, the poll continues at the turn of the host that it leads to.
 */
export const refreshFeed =
  (outerDeps: RefreshFeedDeps): JobHandler<FeedReport> =>
  async ({ id }, onStart) => {
    const feed = await outerDeps.startFeed(id);
    if (!feed) return { status: 'nothing-to-do', feedId: id };
    onStart?.(feed);
    const deps = { ...outerDeps, now: startRowClock(outerDeps, feed) };
    const turn = await useFeedTurn(deps, feed);
    switch (turn.kind) {
      case 'robots-first':
      case 'redirected':
        return postpone(deps, feed, turn);
      case 'uncounted':
        return settle(deps, feed, { outcome: turn.outcome, via: 'poll', verdict: {}, retryAt: turn.dueAt });
      case 'answered':
        return settle(deps, feed, { outcome: turn.outcome, via: 'poll', verdict: turn.verdict });
    }
  };

/** What a started poll needs: the clock came with its row. */
type StartedDeps = RefreshFeedDeps & Pick<RequestDeps, 'now'>;

async function postpone(
  deps: RefreshFeedDeps,
  feed: StartedFeed,
  { kind, next, verdict }: Extract<TurnResult, { kind: 'robots-first' | 'redirected' }>,
): Promise<FeedReport> {
  const about = { feedId: feed.id, url: withoutCredentials(feed.url) };
  if ((await deps.postponePoll(feed, next, verdict)) === 'stale') return { status: 'stale', ...about };
  return { status: kind === 'redirected' ? 'moved' : 'later', ...about };
}

/** Up to this many unfinished polls in a row are blamed on crashed workers; beyond that, on the document. */
const MAX_CRASHES = 3;

async function useFeedTurn(deps: StartedDeps, feed: StartedFeed): Promise<TurnResult> {
  if (feed.attempts > MAX_CRASHES) return { kind: 'answered', outcome: { kind: 'not-allowed', reason: 'crashes' }, verdict: {} };
  const url = feed.redirect?.url ?? feed.url;
  // The headers may be secrets, which are for the feed's own origin alone.
  const isOwnOrigin = new URL(url).origin === new URL(feed.url).origin;
  return useTurn(deps, {
    url,
    turn: feed.turn,
    redirects: feed.redirect?.count ?? 0,
    obeyRobots: deps.robotsForFeeds && !feed.ignoreRobots,
    ...present({
      validators: isConditional(feed.unchangedInRow) ? feed.validators : undefined,
      headers: isOwnOrigin ? feed.headers : undefined,
    }),
  });
}
