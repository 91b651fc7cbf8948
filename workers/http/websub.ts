import type { IncomingMessage } from 'node:http';
import { type Answer, answerIntent, answerPush, type CallbackDeps } from '../../src/jobs/websub-callback.js';
import type { App } from '../app.js';
import { logReport } from '../log.js';
import { isRead, type Route } from './server.js';

/** Pushes processed at once. Beyond it a hub is told to try again later; the next poll finds whatever it does not deliver. */
const MAX_PUSHES = 8;
/** When it may try again, in seconds. */
const BUSY_RETRY_S = 10;

/** Answers the callbacks of WebSub hubs, `/websub/TOKEN`. */
export function websubRoute(app: Pick<App, 'config' | 'log' | 'metrics'>, callback: CallbackDeps): Route {
  const acceptPush = createPushHandler(app, callback);
  return (request, url) => {
    // A proxy may or may not pass on the path of PUBLIC_URL, so any prefix is accepted.
    const token = /\/websub\/([\w-]+)$/.exec(url.pathname)?.[1];
    if (token === undefined) return undefined;
    if (isRead(request)) return answerIntent(callback, token, url.searchParams);
    return request.method === 'POST' ? acceptPush(token, request) : Promise.resolve({ status: 405, text: 'use GET or POST' });
  };
}

/** Handles pushes, a limited number at once. */
function createPushHandler({ config, log, metrics }: Pick<App, 'config' | 'log' | 'metrics'>, callback: CallbackDeps) {
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
      if (report) {
        metrics?.countReport('feeds', report);
        logReport(log.child({ part: 'http' }), report, 'push received');
      }
      return answer;
    } finally {
      running -= 1;
    }
  };
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
