/** Tries at a page, over about a day. */
export const MAX_ATTEMPTS = 8;
/** The waits between tries, in units of `retryBaseMs` (a minute): 1 min, 5, 15, 45, 2 h, 6 h, 12 h. */
const LADDER = [1, 5, 15, 45, 120, 360, 720];
/** A tenth to either side, so that what failed together does not come back together. */
const JITTER = 0.1;

export interface FailedTry {
  /** This one included. */
  attempts: number;
  /** What the server asked for, in ms. */
  retryAfterMs?: number;
  now: Date;
  /** 0 to 1. */
  random(): number;
  /** The unit of the waits, in ms; a minute as a rule. */
  retryBaseMs: number;
}

/** When a page that failed for now is tried again; null: no more. */
export function nextTry({ attempts, retryAfterMs = 0, now, random, retryBaseMs }: FailedTry): Date | null {
  const step = attempts < MAX_ATTEMPTS ? LADDER[attempts - 1] : undefined;
  if (step === undefined) return null;
  return new Date(now.getTime() + Math.max(step * retryBaseMs * (1 - JITTER + 2 * JITTER * random()), retryAfterMs));
}
