/** Tries at a page, over about a day. */
export const MAX_ATTEMPTS = 8;
/** No article has more pages that people read; the rest is left. */
export const MAX_PAGES = 10;
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

export interface StoredArticle {
  /** When its record was first stored. */
  storedAt: Date;
  publishedAt?: Date;
  now: Date;
  /** 0 to 1. */
  random(): number;
  /** After so long its page is looked at again, in ms, ascending. */
  looks: readonly number[];
}

/**
 * When the page of a record is looked at again, for what its publisher corrects; null: no more. Only what was fresh when it was
 * stored is: an article that came out longer before than the last look is after it hardly changes.
 */
export function nextLook({ storedAt, publishedAt = storedAt, now, random, looks }: StoredArticle): Date | null {
  const last = looks.at(-1) ?? 0;
  if (storedAt.getTime() - publishedAt.getTime() > last) return null;
  const wait = looks.find((look) => storedAt.getTime() + look > now.getTime());
  // Later only: a look that came too early would be followed by one more for the same step.
  return wait === undefined ? null : new Date(storedAt.getTime() + wait * (1 + JITTER * random()));
}
