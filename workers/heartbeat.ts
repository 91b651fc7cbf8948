import { rm, stat, writeFile } from 'node:fs/promises';
import { ping } from '../db/client.js';
import { UserError } from '../src/user-error.js';
import type { App } from './app.js';
import { reportErrors } from './log.js';
import { repeat } from './repeat.js';
import { settleClose } from './settle-close.js';

/** Interval between two heartbeats, in ms. */
const BEAT_INTERVAL_MS = 5_000;
/** The age from which a heartbeat means that its process is stuck, in ms: six missed beats. */
const STALE_MS = 30_000;

/** Touches HEARTBEAT_FILE for as long as the event loop of this process runs, and the database and the queue answer. */
export function startHeartbeat({ config, db, log, queues }: App): { stop(): Promise<void> } {
  const file = config.heartbeatFile;
  if (!file) return { stop: async () => undefined };
  const beat = async () => {
    await Promise.all([ping(db), queues().ping()]);
    await writeFile(file, `${process.pid}\n`);
    return undefined;
  };
  const beating = repeat(beat, { everyMs: BEAT_INTERVAL_MS, onError: reportErrors(log, 'the heartbeat') });
  return {
    async stop() {
      await settleClose(beating.stop());
      await rm(file, { force: true });
    },
  };
}

/** Checks the heartbeat in `file`. @throws {UserError} when it is missing or too old */
export async function checkHeartbeat(file: string | undefined): Promise<void> {
  if (!file) throw new UserError('Set HEARTBEAT_FILE to the same path for the worker and for this command.');
  const beat = await stat(file).catch(() => undefined);
  if (!beat)
    throw new UserError(`There is no heartbeat at ${file}: the worker is not running, or can't reach its database or its queue.`);
  const ageMs = Date.now() - beat.mtimeMs;
  if (ageMs > STALE_MS)
    throw new UserError(
      `The last heartbeat is ${Math.round(ageMs / 1000)} s old: the worker is stuck, or its database or its queue is down.`,
    );
}
