import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { PushPermit } from '../../../src/jobs/push-limits.js';
import { answerIntent, answerPush, type CallbackDeps } from '../../../src/jobs/websub-callback.js';
import type { Subscription } from '../../../src/jobs/websub-subscription.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const DAY = 86_400_000;

const subscription: Subscription = {
  feedId: 7,
  hubUrl: 'https://hub.example/',
  topic: 'https://a.example/feed',
  secret: 'the secret',
  token: 'known',
  state: 'asked',
  dueAt: NOW,
  pushesInARow: 0,
};

/** Deps of a callback for one subscription, and a log of what they were asked to do. */
function world(permit: PushPermit = { taken: true }) {
  const log: unknown[] = [];
  const deps: CallbackDeps = {
    findByToken: async (token) => (token === subscription.token ? subscription : undefined),
    saveLease: async (feedId, lease) => void log.push({ feedId, ...lease }),
    saveRefusal: async (feedId, refusal) => void log.push({ feedId, ...refusal }),
    permitPush: () => permit,
    takePush: async (feedId, { contentType, body }) => {
      log.push({ feedId, contentType, body: Buffer.from(body).toString() });
      return { status: 'no-such-feed', feedId };
    },
  };
  return { deps, log };
}

describe('answerIntent', () => {
  const verification = {
    topic: subscription.topic,
    mode: 'subscribe',
    challenge: 'echo me',
    lease_seconds: String((10 * DAY) / 1000),
  };
  const answer = async (fields: Record<string, string>, token = 'known') => {
    const { deps, log } = world();
    const query = new URLSearchParams(Object.entries(fields).map(([name, value]): [string, string] => [`hub.${name}`, value]));
    return { answer: await answerIntent(deps, token, query), log };
  };

  it('echoes the challenge of a verification, and saves the lease and when to renew it', async () => {
    expect(await answer(verification)).toEqual({
      answer: { status: 200, text: 'echo me' },
      log: [{ feedId: 7, leaseMs: 10 * DAY, renewInMs: 8 * DAY }],
    });
  });

  it.each([
    ['for an unknown token', verification, 'unknown'],
    ['for another topic', { ...verification, topic: 'https://b.example/feed' }, 'known'],
    ['of an end that we did not ask for', { ...verification, mode: 'unsubscribe' }, 'known'],
    ['without a challenge', { ...verification, challenge: '' }, 'known'],
  ])('rejects a verification %s', async (_, fields, token) => {
    expect(await answer(fields, token)).toEqual({ answer: { status: 404, text: 'not requested' }, log: [] });
  });

  it.each([
    ['with a reason', { reason: 'no such topic' }, 'no such topic'],
    ['without a reason', {}, 'it gave no reason'],
  ])('saves a refusal %s', async (_, reason, text) => {
    expect(await answer({ topic: subscription.topic, mode: 'denied', ...reason })).toEqual({
      answer: { status: 200, text: '' },
      log: [{ feedId: 7, problem: `The hub refused the subscription: ${text}`, denied: true }],
    });
  });
});

describe('answerPush', () => {
  const sign = (body: string, secret = subscription.secret) =>
    `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  const answer = async (signature: string | undefined, { token = 'known', body = '<rss/>' } = {}) => {
    const { deps, log } = world();
    const readBody = async () => Buffer.from(body);
    return { answer: await answerPush(deps, token, { signature, contentType: 'text/xml', readBody }), log };
  };

  it('takes a push that is signed with our secret', async () => {
    expect(await answer(sign('<rss/>'))).toEqual({
      answer: { status: 202, text: '', report: { status: 'no-such-feed', feedId: 7 } },
      log: [{ feedId: 7, contentType: 'text/xml', body: '<rss/>' }],
    });
  });

  it.each<[string, string | undefined]>([
    ['has no signature', undefined],
    ['is signed with another secret', sign('<rss/>', 'a guess')],
    ['is signed for another body', sign('<other/>')],
  ])('throws away a push that %s, with the same answer', async (_, signature) => {
    expect(await answer(signature)).toEqual({
      answer: { status: 202, text: '', report: { status: 'bad-signature', feedId: 7 } },
      log: [],
    });
  });

  it('tells the hub of an unknown subscription that it is gone', async () => {
    expect((await answer(sign('<rss/>'), { token: 'unknown' })).answer).toEqual({ status: 410, text: 'no such subscription' });
  });

  it('rejects a push whose body is too large', async () => {
    const { deps, log } = world();
    const push = { signature: sign(''), contentType: 'text/xml', readBody: async () => undefined };
    expect(await answerPush(deps, 'known', push)).toEqual({ status: 413, text: 'too large' });
    expect(log).toEqual([]);
  });
});

it('answers a push beyond the limit with 429, unread, and reports the first', async () => {
  const push = { signature: undefined, contentType: '', readBody: () => Promise.reject(new Error('was read')) };
  const answer = (isFirst: boolean) =>
    answerPush(world({ taken: false, retryAfterS: 2, isFirst }).deps, subscription.token, push);
  const refusal = { status: 429, text: 'too many pushes', retryAfterS: 2 };
  expect(await answer(true)).toEqual({ ...refusal, report: { status: 'too-many-pushes', feedId: 7 } });
  expect(await answer(false)).toEqual(refusal);
});
