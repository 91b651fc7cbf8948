import type { Role } from '../src/cli/app.js';
import type { Config } from '../src/config.js';
import { UserError } from '../src/user-error.js';
import { runAll, runSampler, withSamplerAllowed } from './all.js';
import { openApp } from './app.js';
import { runArticles } from './articles.js';
import { runFeeds } from './feeds.js';
import { startHeartbeat } from './heartbeat.js';
import { runPoller } from './poller.js';
import { stopSignal } from './stop-signal.js';
import { watch } from './watch.js';

/** After the grace period, so long until the process ends whatever still holds it, in ms. */
const LAST_RESORT_MS = 5_000;

/** After an orderly end, so long until the process ends in spite of what libraries left open, in ms. */
const LEFT_OPEN_MS = 200;

/** Connections that one process may hold: each job needs one for moments only. */
const POOL_SIZE = 20;

/** Runs a role until SIGTERM or SIGINT, and then ends in order. */
export async function start(
  config: Config,
  role: Role,
  { sampler: withSampler }: { sampler: boolean },
  out: (line: string) => void,
): Promise<void> {
  const told = stopSignal();
  // A person who watches gets lines of their own; the log is left to what goes wrong.
  const log =
    role === 'all' && config.log.format !== 'json' && config.log.level === 'info'
      ? { ...config.log, level: 'warn' as const }
      : config.log;
  const settings = { ...config, log };
  if (role !== 'all' && !config.databaseUrl)
    throw new UserError('A worker on its own needs DATABASE_URL. Without it, run all in one process: feedmill start');

  const app = await openApp(settings, role, { schema: 'migrate', poolSize: POOL_SIZE });
  const heartbeat = startHeartbeat(app);
  const watcher = role === 'all' && config.log.format !== 'json' ? watch(app, out) : undefined;
  let sampler: Awaited<ReturnType<typeof runSampler>>;
  try {
    sampler = role === 'all' && withSampler ? await runSampler(app) : undefined;
    watcher?.greet(sampler !== undefined);
    const running = await runRole(sampler ? withSamplerAllowed(app) : app, role, watcher?.onReport);
    app.log.info({ role }, 'started');
    const signal = await told;
    watcher?.stop();
    if (watcher) out('Stopping…');
    app.log.info({ signal }, 'stopping');
    setTimeout(() => {
      app.log.error('not stopped in time: the process ends, and leases take care of the rest');
      process.exit(1);
    }, config.graceMs + LAST_RESORT_MS).unref();
    await running.stop(config.graceMs);
  } finally {
    watcher?.stop();
    await sampler?.close();
    await heartbeat.stop();
    await app.close();
  }
  // All is closed: a client that still tries to reach a Redis which is away must not hold the process.
  setTimeout(() => process.exit(), LEFT_OPEN_MS).unref();
}

async function runRole(app: Awaited<ReturnType<typeof openApp>>, role: Role, onReport?: Parameters<typeof runAll>[1]) {
  switch (role) {
    case 'poller':
      return runPoller(app);
    case 'feeds':
      return runFeeds(app);
    case 'articles':
      return runArticles(app);
    case 'all':
      return runAll(app, onReport);
  }
}
