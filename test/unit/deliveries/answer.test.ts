import { expect, it } from 'vitest';
import { judge, readAnswer } from '../../../src/deliveries/answer.js';
import { MAX_ATTEMPTS } from '../../../src/deliveries/retry-schedule.js';
import type { FailedFetch } from '../../../src/web/outcome.js';

const options = { retryBaseMs: 60_000, random: [0.5, 0.5] } as const;

it.each<[{ kind: 'accepted'; status: number } | FailedFetch, object]>([
  [{ kind: 'accepted', status: 204 }, { kind: 'taken' }],
  [
    { kind: 'gone', status: 410 },
    { kind: 'disabled', words: expect.stringContaining('410') },
  ],
  [{ kind: 'crowded' }, { kind: 'postponed' }],
  [
    { kind: 'server-error', status: 500 },
    { kind: 'failed', waitsMs: [6_000], holdMs: 6_000 },
  ],
  [
    { kind: 'missing', status: 404 },
    { kind: 'failed', words: expect.stringContaining('404') },
  ],
  [
    { kind: 'rejected', status: 302 },
    { kind: 'failed', words: expect.stringContaining('redirects') },
  ],
  [
    { kind: 'too-slow', timeoutMs: 15_000 },
    { kind: 'failed', words: expect.stringContaining('15000 ms') },
  ],
  [
    { kind: 'unreachable', cause: 'refused', code: 'ECONNREFUSED' },
    { kind: 'failed', words: expect.stringContaining('ECONN') },
  ],
  [
    { kind: 'not-allowed', reason: 'address' },
    { kind: 'failed', words: expect.stringContaining('ALLOW_PRIVATE_HOSTS') },
  ],
  [
    { kind: 'not-allowed', reason: 'scheme' },
    { kind: 'failed', words: expect.stringContaining('URL') },
  ],
  [
    { kind: 'throttled', status: 429, retryAfterMs: 3_600_000 },
    { kind: 'failed', waitsMs: [3_600_000], holdMs: 3_600_000 },
  ],
  [
    { kind: 'throttled', status: 503, retryAfterMs: undefined },
    { kind: 'failed', waitsMs: [6_000], holdMs: 6_000 },
  ],
])('judges the first answer %j', (outcome, verdict) => {
  expect(judge(readAnswer(outcome), { attempts: [1], failures: 0 }, options)).toMatchObject(verdict);
});

it('gives a message up after its last attempt, and not before', () => {
  const answer = { kind: 'failed', words: 'no' } as const;
  const after = (...attempts: number[]) => judge(answer, { attempts, failures: 9 }, options);
  expect(after(MAX_ATTEMPTS - 1)).toMatchObject({ waitsMs: [24 * 3_600_000] });
  expect(after(MAX_ATTEMPTS)).toMatchObject({ kind: 'failed', waitsMs: [null] });
  expect(after(MAX_ATTEMPTS, 1), 'a new event in the mail').toMatchObject({ kind: 'failed', waitsMs: [null, 6_000] });
});
