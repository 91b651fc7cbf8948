import pg from 'pg';
import { WAKE_CHANNEL } from '../db/wake.js';

/** How long to wait before a lost connection is opened again, in ms. Meanwhile, the poller works by its tick alone. */
const RECONNECT_MS = 2_000;

/** Calls `onWake` when the database announces new work (LISTEN), and reconnects when the connection is lost. */
export function listenForWork(
  databaseUrl: string,
  { onWake, onError }: { onWake: () => void; onError: (error: Error) => void },
): { close(): Promise<void> } {
  let closed = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;

  const reconnect = () => {
    if (closed || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      connect();
    }, RECONNECT_MS);
  };
  const connect = () => {
    const next = new pg.Client({ connectionString: databaseUrl, application_name: 'feedmill poller', keepAlive: true });
    client = next;
    next.on('notification', onWake);
    next.on('error', onError);
    next.on('end', reconnect);
    next
      .connect()
      .then(() => next.query(`listen ${WAKE_CHANNEL}`))
      .catch((error: Error) => {
        onError(error);
        reconnect();
      });
  };
  connect();

  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
