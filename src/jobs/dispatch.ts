/** How many, of each queue. */
export interface PerQueue {
  feeds: number;
  articles: number;
}

/** What one tick of the poller needs. */
export interface PollDeps {
  claimDue(room: PerQueue): Promise<{ feeds: number[]; articles: number[] }>;
  enqueueFeeds(ids: readonly number[]): Promise<void>;
  enqueueArticles(ids: readonly number[]): Promise<void>;
  /** Jobs that wait in each queue and were not begun. */
  countWaiting(): Promise<PerQueue>;
}

/**
 * So many jobs wait in a queue at the most; each queue has its own, so that articles which nobody takes hold up no feed. More would outlive their leases there, and a row that is claimed again is
 * work for nothing; fewer would let workers idle between two ticks.
 */
const MAX_WAITING = 500;

/** One tick: claims what is due and hands the ids over. @returns what was claimed, and whether there may be more. */
export async function pollOnce(deps: PollDeps): Promise<{ feeds: number; articles: number; more: boolean }> {
  const waiting = await deps.countWaiting();
  const room = { feeds: Math.max(0, MAX_WAITING - waiting.feeds), articles: Math.max(0, MAX_WAITING - waiting.articles) };
  if (room.feeds + room.articles === 0) return { feeds: 0, articles: 0, more: false };
  const { feeds, articles } = await deps.claimDue(room);
  await deps.enqueueFeeds(feeds);
  await deps.enqueueArticles(articles);
  return {
    feeds: feeds.length,
    articles: articles.length,
    more: feeds.length + articles.length >= Math.max(room.feeds, room.articles),
  };
}
