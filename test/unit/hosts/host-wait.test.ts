import { expect, it } from 'vitest';
import { hostVerdict } from '../../../src/hosts/host-wait.js';
import type { FetchOutcome } from '../../../src/web/outcome.js';

it.each<[string, FetchOutcome, ReturnType<typeof hostVerdict>]>([
  ['answers', { kind: 'missing', status: 404 }, { reached: true, latencyMs: 70 }],
  [
    'throttles',
    { kind: 'throttled', status: 429, retryAfterMs: 9_000 },
    { reached: true, trouble: { baseMs: 5, waitMs: 9_000 } },
  ],
  [
    'throttles without saying how long',
    { kind: 'throttled', status: 503, retryAfterMs: undefined },
    { reached: true, trouble: { baseMs: 5 } },
  ],
  ['does not exist', { kind: 'unreachable', cause: 'dns', code: 'ENOTFOUND' }, { reached: false, trouble: { baseMs: 5 } }],
  [
    'resets the connection',
    { kind: 'unreachable', cause: 'reset', code: 'ECONNRESET' },
    { reached: true, trouble: { baseMs: 5 } },
  ],
  ['never responds', { kind: 'too-slow', timeoutMs: 1 }, { trouble: { baseMs: 5 } }],
  ['is slow', { kind: 'too-slow', timeoutMs: 1, answered: true }, { reached: true, latencyMs: 70 }],
  ['was not asked', { kind: 'not-allowed', reason: 'robots' }, {}],
  ['was not asked in time', { kind: 'crowded' }, {}],
])('says what a request means for a host that %s', (_, outcome, verdict) => expect(hostVerdict(outcome, 70, 5)).toEqual(verdict));
