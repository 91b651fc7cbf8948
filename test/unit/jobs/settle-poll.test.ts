import { describe, expect, it } from 'vitest';
import type { KnownEntry } from '../../../src/feeds/recognize.js';
import type { RefreshFeedDeps } from '../../../src/jobs/refresh-feed.js';
import { MAX_SLOW_READINGS } from '../../../src/jobs/stopped.js';
import type { FeedRow } from '../../../src/jobs/subscribed-feed.js';
import type { Subscription } from '../../../src/jobs/websub-subscription.js';
import type { FetchOutcome } from '../../../src/web/outcome.js';
import { toHostKey } from '../../builders.js';
import {
  DAY,
  document,
  entry,
  FEED_URL,
  feedRow,
  HOUR,
  hoursAgo,
  later,
  liveSubscription,
  MINUTE,
  NOW,
  poll,
  reading,
  sentence,
  throttled,
  unreachable,
  type World,
} from './poll-world.js';

describe('a poll whose document took too long to read', () => {
  const stopped = { kind: 'stopped', reason: 'too-slow' } as const;

  it('is repeated soon, and no failure of the feed', async () => {
    const { result } = await poll({ feed: feedRow({ faults: 1, failures: 4 }), reading: stopped });
    expect(result).toMatchObject({ outcome: 'too-slow', faults: 2, failures: 4, dueAt: later(5 * MINUTE), error: sentence });
    expect(result).not.toHaveProperty('validators');
  });

  it('is a failure of the feed from the third time on, until a document is read', async () => {
    for (const faults of [2, 3]) {
      const { result } = await poll({ feed: feedRow({ faults }), reading: stopped });
      expect(result).toMatchObject({ outcome: 'too-slow', faults: 3, failures: 1 });
    }
    expect((await poll({ feed: feedRow({ faults: 3 }) })).result).toMatchObject({ faults: 0, failures: 0 });
  });
});

describe('a poll that fails', () => {
  it.each<[string, Partial<World>, string, string]>([
    [
      'because the document is no feed',
      { reading: { kind: 'not-a-feed', reason: 'It is a page.' } },
      'not-a-feed',
      'It is a page.',
    ],
    [
      'because reading the document took too long',
      { feed: feedRow({ faults: MAX_SLOW_READINGS - 1 }), reading: { kind: 'stopped', reason: 'too-slow' } },
      'too-slow',
      'Reading the document took too long and was stopped.',
    ],
    [
      'because reading the document took too much memory',
      { reading: { kind: 'stopped', reason: 'too-much-memory' } },
      'too-much-memory',
      'Reading the document took too much memory and was stopped.',
    ],
  ])('%s keeps neither validators nor hash, so that the document is fetched again in full', async (_, given, outcome, error) => {
    const { result, report } = await poll(given);
    expect(result).toMatchObject({ outcome, error, status: 200, failures: 1, unchangedInRow: 0 });
    for (const field of ['validators', 'bodyHash', 'parsed', 'entryDates']) expect(result).not.toHaveProperty(field);
    expect(report).toMatchObject({ status: outcome, error, entries: 0, new: 0 });
  });

  it.each<[FetchOutcome, string]>([
    [{ kind: 'server-error', status: 500 }, 'server-error'],
    [{ kind: 'refused', status: 403 }, 'refused'],
    [{ kind: 'bad-content', reason: 'encoding' }, 'bad-encoding'],
    [{ kind: 'not-allowed', reason: 'address' }, 'private-address'],
    [unreachable, 'unreachable'],
  ])('is retried later, and later each time: $kind', async (outcome, code) => {
    const first = await poll({ outcome });
    const third = await poll({ outcome, feed: feedRow({ failures: 2 }) });
    expect(first.result).toMatchObject({ outcome: code, error: sentence, failures: 1, dueAt: later(5 * MINUTE) });
    expect(third.result).toMatchObject({ failures: 3, dueAt: later(20 * MINUTE) });
  });

  it('waits as long as a throttling site asks, as does its host', async () => {
    const { result } = await poll({ outcome: throttled });
    expect(result).toMatchObject({ outcome: 'throttled', status: 429, dueAt: later(3 * HOUR) });
    expect(result?.host).toEqual({ reached: true, trouble: { waitMs: 3 * HOUR, baseMs: MINUTE } });
  });

  it('during our own outage does not count, and is repeated soon', async () => {
    const { result, report } = await poll({
      outcome: unreachable,
      feed: feedRow({ failures: 2 }),
      deps: { inOutage: async () => true },
    });
    expect(result).toMatchObject({ outcome: 'self-outage', failures: 2, dueAt: later(30_000), host: {}, error: sentence });
    expect(report).toMatchObject({ status: 'self-outage', error: sentence });
  });

  it('does not count when it could not be sent in time, and is repeated soon', async () => {
    const { result } = await poll({ outcome: { kind: 'crowded' }, feed: feedRow({ failures: 2 }) });
    expect(result).toMatchObject({ outcome: 'crowded', failures: 2, dueAt: later(30_000), host: {}, error: sentence });
  });

  it('is our own outage only if hosts are unreachable', async () => {
    const { result } = await poll({ outcome: throttled, deps: { inOutage: async () => true } });
    expect(result?.outcome).toBe('throttled');
  });
});

