import type { Logger } from 'pino';
import { claimDue, msUntilNextTurn } from '../db/claim.js';
import { outageStore } from '../db/outages.js';
import { reextractionStore } from '../db/reextractions.js';
import { type DispatchDeps, dispatchDue } from '../src/jobs/dispatch.js';
import type { App } from './app.js';
import { listenForWork } from './listen.js';
import { reportErrors } from './log.js';
import { MIN_PAUSE_MS, repeat } from './repeat.js';
import type { Running } from './run-worker.js';
import { startUpkeep } from './upkeep.js';

/** Interval between checks whether most sites fail, in ms. */
const OUTAGE_REVIEW_INTERVAL_MS = 5_000;

/** Starts the poller: on every tick, and whenever new work is announced, it claims what is due and enqueues it. */
export function runPoller(app: App): Running {
  const { config, db } = app;
  const log = app.log.child({ part: 'poller' });
  const onError = reportErrors(log, 'the poller');
  const polling = repeat(createTick(app, log), { everyMs: config.tickMs, onError });
  const upkeep = startUpkeep(db, config, {
    onError,
    onBackfill: (progress) => log.info(progress, 'migrating data in batches'),
    onIndexFaults: (records) =>
      log.error({ records }, 'records could not be indexed because of a fault in Feedmill, and are tried again later'),
  });
  const listener = listenForWork(app.databaseUrl, {
    onWake: polling.wake,
    onError,
    onPooler: () => log.info('the database is behind a connection pooler, so new work is found by the tick alone (POLL_TICK)'),
  });
  return {
    async stop() {
      await Promise.all([polling, ...upkeep].map((task) => task.stop()));
      await listener.close();
    },
  };
}

/**
 * One tick of the poller; returns the ms until the next one. When a tick fails, the next one tries again: rows that were claimed
 * but not enqueued fall due when their lease ends.
 */
function createTick({ config, db, queues, metrics }: App, log: Logger): () => Promise<number> {
  const { enqueue, countWaiting } = queues();
  const { claimReextractions } = reextractionStore(db, config);
  const reviewOutage = createOutageReview(outageStore(db, config), log);
  const deps: DispatchDeps = {
    claimDue: async (room) => {
      const startedMs = performance.now();
      const claimed = await claimDue(db, { ...config, room });
      metrics?.observeClaim({ ms: performance.now() - startedMs, claimed });
      const ids = { ...claimed, reextractions: await claimReextractions(room.reextractions) };
      for (const articleId of ids.articles) log.debug({ articleId }, 'claimed');
      for (const feedId of ids.feeds) log.debug({ feedId }, 'claimed');
      return ids;
    },
    enqueue,
    countWaiting,
  };
  return async () => {
    await reviewOutage();
    const claimed = await dispatchDue(deps);
    if (claimed.more) return MIN_PAUSE_MS;
    const next = await msUntilNextTurn(db);
    return Math.min(config.tickMs, Math.max(MIN_PAUSE_MS, next ?? config.tickMs));
  };
}

/** Reviews every few seconds whether most sites fail, and logs when an outage begins or ends. */
function createOutageReview(outages: ReturnType<typeof outageStore>, log: Logger): () => Promise<void> {
  let reviewedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - reviewedAt < OUTAGE_REVIEW_INTERVAL_MS) return;
    reviewedAt = performance.now();
    const change = await outages.reviewOutage();
    if (change === 'began')
      log.error('most sites cannot be reached: the problem is on our side, and does not count against any feed');
    if (change === 'ended') log.warn('sites can be reached again');
  };
}
