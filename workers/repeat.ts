import { setTimeout as pause } from 'node:timers/promises';

/** Work that runs again and again until it is stopped. */
export interface Repeating {
  /** Starts the next run now instead of later. During a run, it makes the next one follow at once. */
  wake(): void;
  /** Waits for the current run and starts no other. */
  stop(): Promise<void>;
}

/** The shortest pause between two runs, in ms: under load, each run then finds a batch of work instead of a single row. */
export const MIN_PAUSE_MS = 20;

/**
 * Runs `work` again and again. It returns how long to wait before its next run, in ms; without that, or after an error, the
 * wait is `everyMs`.
 */
export function repeat(
  work: () => Promise<number | undefined>,
  { everyMs, onError }: { everyMs: number; onError: (error: Error) => void },
): Repeating {
  const sleeper = createSleeper();
  let stopped = false;
  const ended = (async () => {
    while (!stopped) {
      const waitMs = await work().catch((error: unknown) => onError(error instanceof Error ? error : new Error(String(error))));
      if (!stopped) await pause(MIN_PAUSE_MS);
      if (!stopped) await sleeper.sleep((waitMs ?? everyMs) - MIN_PAUSE_MS);
    }
  })();
  return {
    wake: sleeper.wake,
    async stop() {
      stopped = true;
      sleeper.wake();
      await ended;
    },
  };
}

/** A wait that can be cut short. If `wake` is called while nobody sleeps, the next `sleep` returns at once. */
function createSleeper() {
  let woken = false;
  let wakeSleeper: (() => void) | undefined;
  return {
    wake() {
      woken = true;
      wakeSleeper?.();
    },
    async sleep(ms: number) {
      if (!woken && ms > 0) {
        await new Promise<void>((done) => {
          const timer = setTimeout(done, ms);
          wakeSleeper = () => {
            clearTimeout(timer);
            done();
          };
        });
      }
      woken = false;
      wakeSleeper = undefined;
    },
  };
}
