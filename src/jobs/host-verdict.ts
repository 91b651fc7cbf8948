import type { FetchOutcome } from '../web/outcome.js';
import type { HostVerdict } from './pipeline.js';

/** How long all of a host waits when it does not answer, or throttles without saying for how long, in ms. */
const DEFAULT_BLOCK_MS = 60_000;

/** What an outcome says of the whole host, not of this one page: 429, 503 with Retry-After (RFC 9110 §10.2.3), no connection. */
export function blockFor(outcome: FetchOutcome | undefined): HostVerdict {
  if (outcome?.kind === 'throttled') return { blockForMs: outcome.retryAfterMs ?? DEFAULT_BLOCK_MS };
  if (outcome?.kind === 'unreachable') return { blockForMs: DEFAULT_BLOCK_MS };
  return {};
}
