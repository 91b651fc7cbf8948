import { present } from '../text/present.js';
import type { FetchOutcome } from '../web/outcome.js';

/**
 * The longest wait of a host in trouble, in ms. The wait doubles up to this, so that a host that recovers is noticed within
 * hours.
 */
export const MAX_TROUBLE_WAIT_MS = 6 * 3_600_000;

/** What one request tells us about its host. */
export interface HostVerdict {
  /** Whether the host answered; absent when it was not asked, or when we can't tell. */
  reached?: boolean;
  /** How long it took to answer, in ms, from when we wanted to ask: a wait for a slot of its address is part of it. */
  latencyMs?: number;
  /**
   * The host is in trouble, and all requests to it wait: for `waitMs` when it said how long, else for `baseMs`, which doubles
   * with each trouble in a row up to MAX_TROUBLE_WAIT_MS.
   */
  trouble?: { waitMs?: number; baseMs: number };
}

/**
 * Decides what one request means for its whole host. All requests to the host wait after a 429 or 503 (as long as Retry-After
 * asks: RFC 9110 §10.2.3), and when it can't be reached. `blockedUntilSql` (db/turns.ts) writes the wait to the host's row.
 * @param tookMs how long the request took, in ms
 * @param baseMs the first wait, in ms, of a host in trouble that does not say how long
 */
export function hostVerdict(outcome: FetchOutcome, tookMs: number, baseMs: number): HostVerdict {
  switch (outcome.kind) {
    case 'throttled':
      return { reached: true, trouble: { baseMs, ...present({ waitMs: outcome.retryAfterMs }) } };
    case 'unreachable':
      // Only a host that is up can reset a connection.
      return { reached: outcome.cause === 'reset', trouble: { baseMs } };
    case 'not-allowed':
    case 'crowded':
      return {};
    case 'too-slow':
      // A host that accepts a connection but never responds counts as down.
      return outcome.answered ? { reached: true, latencyMs: tookMs } : { trouble: { baseMs } };
    default:
      return { reached: true, latencyMs: tookMs };
  }
}
