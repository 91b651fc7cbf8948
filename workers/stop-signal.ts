/** How often a process that npm runs looks whether npm is still there, in ms. */
const ORPHAN_CHECK_MS = 1_000;

/**
 * Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. npm passes a SIGTERM to the shell that it
 * runs us in, which dies of it and tells us nothing: so losing the parent counts as one.
 */
export const stopSignal = (): Promise<NodeJS.Signals> =>
  new Promise((told) => {
    let count = 0;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        count += 1;
        if (count > 1) process.exit(130);
        told(signal);
      });
    }
    if (process.env.npm_lifecycle_event === undefined) return;
    const parent = process.ppid;
    const check = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(check);
      told('SIGTERM');
    }, ORPHAN_CHECK_MS).unref();
  });
