import type { PerQueue, QueueName } from './queues.js';

/** What a dispatch needs. */
export interface DispatchDeps {
  /** Claims due rows, at most `limits` for each queue, and returns their ids. */
  claimDue(limits: PerQueue): Promise<Record<QueueName, number[]>>;
  enqueue(queue: QueueName, ids: readonly number[]): Promise<void>;
  /** Counts the jobs of each queue that no worker has started. */
  countWaiting(): Promise<PerQueue>;
}

/**
 * Jobs that may wait in each queue. With more, the leases of their rows would end while they wait, and the rows would be claimed
 * twice; with fewer, workers could run out of jobs between two ticks. Each queue has its own limit, so that feeds are dispatched
 * even while articles pile up.
 */
const MAX_WAITING = 500;

/**
 * Claims due rows and puts a job for each of them into its queue, as far as the queues have room.
 * @returns how many rows were claimed, and whether more feeds or articles may be due; re-extractions can wait for the next tick.
 */
export async function dispatchDue(deps: DispatchDeps): Promise<PerQueue & { more: boolean }> {
  const waiting = await deps.countWaiting();
  const left = (queue: QueueName) => Math.max(0, MAX_WAITING - waiting[queue]);
  const room = { feeds: left('feeds'), articles: left('articles'), reextractions: left('reextractions') };
  if (room.feeds + room.articles + room.reextractions === 0) return { feeds: 0, articles: 0, reextractions: 0, more: false };
  const { feeds, articles, reextractions } = await deps.claimDue(room);
  await deps.enqueue('feeds', feeds);
  await deps.enqueue('articles', articles);
  await deps.enqueue('reextractions', reextractions);
  const [claimed, limit] = [feeds.length + articles.length, Math.max(room.feeds, room.articles)];
  return {
    feeds: feeds.length,
    articles: articles.length,
    reextractions: reextractions.length,
    more: claimed > 0 && claimed >= limit,
  };
}