describe('a feed that is gone', () => {
  it.each<[string, FetchOutcome, Partial<FeedRow>, object]>([
    ['for good (410) is retired', { kind: 'gone', status: 410 }, {}, { outcome: 'gone', dueAt: null }],
    ['(404) is missing since now', { kind: 'missing', status: 404 }, {}, { missingSince: NOW, dueAt: later(5 * MINUTE) }],
    [
      '(404) for some days is still polled',
      { kind: 'missing', status: 404 },
      { missingSince: later(-29 * DAY) },
      { missingSince: later(-29 * DAY), dueAt: later(5 * MINUTE) },
    ],
    [
      '(404) for a month is retired',
      { kind: 'missing', status: 404 },
      { missingSince: later(-30 * DAY) },
      { missingSince: later(-30 * DAY), dueAt: null },
    ],
  ])('%s', async (_, outcome, fields, expected) => {
    expect((await poll({ outcome, feed: feedRow(fields) })).result).toMatchObject(expected);
  });

  it('is no longer missing after any other answer', async () => {
    const { result } = await poll({ outcome: unreachable, feed: feedRow({ missingSince: hoursAgo(1) }) });
    expect(result).not.toHaveProperty('missingSince');
  });
});

describe('the next poll', () => {
  const dates = [hoursAgo(1), hoursAgo(5), hoursAgo(9)];

  it.each<[string, World, number]>([
    ['is planned by the dates of the last document while nothing changes', { feed: feedRow({ entryDates: dates }) }, 2 * HOUR],
    ['is planned by recent polls for a feed without dates', {}, HOUR],
    ['is when the user wants it', { feed: feedRow({ pollEveryMs: 7 * HOUR }) }, 7 * HOUR],
    ['respects the publisher’s wishes', { feed: feedRow({ wishes: { pollEveryMs: 4 * HOUR } }) }, 4 * HOUR],
    ['is not before the answer goes stale', { outcome: { kind: 'unchanged', freshForMs: 5 * HOUR } }, 5 * HOUR],
  ])('%s', async (_, given, waitMs) => {
    const { result } = await poll({ outcome: { kind: 'unchanged' }, ...given });
    expect(result?.dueAt).toEqual(later(waitMs));
  });

  it('respects the wishes of the new document', async () => {
    const feed = feedRow({ wishes: { pollEveryMs: 4 * HOUR } });
    expect((await poll({ feed, reading: reading({ wishes: { pollEveryMs: 9 * HOUR } }) })).result?.dueAt).toEqual(
      later(9 * HOUR),
    );
    expect((await poll({ feed, reading: reading({ wishes: {} }) })).result?.dueAt).toEqual(later(HOUR));
  });

  it('looks at recent polls only for a feed without dates', async () => {
    const loadRecentPolls = async (): Promise<never> => {
      throw new Error('not needed');
    };
    await expect(poll({ feed: feedRow({ entryDates: dates }), deps: { loadRecentPolls } })).resolves.toBeDefined();
  });

  it.each<[string, Partial<Subscription> | undefined, number]>([
    ['comes as usual without a hub', undefined, 2],
    ['comes four times less often when the hub pushes reliably', {}, 8],
    ['comes as usual while the hub has not pushed enough', { pushesInARow: 2 }, 2],
    ['comes as usual after the lease has expired', { leaseExpiresAt: hoursAgo(1) }, 2],
    ['comes as usual when the hub refused', { state: 'denied' }, 2],
  ])('%s', async (_, fields, hours) => {
    const { result } = await poll({
      feed: feedRow({ entryDates: dates }),
      outcome: { kind: 'unchanged' },
      ...(fields ? { subscription: { ...liveSubscription, ...fields } } : {}),
    });
    expect(result?.dueAt).toEqual(later(hours * HOUR));
  });
});

