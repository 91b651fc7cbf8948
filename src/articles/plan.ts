/** Tries at a page, over about a day. */
export const MAX_ATTEMPTS = 8;
/** The waits between tries, in units of `retryBaseMs` (a minute): 1 min, 5, 15, 45, 2 h, 6 h, 12 h. */
const LADDER = [1, 5, 15, 45, 120, 360, 720];
/** A tenth to either side, so that what failed together does not come back together. */
const JITTER = 0.1;

export interface ArticleFacts {
  /** Before this one. */
  attempts: number;
  outcome: 'stored' | 'temporary' | 'permanent';
  retryAfterMs?: number;
  now: Date;
  /** 0 to 1. */
  random(): number;
  /** The unit of the waits, in ms; a minute unless told. */
  retryBaseMs?: number;
}

/** When a page is tried again (null: no more), and whether that means giving it up. */
export function planArticle({ attempts, outcome, retryAfterMs = 0, now, random, retryBaseMs = 60_000 }: ArticleFacts) {
  const made = attempts + 1;
  if (outcome !== 'temporary') return { dueAt: null, attempts: made, givenUp: outcome === 'permanent' };
  const step = LADDER[attempts];
  if (step === undefined || made >= MAX_ATTEMPTS) return { dueAt: null, attempts: made, givenUp: true };
  const wait = Math.max(step * retryBaseMs * (1 - JITTER + 2 * JITTER * random()), retryAfterMs);
  return { dueAt: new Date(now.getTime() + wait), attempts: made, givenUp: false };
}
