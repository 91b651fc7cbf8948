import { rm, stat, writeFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import { UserError } from '../src/user-error.js';
import type { App } from './app.js';
import { reportErrors } from './log.js';

/** How often a process says that it lives, and how old that may be before it counts as stuck, in ms. */
const BEAT_MS = 5_000;
const STALE_MS = 30_000;

/** Touches HEARTBEAT_FILE as long as this process's event loop turns and its database answers. */
export function startHeartbeat({ config, db, log }: App): { stop(): Promise<void> } {
  const file = config.heartbeatFile;
  if (!file) return { stop: async () => undefined };
  const report = reportErrors(log, 'the heartbeat');
  const beat = async () => {
    try {
      await db.execute(sql`select 1`);
      await writeFile(file, `${process.pid}\n`);
    } catch (error) {
      report(error instanceof Error ? error : new Error(String(error)));
    }
  };
  void beat();
  const timer = setInterval(beat, BEAT_MS);
  return {
    async stop() {
      clearInterval(timer);
      await rm(file, { force: true });
    },
  };
}

/** @throws {UserError} when the heartbeat in `file` is missing or old. */
export async function checkHeartbeat(file: string | undefined): Promise<void> {
  if (!file) throw new UserError('Set HEARTBEAT_FILE, for the worker as for this command.');
  const beat = await stat(file).catch(() => undefined);
  if (!beat) throw new UserError(`No heartbeat at ${file}: the worker is not running, or does not reach its database.`);
  const ageMs = Date.now() - beat.mtimeMs;
  if (ageMs > STALE_MS)
    throw new UserError(`The last heartbeat is ${Math.round(ageMs / 1000)} s old: the worker is stuck, or its database is away.`);
}
