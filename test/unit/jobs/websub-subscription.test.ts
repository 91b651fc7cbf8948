import { describe, expect, it } from 'vitest';
import {
  ensureSubscription,
  isPushReliable,
  type SubscribeDeps,
  type Subscription,
} from '../../../src/jobs/websub-subscription.js';
import type { HubLinks } from '../../../src/web/websub.js';
import { toHostKey } from '../../builders.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const HOUR = 3_600_000;
const later = (ms: number) => new Date(NOW.getTime() + ms);

const feed = { id: 1, url: 'https://a.example/feed' };
const hubUrl = 'https://hub.example/';
const topic = 'https://a.example/self';
const live: Subscription = {
  feedId: 1,
  hubUrl,
  topic,
  secret: 'the secret',
  token: 'the-token',
  state: 'live',
  dueAt: later(HOUR),
  leaseExpiresAt: later(2 * HOUR),
  pushesInARow: 3,
};
const due: Subscription = { ...live, dueAt: NOW };

interface World {
  subscription?: Subscription;
  named?: HubLinks;
  answer?: Awaited<ReturnType<SubscribeDeps['postForm']>>;
  /** Whether each attempt to take a turn succeeds, in order. */
  turns?: boolean[];
}

/** Ensures the subscription of a feed, and logs what is saved and asked, in order. */
async function ensure({ subscription, named, answer = { kind: 'accepted', status: 202 }, turns = [true] }: World) {
  const log: [string, unknown][] = [];
  let saved: Parameters<SubscribeDeps['saveAsked']>[0] | undefined;
  let form: URLSearchParams | undefined;
  const free = [...turns];
  await ensureSubscription(
    {
      publicUrl: 'https://us.example/feedmill',
      saveAsked: async (asked) => {
        saved = asked;
        log.push(['saveAsked', asked.hubUrl]);
      },
      saveRefusal: async (_, refusal) => void log.push(['saveRefusal', refusal]),
      deleteSubscription: async (id) => void log.push(['deleteSubscription', id]),
      postForm: async (url, text) => {
        form = new URLSearchParams(text);
        log.push(['postForm', url]);
        return answer;
      },
      takeTurn: async (host) => {
        log.push(['takeTurn', host]);
        return free.shift() ? { host, leaseEnd: NOW } : undefined;
      },
      endTurn: async ({ host }, verdict) => void log.push(['endTurn', [host, verdict]]),
      toHostKey,
      monotonicMs: () => 0,
      pause: async () => void log.push(['pause', undefined]),
      retryBaseMs: 60_000,
    },
    feed,
    subscription,
    named,
    NOW,
  );
  return { log, steps: log.map(([step]) => step), saved, form };
}

const SUBSCRIBED = ['takeTurn', 'saveAsked', 'postForm', 'endTurn'];

