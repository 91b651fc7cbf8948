/** A thread that read a document or page was stopped, because it took too long or too much memory. */
export interface Stopped {
  kind: 'stopped';
  reason: 'too-slow' | 'too-much-memory';
}

/** One sentence that says why reading `subject` ("the page") was stopped. */
export const describeStopped = (reason: Stopped['reason'], subject: string): string =>
  ({
    'too-slow': `Reading ${subject} took too long and was stopped.`,
    'too-much-memory': `Reading ${subject} took too much memory and was stopped.`,
  })[reason];
