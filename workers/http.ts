import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ping } from '../db/client.js';
import { type Answer, answerIntent, answerPush, type CallbackDeps } from '../src/jobs/websub-callback.js';
import { present } from '../src/text/present.js';
import { canParseUrl } from '../src/text/url.js';
import { UserError } from '../src/user-error.js';
import type { App } from './app.js';
import type { Running } from './run-worker.js';

/** Timeout for reading a hub's request, in ms. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Pushes processed at once. Beyond it a hub is told to try again later; the next poll finds whatever it does not deliver. */
const MAX_PUSHES = 8;
/** When it may try again, in seconds. */
const BUSY_RETRY_S = 10;
/** Connections open at once: far more than honest hubs need, and far fewer than a process has file descriptors. */
const MAX_CONNECTIONS = 200;
/** Timeout of the database in a health check, in ms. */
const HEALTH_TIMEOUT_MS = 5_000;

/** Serves `GET /health` and the callbacks of WebSub hubs, `/websub/TOKEN`. @throws {UserError} when the port is in use */
export async function runHttp(app: App, callback: CallbackDeps): Promise<Running & { port: number }> {
  const log = app.log.child({ part: 'http' });
  const answer = createRoutes(app, callback, (report) => log.info(report, 'push received'));
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    answer(request).then(
      (result) => send(response, result),
      (error: unknown) => {
        // Nothing is lost: the hub tries again, and the next poll finds the same news.
        if (!request.destroyed) log.error({ error }, 'request failed because of a bug in Feedmill');
        send(response, { status: 500, text: 'internal error' });
      },
    );
  });
  server.maxConnections = MAX_CONNECTIONS;
  const { host } = app.config.http;
  const port = await bind(server, app.config.http);
  log.info({ host, port }, 'serving health checks and WebSub callbacks');
  return { port, stop: (graceMs) => close(server, graceMs) };
}

/** @returns the port that was bound, which the system chooses when `port` is 0 */
async function bind(server: Server, { host, port }: { host: string; port: number }): Promise<number> {
  await new Promise<void>((done, failed) => {
    server.once('error', (cause) =>
      failed(new UserError(`Can't listen on ${host}, port ${port} (HTTP_HOST, HTTP_PORT): ${cause.message}`, 1, { cause })),
    );
    server.listen(port, host, done);
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

/** Closes idle connections at once, and all others after `graceMs`. */
async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()));
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  server.closeIdleConnections();
  await closed;
  clearTimeout(force);
}

type PushReport = NonNullable<Awaited<ReturnType<typeof answerPush>>['report']>;

function createRoutes(app: App, callback: CallbackDeps, onPush: (report: PushReport) => void) {
  const acceptPush = createPushHandler(app, callback, onPush);
  return async (request: IncomingMessage): Promise<Answer> => {
    if (!canParseUrl(request.url ?? '/', 'http://localhost')) return { status: 400, text: 'invalid address' };
    const url = new URL(request.url ?? '/', 'http://localhost');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (url.pathname === '/health' && isRead) return checkHealth(app);
    // A proxy may or may not pass on the path of PUBLIC_URL, so any prefix is accepted.
    const token = /\/websub\/([\w-]+)$/.exec(url.pathname)?.[1];
    if (token === undefined) return { status: 404, text: 'not found' };
    if (isRead) return answerIntent(callback, token, url.searchParams);
    return request.method === 'POST' ? acceptPush(token, request) : { status: 405, text: 'use GET or POST' };
  };
}

/** Handles pushes, a limited number at once. */
function createPushHandler({ config }: App, callback: CallbackDeps, onPush: (report: PushReport) => void) {
  let running = 0;
  return async (token: string, request: IncomingMessage): Promise<Answer> => {
    if (running >= MAX_PUSHES) return { status: 503, text: 'busy', retryAfterS: BUSY_RETRY_S };
    running += 1;
    try {
      const { report, ...answer } = await answerPush(callback, token, {
        signature: firstValue(request.headers['x-hub-signature']),
        contentType: request.headers['content-type'] ?? '',
        readBody: () => readBody(request, config.feedMaxBytes),
      });
      if (report) onPush(report);
      return answer;
    } finally {
      running -= 1;
    }
  };
}

/** Sends plain text, so that an echoed challenge is never interpreted as a page. */
function send(response: ServerResponse, { status, text, retryAfterS }: Answer): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
    // Don't wait for the rest of a body that we refused.
    ...present({ connection: status >= 400 ? 'close' : undefined }),
  });
  response.end(text);
}

/** A response at all shows that the event loop runs; the database must answer too. The heartbeat checks the same. */
async function checkHealth({ db }: App): Promise<Answer> {
  const alive = ping(db).then(
    () => true,
    () => false,
  );
  const late = new Promise<false>((done) => setTimeout(done, HEALTH_TIMEOUT_MS, false).unref());
  return (await Promise.race([alive, late]))
    ? { status: 200, text: 'ok' }
    : { status: 503, text: 'the database does not answer' };
}

const firstValue = (header: string | string[] | undefined) => (Array.isArray(header) ? header[0] : header);

/** Reads a request body; undefined as soon as it exceeds `maxBytes`. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  if (Number(request.headers['content-length']) > maxBytes) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Keep the connection open for the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
