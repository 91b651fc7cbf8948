import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { CommanderError } from 'commander';
import { CREATE_READER, readReaderState } from '../db/contract.js';
import { exportStore } from '../db/exports.js';
import { feedStore } from '../db/feeds.js';
import { pageStore } from '../db/pages.js';
import { reportStore } from '../db/reports.js';
import { proxyImages } from '../src/articles/output/image-proxy.js';
import type { CliApp, CliContext } from '../src/cli/app.js';
import { createProgram } from '../src/cli/program.js';
import type { FeedTools } from '../src/cli/subscribe.js';
import { BadConfigError, type Config, loadConfig } from '../src/config.js';
import { UserError } from '../src/user-error.js';
import { redactCredentials } from '../src/web/credentials.js';
import { createFetchUrl } from '../src/web/fetch-url.js';
import { isSampler, runAll, withSamplerAllowed } from './all.js';
import { type App, openApp } from './app.js';
import { checkHeartbeat } from './heartbeat.js';
import { createFeedReader } from './readers.js';
import { openRuleBook } from './rule-book.js';
import type { Running } from './run-worker.js';
import { start } from './start.js';
import { stopSignal } from './stop-signal.js';

/** `poll` looks so often whether it is done, and says so often how far it is, in ms. */
const LOOK_MS = 200;
const PROGRESS_MS = 5_000;

const pauseOf = (config: Config) => () => new Promise<void>((done) => setTimeout(done, config.hostGapMs));

/** Opens what it takes to fetch and read feeds; needs no database. */
function openFeedTools(config: Config): FeedTools & { close(): Promise<void> } {
  const client = createFetchUrl({ ...config.fetch, accept: 'feed', maxBytes: config.feedMaxBytes });
  let reader: ReturnType<typeof createFeedReader> | undefined;
  return {
    fetchUrl: client.fetchUrl,
    // Its thread is started for the few commands that read a feed.
    readFeed: (document) => {
      reader ??= createFeedReader(config.feedReader);
      return reader.read(document);
    },
    pause: pauseOf(config),
    async close() {
      await reader?.close();
      await client.close();
    },
  };
}

function cliApp(app: App): CliApp & { close(): Promise<void> } {
  const { config, db } = app;
  const feeds = feedStore(db, config);
  const reports = reportStore(db);
  const store = exportStore(db);
  const { imageProxy } = config;
  const shown = <T extends object>(record: T): T => (imageProxy ? proxyImages(record, imageProxy) : record);
  const feedTools = openFeedTools(config);
  let running: Running | undefined;
  return {
    ...feeds,
    ...reports,
    loadRecords: async (options) => (await reports.loadRecords(options)).map(shown),
    readRecordPages: async function* (selection) {
      for await (const page of store.readRecordPages(selection)) yield page.map(shown);
    },
    loadNewestRecords: async (selection, limit) => (await store.loadNewestRecords(selection, limit)).map(shown),
    loadRecordsById: async (ids, selection) => (await store.loadRecordsById(ids, selection)).map(shown),
    readCursor: store.readCursor,
    loadChangesAfter: store.loadChangesAfter,
    ...pageStore(db),
    ...feedTools,
    migrate: app.migrate,
    readerStatement: async () => ((await readReaderState(db.$client)) === 'missing' ? CREATE_READER : undefined),
    async pollNow(ids, onProgress) {
      const since = await reports.readDatabaseTime();
      await feeds.pollNow(ids);
      // This process is gone in a moment: hubs are left to the one that stays.
      const settings = { ...config, http: { ...config.http, publicUrl: undefined } };
      const sampled = (await reports.listFeeds()).some(({ url }) => isSampler(url, config.samplerPort));
      const alone = { ...app, config: settings };
      running = await runAll(sampled ? withSamplerAllowed(alone) : alone);
      let told = Date.now();
      for (;;) {
        const left = await reports.countRemaining(since, ids);
        if (left.feeds + left.articles === 0) break;
        if (Date.now() - told >= PROGRESS_MS) {
          told = Date.now();
          onProgress(left);
        }
        await new Promise((done) => setTimeout(done, LOOK_MS));
      }
      await running.stop(config.graceMs);
      running = undefined;
      return { polls: await reports.loadPollsSince(since, ids), heldUp: await reports.loadHeldUpFeeds(since, ids) };
    },
    async close() {
      await running?.stop(config.graceMs);
      await feedTools.close();
      await app.close();
    },
  };
}

