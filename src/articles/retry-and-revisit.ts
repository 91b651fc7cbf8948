/** Attempts at a page before it is given up; with the waits of `RETRY_STEPS` they span about a day. */
export const MAX_ATTEMPTS = 8;
/** Pages that are fetched of an article that is split over several: articles that people read have no more. */
export const MAX_PAGES = 10;
/** The waits between attempts, in units of `retryBaseMs`, which is a minute: 1 min, 5 min, 15 min, 45 min, 2 h, 6 h, 12 h. */
const RETRY_STEPS = [1, 5, 15, 45, 120, 360, 720];
/** The share by which a wait is varied at random, so that articles which failed together are not retried together. */
const JITTER = 0.1;

/** A failed attempt at a page, as far as the next attempt depends on it. */
export interface FailedTry {
  /** Attempts so far, including this one. */
  attempts: number;
  /** The wait that the server asked for (Retry-After), in ms. */
  retryAfterMs?: number;
  now: Date;
  /** From 0 to 1. */
  random(): number;
  /** The unit of the waits, in ms; a minute by default. */
  retryBaseMs: number;
}

/**
 * When to retry a page that failed for now: 10 % sooner or later than its step, and no sooner than the server asks. Null: never.
 */
export function nextTry({ attempts, retryAfterMs = 0, now, random, retryBaseMs }: FailedTry): Date | null {
  const step = attempts < MAX_ATTEMPTS ? RETRY_STEPS[attempts - 1] : undefined;
  if (step === undefined) return null;
  return new Date(now.getTime() + Math.max(step * retryBaseMs * (1 - JITTER + 2 * JITTER * random()), retryAfterMs));
}

/** A stored article, as far as its next revisit depends on it. */
export interface StoredArticle {
  /** When its record was first stored. */
  storedAt: Date;
  publishedAt?: Date;
  now: Date;
  /** From 0 to 1. */
  random(): number;
  /** Ages of the record at which its page is revisited, in ms, ascending. */
  revisitDelays: readonly number[];
}

/**
 * When to fetch the page of a stored article again, to pick up its publisher's corrections. Null: never again. An article that
 * was already older than the last delay when we stored it is not revisited, since it will hardly change.
 */
export function nextRevisit({ storedAt, publishedAt = storedAt, now, random, revisitDelays }: StoredArticle): Date | null {
  const lastDelay = revisitDelays.at(-1) ?? 0;
  if (storedAt.getTime() - publishedAt.getTime() > lastDelay) return null;
  const delay = revisitDelays.find((ms) => storedAt.getTime() + ms > now.getTime());
  // Jitter only adds to the delay: a revisit that came too early would be scheduled for the same delay again.
  return delay === undefined ? null : new Date(storedAt.getTime() + delay * (1 + JITTER * random()));
}