describe('the identity of entries', () => {
  const known = (n: number): KnownEntry => ({
    key: `old${n}`,
    guid: `old${n}`,
    normalizedUrl: `https://a.example/${n}`,
    title: `Story ${n}`,
    contentHash: `h${n}`,
  });

  it('is the key of the stored entry', async () => {
    const { entries, log } = await poll({ known: [known(1)] });
    expect(entries.map(({ key }) => key)).toEqual(['old1', 'g2']);
    expect(log).not.toContainEqual({ keyByLink: 1 });
  });

  it('is the link once all guids have changed, for this document too', async () => {
    const three = reading({ entries: [1, 2, 3, 4].map(entry) });
    const { entries, log } = await poll({ reading: three, known: [1, 2, 3].map(known) });
    expect(entries.map(({ key }) => key)).toEqual(['old1', 'old2', 'old3', 'https://a.example/4']);
    expect(log).toContainEqual({ keyByLink: 1 });
  });

  it('stays the link in a feed whose guids changed before', async () => {
    const { entries } = await poll({ feed: feedRow({ identity: 'link' }) });
    expect(entries.map(({ key }) => key)).toEqual(['https://a.example/1', 'https://a.example/2']);
  });
});

describe('the hub of a feed', () => {
  /** Polls a feed whose hubs may be asked, and logs what is done about its subscription. */
  async function pollWithHubs(given: World) {
    const asked: unknown[] = [];
    const deps: Partial<RefreshFeedDeps> = {
      ...given.deps,
      hubs: {
        publicUrl: 'https://us.example',
        saveAsked: async ({ hubUrl, topic }) => void asked.push({ hubUrl, topic }),
        saveRefusal: async () => undefined,
        deleteSubscription: async (id) => void asked.push({ deleted: id }),
        postForm: async () => ({ kind: 'accepted', status: 202 }),
        takeTurn: async (host) => ({ host, leaseEnd: NOW }),
        endTurn: async () => undefined,
        toHostKey,
        monotonicMs: () => 0,
        pause: async () => undefined,
        retryBaseMs: MINUTE,
      },
    };
    await poll({ ...given, deps });
    return asked;
  }
  const hubUrl = 'https://hub.example/';
  const linkHeader = { ...document, link: '<https://other.example/hub>; rel="hub"' };

  it.each<[string, World, unknown[]]>([
    ['is asked when the document names it', { reading: reading({ hubUrl }) }, [{ hubUrl, topic: FEED_URL }]],
    [
      'is asked for the URL that the document calls its own',
      { reading: reading({ hubUrl, selfUrl: 'https://a.example/self' }) },
      [{ hubUrl, topic: 'https://a.example/self' }],
    ],
    [
      'is rather that of the Link header',
      { reading: reading({ hubUrl }), outcome: linkHeader },
      [{ hubUrl: 'https://other.example/hub', topic: FEED_URL }],
    ],
    ['is left when the document no longer names it', { subscription: liveSubscription }, [{ deleted: 1 }]],
    ['is not asked when there is none', {}, []],
    ['is not asked again before its subscription is due', { reading: reading({ hubUrl }), subscription: liveSubscription }, []],
    [
      'is kept when the document is unchanged',
      { outcome: { kind: 'unchanged' }, subscription: { ...liveSubscription, dueAt: NOW } },
      [{ hubUrl, topic: FEED_URL }],
    ],
    [
      'is not asked by the poll that adopts a new address, under which the next one asks, unless the feed was merged',
      {
        feed: feedRow({
          redirect: { url: 'https://b.example/feed', count: 1, permanent: true },
          turn: { host: 'b.example', leaseEnd: NOW },
          moved: { to: 'https://b.example/feed', since: hoursAgo(25), polls: 2 },
        }),
        reading: reading({ hubUrl }),
      },
      [],
    ],
    ['is not asked when the poll failed', { outcome: unreachable, subscription: { ...liveSubscription, dueAt: NOW } }, []],
  ])('%s', async (_, given, expected) => {
    expect(await pollWithHubs(given)).toEqual(expected);
  });
});