/** Nobody reads what is printed any more. */
class SeenEnough extends Error {}

/** Runs the command line. @returns the exit code: 0 done, 1 it could not be done, 2 it was asked for wrongly. */
export async function main(args: readonly string[]): Promise<number> {
  // A reader that has seen enough (`| head`) closes the pipe: that is no fault, and what is open is closed as at any other end.
  const enough = new Promise<never>((_, stop) => {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      stop(new SeenEnough());
    });
  });
  enough.catch(() => undefined);
  const out = (line: string) => void process.stdout.write(`${harmless(line)}\n`);
  const err = (line: string) => void process.stderr.write(`${harmless(line)}\n`);
  const write = async (text: string) => {
    if (!process.stdout.write(process.stdout.isTTY ? harmless(text) : text)) await once(process.stdout, 'drain');
  };
  const context: CliContext = {
    out,
    write,
    err,
    async withApp(use, { anySchema = false } = {}) {
      const config = loadConfig(process.env);
      // Commands speak for themselves; what is logged here is trouble.
      const quiet = {
        ...config,
        log: { ...config.log, level: config.log.level === 'info' ? ('warn' as const) : config.log.level },
      };
      const interrupted = stopSignal().then((signal) => {
        throw new UserError('Interrupted.', 128 + constants.signals[signal]);
      });
      const app = cliApp(await openApp(quiet, 'cli', { schema: anySchema ? 'leave' : 'require' }));
      try {
        return await Promise.race([use(app), interrupted, enough]);
      } finally {
        await app.close();
      }
    },
    async withFeedTools(use) {
      const tools = openFeedTools(loadConfig(process.env));
      try {
        return await Promise.race([use(tools), enough]);
      } finally {
        await tools.close();
      }
    },
    async withExtractTools(use) {
      const config = loadConfig(process.env);
      const rules = await openRuleBook({ folder: config.rulesDir }, () => undefined);
      const client = createFetchUrl({ ...config.fetch, accept: 'page', maxBytes: config.pageMaxBytes });
      try {
        return await Promise.race([use({ ...rules, fetchUrl: client.fetchUrl, pause: pauseOf(config) }), enough]);
      } finally {
        await client.close();
      }
    },
    inColour: process.stdout.isTTY && process.stdout.hasColors(),
    start: (role, options) => start(loadConfig(process.env), role, options, out),
    health: () => checkHeartbeat(loadConfig(process.env).heartbeatFile),
  };
  try {
    const program = createProgram(context, version());
    program.exitOverride();
    for (const command of program.commands) command.exitOverride();
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof SeenEnough) return 0;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof BadConfigError) {
      err(`${error.message}\nThe table of settings is in README.md.`);
      return 2;
    }
    if (error instanceof UserError) {
      err(error.message);
      return error.exitCode;
    }
    err(`A fault of Feedmill itself: ${error instanceof Error ? error.message : String(error)}`);
    err('With LOG_LEVEL=debug it says more. Please report it to its authors.');
    if (process.env.LOG_LEVEL === 'debug' && error instanceof Error) err(error.stack ?? '');
    return 1;
  }
}

/** What is printed: without what would steer a terminal, and without the name and password that an address may carry. */
const harmless = (line: string) => redactCredentials(line.replace(/(?![\n\t])\p{Cc}/gu, ' '));

function version(): string {
  // dist/workers when compiled, workers in the sources.
  for (const path of ['../package.json', '../../package.json']) {
    try {
      return String((JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string }).version);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  return 'unknown';
}