describe('ensureSubscription', () => {
  it('asks the hub that a document names, at a turn of its host, and saves what it asks first', async () => {
    const { log, saved, form } = await ensure({ named: { hubUrl, selfUrl: topic } });
    expect(log).toEqual([
      ['takeTurn', 'hub.example'],
      ['saveAsked', hubUrl],
      ['postForm', hubUrl],
      ['endTurn', ['hub.example', { reached: true, latencyMs: 0 }]],
    ]);
    const text = expect.stringMatching(/^[\w-]{43}$/) as string;
    expect(saved).toEqual({ feedId: 1, hubUrl, topic, token: text, secret: text, dueAt: later(6 * HOUR) });
    expect(Object.fromEntries(form ?? [])).toMatchObject({
      'hub.mode': 'subscribe',
      'hub.topic': topic,
      'hub.callback': `https://us.example/feedmill/websub/${saved?.token}`,
      'hub.secret': saved?.secret,
    });
  });

  it('subscribes to the URL of the feed when the document does not name its own', async () => {
    expect((await ensure({ named: { hubUrl } })).saved?.topic).toBe(feed.url);
  });

  it.each<[string, World, string[]]>([
    ['does nothing when no hub is known', {}, []],
    ['does nothing when the document names no hub and there was none', { named: {} }, []],
    [
      'deletes the subscription when the document no longer names a hub',
      { named: {}, subscription: live },
      ['deleteSubscription'],
    ],
    ['does nothing before the subscription is due', { named: { hubUrl, selfUrl: topic }, subscription: live }, []],
    ['does nothing before the subscription is due when no document was read', { subscription: live }, []],
    ['renews a subscription that is due', { named: { hubUrl, selfUrl: topic }, subscription: due }, SUBSCRIBED],
    ['renews a subscription that is due when no document was read', { subscription: due }, SUBSCRIBED],
    ['asks another hub at once', { named: { hubUrl: 'https://other.example/', selfUrl: topic }, subscription: live }, SUBSCRIBED],
    ['asks for another topic at once', { named: { hubUrl, selfUrl: 'https://a.example/new' }, subscription: live }, SUBSCRIBED],
    ['leaves it to the next poll when the hub’s host is busy', { named: { hubUrl }, turns: [false] }, ['takeTurn']],
  ])('%s', async (_, given, expected) => {
    expect((await ensure(given)).steps).toEqual(expected);
  });

  it('keeps token and secret when it renews', async () => {
    expect((await ensure({ subscription: due })).saved).toMatchObject({ token: 'the-token', secret: 'the secret', topic });
  });

  it('leaves it to the next poll when too many requests to the address of the hub wait', async () => {
    const { saved, steps } = await ensure({ named: { hubUrl }, answer: { kind: 'crowded' } });
    expect(steps).toEqual([...SUBSCRIBED, 'saveAsked']);
    expect(saved?.dueAt).toEqual(NOW);
  });

  it('makes a new token and secret for another hub', async () => {
    const { saved } = await ensure({ named: { hubUrl: 'https://other.example/', selfUrl: topic }, subscription: due });
    expect(saved?.token).not.toBe('the-token');
    expect(saved?.secret).not.toBe('the secret');
  });

  it.each<[string, boolean[], string[]]>([
    ['waits a gap for a hub at the feed’s own host', [false, true], ['takeTurn', 'pause', ...SUBSCRIBED]],
    ['waits no longer than a gap', [false, false], ['takeTurn', 'pause', 'takeTurn']],
    ['does not wait when the turn is free', [true], SUBSCRIBED],
  ])('%s', async (_, turns, expected) => {
    expect((await ensure({ named: { hubUrl: 'https://a.example/hub' }, turns })).steps).toEqual(expected);
  });

  it('saves why the hub did not take the subscription, and what that says about its host', async () => {
    const { log } = await ensure({ named: { hubUrl }, answer: { kind: 'throttled', status: 503, retryAfterMs: HOUR } });
    expect(log.slice(-2)).toEqual([
      ['endTurn', ['hub.example', { reached: true, trouble: { waitMs: HOUR, baseMs: 60_000 } }]],
      ['saveRefusal', { problem: expect.stringContaining('503') as string, denied: false }],
    ]);
  });
});

describe('isPushReliable', () => {
  const { leaseExpiresAt: _, ...withoutLease } = live;

  it.each<[string, Subscription | undefined, boolean]>([
    ['no subscription', undefined, false],
    ['a live subscription with enough pushes', live, true],
    ['too few pushes', { ...live, pushesInARow: 2 }, false],
    ['a hub that has not verified', { ...live, state: 'asked' }, false],
    ['a hub that refused', { ...live, state: 'denied' }, false],
    ['a lease that has expired', { ...live, leaseExpiresAt: NOW }, false],
    ['no lease', withoutLease, false],
  ])('%s: %s', (_, subscription, expected) => {
    expect(isPushReliable(subscription, NOW)).toBe(expected);
  });
});
