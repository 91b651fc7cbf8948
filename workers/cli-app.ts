import { setTimeout as pause } from 'node:timers/promises';
import { listBackfills, runBackfillBatch } from '../db/backfills.js';
import { CREATE_READER, readReaderState } from '../db/contract.js';
import { auditCounts } from '../db/counters.js';
import { deliveryAdminStore } from '../db/delivery-admin.js';
import { feedDetailsStore } from '../db/feed-details.js';
import { feedStore } from '../db/feeds.js';
import { listPutAside } from '../db/index-faults.js';
import { manageStore } from '../db/manage.js';
import { listForeignRelations } from '../db/migrate.js';
import { pageStore } from '../db/pages.js';
import { reportStore } from '../db/reports.js';
import { nearDuplicates } from '../src/articles/near-duplicates.js';
import type { CliApp, ExtractTools } from '../src/cli/app.js';
import type { FeedTools } from '../src/cli/subscribe.js';
import type { Config } from '../src/config.js';
import { createFetchUrl } from '../src/web/fetch-url.js';
import { runAll } from './all.js';
import type { App } from './app.js';
import { testDelivery } from './deliveries.js';
import { createFeedReader, createRecordWriter } from './readers.js';
import { recordReaders } from './record-readers.js';
import { openReplayTools } from './replay.js';
import { openRuleBook } from './rule-book.js';
import type { Running } from './run-worker.js';
import { findSampled, withSamplerAllowed } from './sampler.js';

/** Interval between checks whether `poll` is done, in ms. */
const DONE_CHECK_MS = 200;
/** Interval between progress reports of `poll`, in ms. */
const PROGRESS_INTERVAL_MS = 5_000;

type Closable<T> = T & { close(): Promise<void> };

/** Opens what the commands need to fetch and read feeds without a database. */
export function openFeedTools(config: Config): Closable<FeedTools> {
  const client = createFetchUrl({ ...config.fetch, accept: 'feed', maxBytes: config.feedMaxBytes });
  let reader: ReturnType<typeof createFeedReader> | undefined;
  return {
    fetchUrl: client.fetchUrl,
    // Few commands read a feed, so the reader's thread starts on the first call.
    readFeed: (document) => {
      reader ??= createFeedReader(config.feedReader);
      return reader.read(document);
    },
    pause: () => pause(config.hostGapMs),
    async close() {
      await reader?.close();
      await client.close();
    },
  };
}

/** Opens what the commands need to fetch and read one article without a database. */
export async function openExtractTools(config: Config): Promise<Closable<ExtractTools>> {
  const rules = await openRuleBook({ folder: config.rulesDir }, () => undefined);
  const client = createFetchUrl({ ...config.fetch, accept: 'page', maxBytes: config.pageMaxBytes });
  return { ...rules, fetchUrl: client.fetchUrl, pause: () => pause(config.hostGapMs), close: client.close };
}

/** Gives the commands an open installation. Closing it closes `app` as well. */
export function createCliApp(app: App): Closable<CliApp> {
  const { config, db } = app;
  const feedTools = openFeedTools(config);
  const replay = openReplayTools(app);
  const poller = createPollNow(app);
  let writer: ReturnType<typeof createRecordWriter> | undefined;
  return {
    ...feedStore(db, config),
    ...feedDetailsStore(db),
    ...manageStore(db),
    ...reportStore(db),
    auditCounts: (options) => auditCounts(db, options),
    listPutAside: (options) => listPutAside(db, options),
    listForeignRelations: () => listForeignRelations(db.$client),
    ...recordReaders(app),
    ...pageStore(db),
    ...deliveryAdminStore(db),
    canSendMail: config.delivery.mail !== undefined,
    testDelivery: (id) => testDelivery(app, id),
    ...feedTools,
    ...replay,
    migrate: app.migrate,
    listBackfills: () => listBackfills(db),
    runBackfillBatch: () => runBackfillBatch(db, { ...nearDuplicates, clusterDays: config.clusterDays }),
    readerStatement: async () => ((await readReaderState(db.$client)) === 'missing' ? CREATE_READER : undefined),
    pollNow: poller.pollNow,
    // Only exports write records, so the thread starts on the first call.
    writeRecord(input) {
      writer ??= createRecordWriter({ ...config.extract, threads: 1 });
      return writer.read(input);
    },
    async close() {
      await poller.stop();
      await writer?.close();
      await feedTools.close();
      await replay.close();
      await app.close();
    },
  };
}

/** `pollNow` of the commands: runs all workers in this process until the feeds are polled and their articles processed. */
function createPollNow(app: App): Pick<CliApp, 'pollNow'> & { stop(): Promise<void> } {
  const { config, db } = app;
  const reports = reportStore(db);
  let running: Running | undefined;
  const stop = async () => {
    await running?.stop(config.graceMs);
    running = undefined;
  };
  return {
    async pollNow(ids, onProgress) {
      const since = await reports.readDatabaseTime();
      await feedStore(db, config).pollNow(ids);
      running = await runAll(await forShortRun(app));
      let reportedAt = Date.now();
      for (;;) {
        const left = await reports.countRemaining(since, ids);
        if (left.feeds + left.articles === 0) break;
        if (Date.now() - reportedAt >= PROGRESS_INTERVAL_MS) {
          reportedAt = Date.now();
          onProgress(left);
        }
        await new Promise((done) => setTimeout(done, DONE_CHECK_MS));
      }
      await stop();
      return { polls: await reports.loadPollsSince(since, ids), heldUp: await reports.loadHeldUpFeeds(since, ids) };
    },
    stop,
  };
}

/**
 * Leaves WebSub hubs to the process that keeps running, since this one ends soon, and allows the sampler if it is subscribed
 * to.
 */
async function forShortRun(app: App): Promise<App> {
  const { config } = app;
  const alone = { ...app, config: { ...config, http: { ...config.http, publicUrl: undefined } } };
  return (await findSampled(app)) ? withSamplerAllowed(alone) : alone;
}
