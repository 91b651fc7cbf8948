import { redactCredentials } from '../web/credentials.js';
import type { FailedFetch } from '../web/outcome.js';
import { holdAfter, retryAfter } from './retry-schedule.js';

/** How one attempt to deliver ended. */
export type Answer =
  | { kind: 'taken'; status?: number }
  /** 410: it does not want any more. */
  | { kind: 'gone'; words: string }
  /** `waitMs`: how long the receiver asks us to wait (Retry-After). */
  | { kind: 'failed'; words: string; waitMs?: number }
  /** It was not sent, because too many of our requests waited for the same address. It does not count. */
  | { kind: 'crowded' };

/** What becomes of messages and their receiver. Waits are in ms from now. */
export type Verdict =
  | { kind: 'taken' }
  | { kind: 'disabled'; words: string }
  /** `waitsMs` has the wait of each message; null: it is given up. */
  | { kind: 'failed'; words: string; waitsMs: readonly (number | null)[]; holdMs: number }
  | { kind: 'postponed' };

/** The longest description of a failure, in characters. */
const MAX_WORDS = 500;

/** What the answer of a webhook says. */
export function readAnswer(outcome: { kind: 'accepted'; status: number } | FailedFetch): Answer {
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'taken', status: outcome.status };
    case 'gone':
      return { kind: 'gone', words: 'The receiver says that it is gone for good (410), so nothing more is sent to it.' };
    case 'crowded':
      return { kind: 'crowded' };
    case 'throttled':
      return {
        kind: 'failed',
        words: `The receiver asks us to wait (${outcome.status}).`,
        ...(outcome.retryAfterMs !== undefined && { waitMs: outcome.retryAfterMs }),
      };
    default:
      return { kind: 'failed', words: describe(outcome) };
  }
}

function describe(outcome: Exclude<FailedFetch, { kind: 'gone' | 'crowded' | 'throttled' }>): string {
  switch (outcome.kind) {
    case 'missing':
    case 'refused':
    case 'server-error':
      return `The receiver answered with status ${outcome.status}.`;
    case 'rejected':
      return outcome.status >= 300 && outcome.status < 400
        ? `The receiver redirects (${outcome.status}), which we do not follow. Add a delivery to the new address.`
        : `The receiver answered with status ${outcome.status}.`;
    case 'too-slow':
      return `The receiver did not answer within ${outcome.timeoutMs} ms (DELIVERY_TIMEOUT).`;
    case 'unreachable':
      return `We can't reach the receiver (${outcome.code}).`;
    case 'not-allowed':
      if (outcome.reason === 'scheme') return "The URL of the receiver can't be used. Add a delivery to the right one.";
      return 'The receiver is in a private network. If it is yours, add its host to ALLOW_PRIVATE_HOSTS.';
    case 'too-large':
    case 'bad-content':
      return 'The answer of the receiver could not be read.';
  }
}

/**
 * Decides what becomes of the messages of one request after an attempt. Those in one mail were tried more or less often before, and
 * each waits, or is given up, by its own attempts.
 * @param random two numbers from 0 to 1
 */
export function judge(
  answer: Answer,
  { attempts, failures }: { attempts: readonly number[]; failures: number },
  { retryBaseMs, random }: { retryBaseMs: number; random: readonly [number, number] },
): Verdict {
  switch (answer.kind) {
    case 'taken':
      return { kind: 'taken' };
    case 'crowded':
      return { kind: 'postponed' };
    case 'gone':
      return { kind: 'disabled', words: answer.words };
    case 'failed': {
      const asked = answer.waitMs ?? 0;
      const waitAfter = (tried: number) => {
        const waitMs = retryAfter(tried, retryBaseMs, random[0]);
        return waitMs === undefined ? null : Math.max(waitMs, asked);
      };
      return {
        kind: 'failed',
        words: redactCredentials(answer.words).slice(0, MAX_WORDS),
        waitsMs: attempts.map(waitAfter),
        holdMs: Math.max(holdAfter(failures + 1, retryBaseMs, random[1]), asked),
      };
    }
  }
}
