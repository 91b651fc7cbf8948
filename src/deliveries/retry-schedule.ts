/**
 * The waits after the first, second… failed attempt, in units of RETRY_BASE (a minute by default): 6 s, 1 min, 5 min, 30 min, 2 h,
 * 5 h, 10 h, 14 h, 20 h, 24 h. The Standard Webhooks specification recommends such a schedule. It lasts more than three days, so
 * that a receiver that breaks on a Friday evening is tried on Monday.
 */
const WAITS = [0.1, 1, 5, 30, 120, 300, 600, 840, 1_200, 1_440];
/** A message is given up after this many attempts. */
export const MAX_ATTEMPTS = WAITS.length + 1;
/** The wait of a whole receiver after its first failure, doubled with each further one in a row, and the longest; in the same unit. */
const FIRST_HOLD = 0.1;
const LONGEST_HOLD = 60;
/** A wait is this share longer or shorter at random, so that many receivers that failed together are not tried together. */
const JITTER = 0.2;

/**
 * How long a message waits after this attempt failed, in ms; undefined when it is given up.
 * @param random from 0 to 1
 */
export function retryAfter(attempts: number, retryBaseMs: number, random: number): number | undefined {
  const wait = WAITS[attempts - 1];
  return wait === undefined ? undefined : spread(wait * retryBaseMs, random);
}

/**
 * How long its receiver is left alone, in ms. A receiver that is down costs one request per hold, however much waits for it, and no
 * more than that many of its messages use up their attempts.
 * @param failures in a row, this one included
 */
export function holdAfter(failures: number, retryBaseMs: number, random: number): number {
  return spread(Math.min(LONGEST_HOLD, FIRST_HOLD * 2 ** (failures - 1)) * retryBaseMs, random);
}

const spread = (ms: number, random: number): number => Math.round(ms * (1 + JITTER * (2 * random - 1)));
