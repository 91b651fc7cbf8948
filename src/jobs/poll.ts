/** What one tick of the poller needs. */
export interface PollDeps {
  claimDue(limit: number): Promise<{ feeds: number[]; articles: number[] }>;
  enqueueFeeds(ids: readonly number[]): Promise<void>;
  enqueueArticles(ids: readonly number[]): Promise<void>;
  /** Jobs that wait in the queues and were not begun. */
  countWaiting(): Promise<number>;
}

/**
 * So many jobs wait in the queues at the most. More would outlive their leases there, and a row that is claimed again is
 * work for nothing; fewer would let workers idle between two ticks.
 */
const MAX_WAITING = 500;

/** One tick: claims what is due and hands the ids over. @returns what was claimed, and whether there may be more. */
export async function pollOnce(deps: PollDeps): Promise<{ feeds: number; articles: number; more: boolean }> {
  const room = MAX_WAITING - (await deps.countWaiting());
  if (room <= 0) return { feeds: 0, articles: 0, more: false };
  const { feeds, articles } = await deps.claimDue(room);
  await deps.enqueueFeeds(feeds);
  await deps.enqueueArticles(articles);
  return { feeds: feeds.length, articles: articles.length, more: feeds.length + articles.length >= room };
}
