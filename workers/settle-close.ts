/** How long to wait for a connection to close, in ms. The server may be unreachable. */
const CLOSE_TIMEOUT_MS = 1_000;

/** Waits for `closing` to settle, for `CLOSE_TIMEOUT_MS` at most. Never throws. */
export const settleClose = (closing: Promise<unknown>): Promise<unknown> =>
  Promise.race([
    // Nobody needs an error from closing: the leases of whatever was still running end by themselves.
    closing.catch(() => undefined),
    new Promise((done) => setTimeout(done, CLOSE_TIMEOUT_MS).unref()),
  ]);
