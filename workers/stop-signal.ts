/** Interval between checks whether npm is still running, for a process that npm started, in ms. */
const ORPHAN_CHECK_MS = 1_000;

/**
 * Resolves at the first SIGTERM or SIGINT. A second one ends the process at once.
 * npm passes a SIGTERM to the shell that it runs us in. The shell dies without telling us, so losing the parent process counts
 * as a SIGTERM.
 */
export const waitForStopSignal = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    let count = 0;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        count += 1;
        if (count > 1) process.exit(130);
        resolve(signal);
      });
    }
    if (process.env.npm_lifecycle_event === undefined) return;
    const parent = process.ppid;
    const check = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(check);
      resolve('SIGTERM');
    }, ORPHAN_CHECK_MS).unref();
  });
