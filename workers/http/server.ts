import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Answer } from '../../src/jobs/websub-callback.js';
import { errorCode } from '../../src/text/error-code.js';
import { present } from '../../src/text/present.js';
import { canParseUrl } from '../../src/text/url.js';
import { UserError } from '../../src/user-error.js';

/** Timeout for reading a request, in ms. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Connections open at once: far more than honest hubs and a Prometheus need, and far fewer than a process has file descriptors. */
const MAX_CONNECTIONS = 200;
/** Ports that are tried, one after the other, while others have them: enough for the processes of one machine. */
const PORTS_TRIED = 10;

/** What a route answers. */
export interface HttpAnswer extends Answer {
  /** Plain text by default, so that an echoed challenge is never interpreted as a page. */
  contentType?: string;
}

/** Answers a request; undefined when it is for another route. */
export type Route = (request: IncomingMessage, url: URL) => Promise<HttpAnswer> | undefined;

/** The HTTP server of a process. */
export interface HttpServer {
  /** The port that it listens on. */
  port: number;
  addRoute(route: Route): void;
  /** Closes idle connections at once, and all others after `graceMs`. A second call waits for the first. */
  stop(graceMs: number): Promise<void>;
}

/** Where the server listens. */
export interface HttpOptions {
  host: string;
  /** 0: any free port. */
  port: number;
  /** Hubs and their proxy know the port, so no other one will do. */
  exactPort: boolean;
}

/**
 * Starts the HTTP server of a process. If another process has the port, the next free one is taken, unless it must be exactly this
 * one. @returns undefined when none of ten ports was free
 * @throws {UserError} when the server can't listen, or the port must be exact and is taken
 */
export async function openHttp({ log, http }: { log: Logger; http: HttpOptions }): Promise<HttpServer | undefined> {
  const routes: Route[] = [];
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    answer(routes, request).then(
      (result) => send(response, result),
      (error: unknown) => {
        // Nothing is lost: the hub tries again, and the next poll finds the same news.
        if (!request.destroyed) log.error({ error }, 'request failed because of a bug in Feedmill');
        send(response, { status: 500, text: 'internal error' });
      },
    );
  });
  server.maxConnections = MAX_CONNECTIONS;
  const port = await bind(server, http);
  if (port === undefined) {
    const last = http.port + PORTS_TRIED - 1;
    log.warn({ host: http.host, ports: `${http.port}-${last}` }, 'no free port: this process serves no metrics (HTTP_PORT)');
    return undefined;
  }
  log.info({ host: http.host, port }, 'serving /metrics, /health and /ready');
  let closed: Promise<void> | undefined;
  return {
    port,
    addRoute: (route) => void routes.push(route),
    stop: (graceMs) => {
      closed ??= close(server, graceMs);
      return closed;
    },
  };
}

/** @returns the port that was bound; undefined when all that were tried are taken */
async function bind(server: Server, { host, port, exactPort }: HttpOptions): Promise<number | undefined> {
  const tried = exactPort || port === 0 ? 1 : PORTS_TRIED;
  for (let offset = 0; offset < tried && port + offset <= 65_535; offset += 1) {
    try {
      return await listen(server, host, port + offset);
    } catch (cause) {
      if (errorCode(cause) === 'EADDRINUSE' && !exactPort) continue;
      const why = cause instanceof Error ? cause.message : String(cause);
      const advice = errorCode(cause) === 'EADDRINUSE' ? ' Give each Feedmill process on this machine its own HTTP_PORT.' : '';
      throw new UserError(`Can't listen on ${host}, port ${port} (HTTP_HOST, HTTP_PORT): ${why}.${advice}`, 1, { cause });
    }
  }
  return undefined;
}

/** @returns the port, which the system chooses when `port` is 0 */
function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      const address = server.address();
      done(typeof address === 'object' && address ? address.port : port);
    });
  });
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()));
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  server.closeIdleConnections();
  await closed;
  clearTimeout(force);
}

async function answer(routes: readonly Route[], request: IncomingMessage): Promise<HttpAnswer> {
  if (!canParseUrl(request.url ?? '/', 'http://localhost')) return { status: 400, text: 'invalid address' };
  const url = new URL(request.url ?? '/', 'http://localhost');
  for (const route of routes) {
    const answering = route(request, url);
    if (answering) return answering;
  }
  return { status: 404, text: 'not found' };
}

/** Whether a request only reads. */
export const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD';

function send(response: ServerResponse, { status, text, retryAfterS, contentType }: HttpAnswer): void {
  response.writeHead(status, {
    'content-type': contentType ?? 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
    // Don't wait for the rest of a body that we refused.
    ...present({ connection: status >= 400 ? 'close' : undefined }),
  });
  response.end(text);
}
