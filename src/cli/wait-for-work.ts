import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../user-error.js';
import type { CliContext } from './app.js';

/** Interval between two looks at the work, in ms. */
const LOOK_MS = 500;
/** Interval between two lines of progress, in ms. */
const PROGRESS_MS = 5_000;
/** After so long without progress, in ms, there may be no worker. Pages that wait for their hosts can take longer. */
const STILL_MS = 20_000;

/** How much is left, and a line that says how far the work is. */
export interface Progress {
  left: number;
  line: string;
}

/**
 * Waits until the workers have done what a command asked for, and shows how far they are.
 * @param goesOn what to tell the user who stops waiting: the work goes on
 * @throws {UserError} when the process is told to stop
 */
export async function waitForWork(
  context: Pick<CliContext, 'err'>,
  look: () => Promise<Progress>,
  { stopping, goesOn }: { stopping: AbortSignal; goesOn: string },
): Promise<void> {
  let shownAt = performance.now();
  let moved = { left: Number.NaN, at: performance.now() };
  for (;;) {
    const { left, line } = await look();
    if (left === 0) return;
    const now = performance.now();
    if (left !== moved.left) moved = { left, at: now };
    if (now - shownAt >= PROGRESS_MS) {
      shownAt = now;
      const still = now - moved.at >= STILL_MS;
      context.err(still ? `${line}. Nothing moves: if no worker is running, start one: feedmill start` : line);
    }
    await pause(LOOK_MS, undefined, { signal: stopping }).catch((error: unknown) => {
      if (!stopping.aborted) throw error;
      throw new UserError(goesOn, 130);
    });
  }
}
