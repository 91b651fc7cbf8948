import { describe, expect, it } from 'vitest';
import { describeOutcome, toFailureCode } from '../../../src/web/describe-outcome.js';
import { type FetchOutcome, isFailure } from '../../../src/web/outcome.js';
import { fetched, moved } from '../../builders.js';

const CASES: [FetchOutcome, string | undefined, RegExp][] = [
  [fetched('x'), undefined, /was fetched/],
  [{ kind: 'unchanged' }, undefined, /not changed/],
  [moved('https://me:secret@b.example/'), undefined, /moved permanently \(301\) to https:\/\/b\.example\//],
  [moved('https://b.example/', { permanent: false }), undefined, /moved temporarily/],
  [{ kind: 'gone', status: 410 }, 'gone', /gone for good/],
  [{ kind: 'missing', status: 404 }, 'missing', /nothing at this address/],
  [{ kind: 'refused', status: 403 }, 'refused', /The site refuses us \(403\)/],
  [{ kind: 'refused', status: 403, gate: 'bot-check' }, 'refused', /bot check \(403\)/],
  [{ kind: 'refused', status: 200, gate: 'consent' }, 'refused', /consent form/],
  [{ kind: 'throttled', status: 429, retryAfterMs: 1 }, 'throttled', /slow down/],
  [{ kind: 'throttled', status: 503, retryAfterMs: 1 }, 'throttled', /overloaded/],
  [{ kind: 'server-error', status: 500 }, 'server-error', /internal error \(500\)/],
  [{ kind: 'rejected', status: 418 }, 'rejected', /status 418/],
  [{ kind: 'too-large', maxBytes: 9 }, 'too-large', /limit of 9 bytes/],
  [{ kind: 'too-slow', timeoutMs: 7 }, 'too-slow', /limit of 7 ms/],
  [{ kind: 'unreachable', cause: 'dns', code: 'ENOTFOUND' }, 'unreachable', /host does not exist.*ENOTFOUND/],
  [{ kind: 'crowded' }, 'crowded', /waited for the address/],
  [{ kind: 'not-allowed', reason: 'address' }, 'private-address', /ALLOW_PRIVATE_HOSTS/],
  [{ kind: 'not-allowed', reason: 'robots' }, 'robots', /robots\.txt/],
  [{ kind: 'bad-content', reason: 'encoding' }, 'bad-encoding', /corrupt/],
  [{ kind: 'bad-content', reason: 'redirect-loop' }, 'redirect-loop', /loop/],
];

describe('an outcome', () => {
  it.each(CASES)('has a sentence for people, and a code if it is a failure: %j', (outcome, code, sentence) => {
    expect(isFailure(outcome) ? toFailureCode(outcome) : undefined).toBe(code);
    expect(describeOutcome(outcome)).toMatch(sentence);
    expect(describeOutcome(outcome)).toMatch(/^[A-Z].*\.$/);
    expect(describeOutcome(outcome)).not.toContain('secret');
  });
});
