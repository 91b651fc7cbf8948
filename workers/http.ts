import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { sql } from 'drizzle-orm';
import { type Answer, answerIntent, answerPush, type CallbackDeps } from '../src/jobs/websub-callback.js';
import { UserError } from '../src/user-error.js';
import type { App } from './app.js';
import type { Running } from './run-worker.js';

/** So long a hub may take to send its document, in ms. */
const REQUEST_TIMEOUT_MS = 30_000;
/**
 * Documents that are held and read at once; a hub that is told to wait tries again, and the next poll finds what it does not
 * bring.
 */
const MAX_PUSHES = 8;
/** Open at once: far more than honest hubs need, far fewer than a process has descriptors. */
const MAX_CONNECTIONS = 200;
/** A database that takes longer than this to answer is not well, in ms. */
const HEALTH_TIMEOUT_MS = 5_000;

/** Serves `GET /health` and the callbacks of WebSub hubs, `/websub/TOKEN`. @throws {UserError} when the port is taken. */
export async function runHttp(app: App, callback: CallbackDeps): Promise<Running & { port: number }> {
  const log = app.log.child({ part: 'http' });
  const { host, port } = app.config.http;
  let pushes = 0;

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    if (!URL.canParse(request.url ?? '/', 'http://localhost')) return { status: 400, text: 'no such address' };
    const url = new URL(request.url ?? '/', 'http://localhost');
    const reading = request.method === 'GET' || request.method === 'HEAD';
    if (url.pathname === '/health' && reading) return health(app);
    // Whatever path PUBLIC_URL has in front, a proxy may pass on or not.
    const token = /\/websub\/([\w-]+)$/.exec(url.pathname)?.[1];
    if (token === undefined) return { status: 404, text: 'nothing here' };
    if (reading) return answerIntent(callback, token, url.searchParams);
    if (request.method !== 'POST') return { status: 405, text: 'GET or POST' };
    if (pushes >= MAX_PUSHES) return { status: 503, text: 'busy' };
    pushes += 1;
    try {
      const { report, ...rest } = await answerPush(callback, token, {
        signature: headerText(request.headers['x-hub-signature']),
        contentType: request.headers['content-type'] ?? '',
        readBody: () => readBody(request, app.config.feedMaxBytes),
      });
      if (report) log.info(report, 'push taken');
      return rest;
    } finally {
      pushes -= 1;
    }
  };

  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    answer(request).then(
      (result) => send(response, result),
      (error: unknown) => {
        // The hub tries again; nothing of ours is lost, for the next poll finds it too.
        if (!request.destroyed) log.error({ error }, 'a request failed by a fault of ours');
        send(response, { status: 500, text: 'our fault' });
      },
    );
  });
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((done, failed) => {
    server.once('error', (cause) =>
      failed(new UserError(`HTTP_HOST and HTTP_PORT (${host}, port ${port}) can't be served: ${cause.message}`, 1, { cause })),
    );
    server.listen(port, host, done);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  log.info({ host, port: bound }, 'serving health checks and WebSub callbacks');

  return {
    port: bound,
    async stop(graceMs) {
      const closed = new Promise<void>((done) => server.close(() => done()));
      const force = setTimeout(() => server.closeAllConnections(), graceMs);
      server.closeIdleConnections();
      await closed;
      clearTimeout(force);
    },
  };
}

/** Plain text, so that an echoed challenge is never a page. */
function send(response: ServerResponse, { status, text }: Answer): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    // What was not read of a body is not waited for.
    ...(status >= 400 ? { connection: 'close' } : {}),
  });
  response.end(text);
}

/** That this answers says that the event loop turns; the database must answer too. The facts of the heartbeat. */
async function health({ db }: App): Promise<Answer> {
  const alive = db.execute(sql`select 1`).then(
    () => true,
    () => false,
  );
  const late = new Promise<false>((done) => setTimeout(done, HEALTH_TIMEOUT_MS, false).unref());
  return (await Promise.race([alive, late]))
    ? { status: 200, text: 'ok' }
    : { status: 503, text: 'the database does not answer' };
}

const headerText = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

/** Undefined as soon as it is larger than `maxBytes`. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  if (Number(request.headers['content-length']) > maxBytes) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  // The connection stays open for the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
