import type { FetchOutcome } from '../web/outcome.js';

/** What a request says of its host. */
export interface HostVerdict {
  /** It answered, or could not be reached; absent: it was not asked, or we can't tell. */
  reached?: boolean;
  /** How long it took to answer. */
  latencyMs?: number;
  /** All of the host waits: as long as it says, else from `baseMs` on, doubling each time in a row. */
  trouble?: { waitMs?: number; baseMs: number };
}

/**
 * What one request says of its whole host. It waits when it throttles (429, 503: RFC 9110 §10.2.3), as long as it says,
 * and when it can't be reached; else it answered, in `tookMs`.
 * @param baseMs the first wait of a host in trouble that does not say how long, in ms; it doubles each time in a row.
 */
export function hostVerdict(outcome: FetchOutcome, tookMs: number, baseMs: number): HostVerdict {
  switch (outcome.kind) {
    case 'throttled':
      return {
        reached: true,
        trouble: { baseMs, ...(outcome.retryAfterMs === undefined ? {} : { waitMs: outcome.retryAfterMs }) },
      };
    case 'unreachable':
      // A reset comes from a host that is there.
      return { reached: outcome.cause === 'reset', trouble: { baseMs } };
    case 'not-allowed':
      return {};
    case 'too-slow':
      // A host that takes a connection and says nothing is as good as dead.
      return outcome.answered ? { reached: true, latencyMs: tookMs } : { trouble: { baseMs } };
    default:
      return { reached: true, latencyMs: tookMs };
  }
}
