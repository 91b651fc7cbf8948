/** A thread that read a document or page was stopped, because it took too long or too much memory. */
export interface Stopped {
  kind: 'stopped';
  reason: 'too-slow' | 'too-much-memory';
}

/**
 * Readings that are stopped for taking too long before the page or document itself counts as too slow to read. The first may be the
 * fault of a busy machine.
 */
export const MAX_SLOW_READINGS = 3;

/** One sentence that says why reading `subject` ("the page") was stopped. */
export const describeStopped = (reason: Stopped['reason'], subject: string): string =>
  ({
    'too-slow': `Reading ${subject} took too long and was stopped.`,
    'too-much-memory': `Reading ${subject} took too much memory and was stopped.`,
  })[reason];
