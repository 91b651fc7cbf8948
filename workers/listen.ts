import pg from 'pg';
import { isBehindPooler } from '../db/pooler.js';
import { WAKE_CHANNEL } from '../db/wake.js';
import { settleClose } from './settle-close.js';

/** How long to wait before a lost connection is opened again, in ms. Meanwhile, the poller works by its tick alone. */
const RECONNECT_MS = 2_000;
/** Timeout for opening a connection, in ms. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Calls `onWake` when the database announces new work (LISTEN), and reconnects when the connection is lost. It has one connection
 * at most: each is closed before the next one opens. Behind a connection pooler, where notifications do not arrive, it calls
 * `onPooler` and gives up.
 */
export function listenForWork(
  databaseUrl: string,
  { onWake, onError, onPooler }: { onWake: () => void; onError: (error: Error) => void; onPooler: () => void },
): { close(): Promise<void> } {
  let closed = false;
  let client: pg.Client | undefined;
  let endPause: (() => void) | undefined;

  /** Listens until the connection ends. @returns whether it makes sense to connect again */
  const listenOnce = async (): Promise<boolean> => {
    const current = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'feedmill poller',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    client = current;
    const ended = new Promise<void>((done) => current.once('end', done));
    current.on('notification', onWake);
    current.on('error', onError);
    try {
      await current.connect();
      if (await isBehindPooler(current)) {
        onPooler();
        return false;
      }
      await current.query(`listen ${WAKE_CHANNEL}`);
      await ended;
    } catch (error) {
      if (!closed) onError(error instanceof Error ? error : new Error(String(error)));
    } finally {
      await settleClose(current.end());
    }
    return true;
  };

  const pause = () =>
    new Promise<void>((done) => {
      const timer = setTimeout(done, RECONNECT_MS);
      endPause = () => {
        clearTimeout(timer);
        done();
      };
    });

  const running = (async () => {
    while (!closed && (await listenOnce())) if (!closed) await pause();
  })();

  return {
    async close() {
      closed = true;
      endPause?.();
      if (client) await settleClose(client.end());
      await settleClose(running);
    },
  };
}
