import { readConnectionLimits } from '../db/connections.js';
import type { Role } from '../src/cli/app.js';
import type { Config } from '../src/config.js';
import type { JobReport } from '../src/jobs/reports.js';
import { UserError } from '../src/user-error.js';
import { runAll } from './all.js';
import { type App, openApp } from './app.js';
import { runArticles } from './articles.js';
import { describeShortage } from './connection-plan.js';
import { runDeliveries } from './deliveries.js';
import { runFeeds } from './feeds.js';
import { startHeartbeat } from './heartbeat.js';
import type { HttpServer } from './http/server.js';
import { logProblemsOnly } from './log.js';
import type { Output } from './output.js';
import { runPoller } from './poller.js';
import type { Running } from './run-worker.js';
import { runSampler, withSamplerAllowed } from './sampler.js';
import { withStateServer } from './state-server.js';
import { waitForStopSignal } from './stop-signal.js';
import { warnWithoutContact } from './warn-without-contact.js';
import { startWatch } from './watch.js';

/** How long after the grace period the process is killed if it has not stopped, in ms. */
const FORCED_EXIT_MS = 5_000;

/** How long after an orderly stop the process exits even if libraries left something open, in ms. */
const LEFT_OPEN_MS = 200;

/** Runs a role until SIGTERM or SIGINT, then stops it in order. @param output prints lines for the person who watches */
export async function start(
  config: Config,
  role: Role,
  { sampler: withSampler, version }: { sampler: boolean; version: string },
  output: Pick<Output, 'out' | 'outWithCredentials'>,
): Promise<void> {
  const signalled = waitForStopSignal();
  if (role !== 'all' && !config.databaseUrl)
    throw new UserError('A single worker needs DATABASE_URL. Without it, run everything in one process: feedmill start');
  const isWatched = role === 'all' && config.log.format !== 'json';

  // Before anything connects, since it wraps the database client.
  const tracing = config.tracing && (await import('./tracing/tracing.js')).startTracing(config.tracing, role, version);
  // A person who watches sees lines of their own, so the log only reports problems.
  const app = await openApp(isWatched ? logProblemsOnly(config) : config, role, { schema: 'migrate', role, tracing });
  await requireRoom(app).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  warnWithoutContact(app, role);
  const heartbeat = startHeartbeat(app);
  const watch = isWatched ? startWatch(app, output) : undefined;
  let sampler: Awaited<ReturnType<typeof runSampler>>;
  let http: HttpServer | undefined;
  try {
    const serving = await withStateServer(app, role, version);
    http = serving.http;
    sampler = role === 'all' && withSampler ? await runSampler(app) : undefined;
    watch?.greet(sampler !== undefined);
    const running = await runRole(sampler ? withSamplerAllowed(serving) : serving, role, watch?.onReport);
    app.log.info({ role }, 'started');
    const signal = await signalled;
    watch?.stop();
    if (watch) output.out('Stopping…');
    app.log.info({ signal }, 'stopping');
    forceExit(app);
    await running.stop(config.graceMs);
  } finally {
    watch?.stop();
    await sampler?.close();
    await http?.stop(0);
    await heartbeat.stop();
    await app.close();
    await tracing?.stop();
  }
  // A client that keeps trying to reach a Redis which is down must not keep the process alive.
  setTimeout(() => process.exit(), LEFT_OPEN_MS).unref();
}

/** @throws {UserError} when Postgres has fewer free connections than this process may open */
async function requireRoom(app: App): Promise<void> {
  const shortage = describeShortage(await readConnectionLimits(app.db), app.config.databaseConnections);
  if (shortage) throw new UserError(shortage);
}

/** Ends the process when it does not stop by itself. */
function forceExit({ config, log }: App): void {
  setTimeout(() => {
    log.error('not stopped in time: exiting; running jobs fall due again when their leases end');
    process.exit(1);
  }, config.graceMs + FORCED_EXIT_MS).unref();
}

async function runRole(app: App, role: Role, onReport?: (report: JobReport) => void): Promise<Running> {
  switch (role) {
    case 'poller':
      return runPoller(app);
    case 'feeds':
      return runFeeds(app);
    case 'articles':
      return runArticles(app);
    case 'deliveries':
      return runDeliveries(app);
    case 'all':
      return runAll(app, onReport);
  }
}
