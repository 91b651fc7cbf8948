import pg from 'pg';
import { claimDue, msUntilNextTurn } from '../db/claim.js';
import { outageStore } from '../db/outages.js';
import { expirePages } from '../db/pages.js';
import { expireRecords } from '../db/retention.js';
import { indexRecords } from '../db/search.js';
import { WAKE_CHANNEL } from '../db/wake.js';
import { simhash } from '../src/articles/simhash.js';
import { dispatchDue } from '../src/jobs/dispatch.js';
import type { PerQueue } from '../src/jobs/queues.js';
import type { App } from './app.js';
import { reportErrors } from './log.js';
import type { Running } from './run-worker.js';

/** Two claims are at least so far apart, in ms: under load each then takes a batch, not a single row. */
const MIN_PAUSE_MS = 20;
/** A lost LISTEN connection is tried again after this, in ms; meanwhile the tick alone drives the poller. */
const RELISTEN_MS = 2_000;

/** New records are found by the search, and have their clusters, after about this, in ms. */
const SEARCH_TICK_MS = 1_000;
/** It is looked so often for records and pages that are too old to be kept, in ms. */
const RETENTION_TICK_MS = 60_000;

/** It is looked so often whether most sites fail, in ms. */
const OUTAGE_REVIEW_MS = 5_000;

/** The poller: claims what is due, every tick or as soon as something wakes it, and hands the ids over. */
export function runPoller(app: App): Running {
  const { config, db } = app;
  const log = app.log.child({ part: 'poller' });
  const report = reportErrors(log, 'the poller');
  const queues = app.queues();
  const bell = createBell();
  const outages = outageStore(db, config);
  const listener = listen(app.databaseUrl, bell.ring, report);
  let stopped = false;

  const deps = {
    claimDue: (room: PerQueue) => claimDue(db, { ...config, room }),
    enqueueFeeds: (ids: readonly number[]) => queues.enqueue('feeds', ids),
    enqueueArticles: (ids: readonly number[]) => queues.enqueue('articles', ids),
    countWaiting: queues.countWaiting,
  };

  let reviewedAt = 0;
  const reviewOutage = async () => {
    if (Date.now() - reviewedAt < OUTAGE_REVIEW_MS) return;
    reviewedAt = Date.now();
    const change = await outages.reviewOutage();
    if (change === 'began') log.error('most sites cannot be reached: the fault is on our side, and counts against no feed');
    if (change === 'ended') log.warn('sites can be reached again');
  };

  const tick = async (): Promise<number> => {
    try {
      await reviewOutage();
      const claimed = await dispatchDue(deps);
      if (claimed.feeds + claimed.articles > 0) log.debug(claimed, 'claimed');
      if (claimed.more) return MIN_PAUSE_MS;
      const next = await msUntilNextTurn(db);
      return Math.min(config.tickMs, Math.max(MIN_PAUSE_MS, next ?? config.tickMs));
    } catch (error) {
      // Whatever it was, the next tick tries again: rows whose ids were not handed over fall due when their lease ends.
      report(error instanceof Error ? error : new Error(String(error)));
      return config.tickMs;
    }
  };

  const loop = (async () => {
    while (!stopped) {
      const waitMs = await tick();
      if (!stopped) await pause(MIN_PAUSE_MS);
      if (!stopped) await bell.wait(waitMs - MIN_PAUSE_MS);
    }
  })();

  /** Goes on with `work` at once while there is more of it, and looks again after `everyMs`. */
  const upkeep = (work: () => Promise<boolean>, everyMs: number) => {
    const own = createBell();
    const ended = (async () => {
      while (!stopped) {
        const more = await work().catch((error: Error) => report(error));
        await own.wait(more ? MIN_PAUSE_MS : everyMs);
      }
    })();
    return { ring: own.ring, ended };
  };
  const chores = [upkeep(() => indexRecords(db, simhash), SEARCH_TICK_MS)];
  chores.push(upkeep(() => expirePages(db, config.keepPagesDays), RETENTION_TICK_MS));
  const { retentionDays } = config;
  if (retentionDays > 0) chores.push(upkeep(() => expireRecords(db, retentionDays), RETENTION_TICK_MS));

  return {
    async stop() {
      stopped = true;
      bell.ring();
      for (const { ring } of chores) ring();
      await Promise.all([loop, ...chores.map(({ ended }) => ended)]);
      await listener.close();
    },
  };
}

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** Rung while nobody waits, it is heard by the next who does. */
function createBell() {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(ms: number) {
      if (!rung && ms > 0) {
        await new Promise<void>((done) => {
          const timer = setTimeout(done, ms);
          wake = () => {
            clearTimeout(timer);
            done();
          };
        });
      }
      rung = false;
      wake = undefined;
    },
  };
}

/** Listens for the wake-ups of new work, and listens again when the connection is lost. */
function listen(databaseUrl: string, onWake: () => void, onError: (error: Error) => void) {
  let closed = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;

  const again = () => {
    if (closed || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      connect();
    }, RELISTEN_MS);
  };
  const connect = () => {
    const next = new pg.Client({ connectionString: databaseUrl, application_name: 'feedmill poller', keepAlive: true });
    client = next;
    next.on('notification', onWake);
    next.on('error', onError);
    next.on('end', again);
    next
      .connect()
      .then(() => next.query(`listen ${WAKE_CHANNEL}`))
      .catch((error: Error) => {
        onError(error);
        again();
      });
  };
  connect();

  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
