import { articleStore } from '../../db/articles.js';
import { type ClaimOptions, claimDue } from '../../db/claim.js';
import type { Db } from '../../db/client.js';
import { feedStore } from '../../db/feeds.js';
import type { PendingArticle } from '../../src/jobs/pending-article.js';
import type { PollResult } from '../../src/jobs/poll-result.js';
import type { ContentPolicy, StartedFeed } from '../../src/jobs/subscribed-feed.js';
import { POLITENESS, pollResult } from '../builders.js';
import { lease } from '../database.js';

/**
 * Does to the database what the poller and the workers do, without queues and without the network.
 * @param options politeness other than none, and when a feed is due after `endPoll`, in ms (an hour by default)
 */
export function createWorker(
  db: Db,
  { dueInMs = 3_600_000, ...politeness }: Partial<typeof POLITENESS> & { dueInMs?: number } = {},
) {
  const options = { ...POLITENESS, ...politeness };
  const feeds = feedStore(db, options);
  const articles = articleStore(db, options);

  /** Claims up to a hundred rows of each kind. */
  const claim = (more: Partial<ClaimOptions> = {}) => claimDue(db, { ...options, room: { feeds: 100, articles: 100 }, ...more });

  async function subscribe(host: string, content: ContentPolicy = 'page') {
    const [added] = await feeds.addFeeds([{ url: `https://${host}/feed`, content }]);
    if (!added) throw new Error(`the feed of ${host} is not new`);
    return { ...added, content };
  }

  /** Starts the poll of a feed, which is leased if it is not claimed. */
  async function startPoll(id: number): Promise<StartedFeed> {
    await lease(db, 'feeds', id);
    const feed = await feeds.startFeed(id);
    if (!feed) throw new Error(`feed ${id} can't be started`);
    return feed;
  }

  /** Starts and ends a poll of a feed. */
  const endPoll = async (id: number, fields: Partial<PollResult> = {}) =>
    feeds.recordPoll(await startPoll(id), pollResult({ dueAt: new Date(Date.now() + dueInMs), ...fields }));

  /** Starts a claimed article. */
  async function startArticle(id: number | undefined): Promise<PendingArticle> {
    const article = id === undefined ? undefined : await articles.startArticle(id);
    if (!article) throw new Error(`article ${id} can't be started`);
    return article;
  }

  return { options, feeds, articles, claim, subscribe, startPoll, endPoll, startArticle };
}
