import { readGauges } from '../db/gauges.js';
import type { Role } from '../src/cli/app.js';
import type { App } from './app.js';
import { openHttp } from './http/server.js';
import { stateRoutes } from './http/state.js';
import { reportErrors } from './log.js';

/**
 * Gives a process that runs a role its metrics and, unless HTTP_PORT is off, its HTTP server. Both are loaded here, so that commands
 * do not pay for them.
 * @throws {UserError} when the server can't listen, or hubs need exactly HTTP_PORT and it is taken
 */
export async function withStateServer(app: App, role: Role, version: string): Promise<App> {
  const [{ createMetrics }, { addInstallationGauges }] = await Promise.all([
    import('./metrics/metrics.js'),
    import('./metrics/installation-gauges.js'),
  ]);
  const { config, db, log } = app;
  const metrics = createMetrics({ version, role, queue: config.redis ? 'redis' : 'postgres' });
  metrics.watchPool(db);
  if (role === 'poller' || role === 'all') {
    const read = async () => ({ ...(await readGauges(db, config)), waitingJobs: await app.queues().countWaiting() });
    addInstallationGauges(metrics.registry, read, { onError: reportErrors(log, 'the reading of gauges') });
  }
  const { host, port, publicUrl } = config.http;
  const exactPort = publicUrl !== undefined && (role === 'feeds' || role === 'all');
  const http = port === 'off' ? undefined : await openHttp({ log: log.child({ part: 'http' }), http: { host, port, exactPort } });
  const complete = { ...app, metrics, ...(http && { http }) };
  http?.addRoute(stateRoutes(complete));
  return complete;
}
