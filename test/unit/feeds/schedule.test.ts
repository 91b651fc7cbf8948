import { describe, expect, it } from 'vitest';
import type { PollFacts } from '../../../src/feeds/poll-facts.js';
import { isConditional, planPoll } from '../../../src/feeds/schedule.js';

const NOW = new Date('2026-05-01T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A `random` of one half means no jitter. */
const facts = (given: Partial<PollFacts>): PollFacts => ({
  now: NOW,
  outcome: 'news',
  publishedAts: [],
  failures: 0,
  minMs: 5 * MINUTE,
  maxMs: DAY,
  random: () => 0.5,
  ...given,
});
const wait = (given: Partial<PollFacts>) => {
  const { dueAt } = planPoll(facts(given));
  return dueAt === null ? null : dueAt.getTime() - NOW.getTime();
};
const every = (gap: number, count = 10) => Array.from({ length: count }, (_, n) => new Date(NOW.getTime() - n * gap));

describe('planPoll waits', () => {
  it.each<[string, Partial<PollFacts>, number | null]>([
    ['half the median gap', { publishedAts: every(2 * HOUR) }, HOUR],
    ['half the median gap, whatever the order of the dates', { publishedAts: every(2 * HOUR).reverse() }, HOUR],
    ['at least POLL_MIN', { publishedAts: every(MINUTE) }, 5 * MINUTE],
    ['at most POLL_MAX', { publishedAts: every(30 * DAY) }, DAY],
    ['as long as the publisher asks', { publishedAts: every(2 * HOUR), wishes: { pollEveryMs: 3 * HOUR } }, 3 * HOUR],
    ['until the response is stale', { publishedAts: every(2 * HOUR), freshForMs: 2 * HOUR }, 2 * HOUR],
    ['at most POLL_MAX, whatever the publisher asks', { publishedAts: every(2 * HOUR), wishes: { pollEveryMs: 300 * DAY } }, DAY],
    ['four times as long if a hub pushes reliably', { publishedAts: every(2 * HOUR), pushReliable: true }, 4 * HOUR],
    ['four times POLL_MIN for a busy feed with a reliable hub', { publishedAts: every(MINUTE), pushReliable: true }, 20 * MINUTE],
    ['at most POLL_MAX, however reliable the hub', { publishedAts: every(30 * DAY), pushReliable: true }, DAY],
    [
      'the interval that the user chose',
      { publishedAts: every(2 * HOUR), wishes: { pollEveryMs: 3 * HOUR }, override: 10 * MINUTE },
      10 * MINUTE,
    ],
    ['until Retry-After, whatever the user chose', { override: 10 * MINUTE, retryAfterMs: 2 * HOUR }, 2 * HOUR],
    ['POLL_MIN after the first failure', { outcome: 'failed' }, 5 * MINUTE],
    ['twice that after the second', { outcome: 'failed', failures: 1 }, 10 * MINUTE],
    ['16 times that after the fifth', { outcome: 'failed', failures: 4 }, 80 * MINUTE],
    ['at most a day after the thousandth', { outcome: 'failed', failures: 1_000 }, DAY],
    ['until Retry-After after a failure', { outcome: 'failed', retryAfterMs: 3 * HOUR }, 3 * HOUR],
    [
      'for ever after a month of 404',
      { outcome: 'failed', absence: 'missing', failures: 40, missingSince: new Date(NOW.getTime() - 31 * DAY) },
      null,
    ],
    [
      'a day after a week of 404',
      { outcome: 'failed', absence: 'missing', failures: 40, missingSince: new Date(NOW.getTime() - 7 * DAY) },
      DAY,
    ],
    [
      'a day for a feed that has been silent for days',
      { publishedAts: every(HOUR).map((date) => new Date(date.getTime() - 10 * DAY)) },
      DAY,
    ],
    [
      'a tenth of the silence of a feed that has just fallen silent',
      { publishedAts: every(HOUR).map((date) => new Date(date.getTime() - 20 * HOUR)) },
      2 * HOUR,
    ],
    [
      'less for a document that a burst has filled',
      {
        publishedAts: [...every(MINUTE, 15), ...every(MINUTE, 15).map((date) => new Date(date.getTime() - 2 * HOUR))].sort(
          (a, b) => b.getTime() - a.getTime(),
        ),
      },
      5 * MINUTE,
    ],
    ['until after the skipped hours', { publishedAts: every(2 * HOUR), wishes: { skipHours: [13, 14] } }, 3 * HOUR],
    [
      'until after the skipped days, at most a day longer',
      { publishedAts: every(2 * HOUR), wishes: { skipDays: [5, 6] } },
      25 * HOUR,
    ],
    ['as usual if all hours are skipped', { publishedAts: every(2 * HOUR), wishes: { skipHours: [...Array(24).keys()] } }, HOUR],
    ['POLL_MIN after the first poll of a feed without dates', { outcome: 'news' }, 5 * MINUTE],
    [
      'half the time between polls with news if there are no dates',
      { outcome: 'news', recentPolls: [1, 2, 3].map((n) => ({ at: new Date(NOW.getTime() - n * 2 * HOUR), news: true })) },
      45 * MINUTE,
    ],
    [
      'half the time since the first poll if there are neither dates nor news',
      { outcome: 'steady', recentPolls: [{ at: new Date(NOW.getTime() - 8 * HOUR), news: false }] },
      4 * HOUR,
    ],
    ['for ever after 410', { outcome: 'failed', absence: 'gone' }, null],
  ])('%s', (_, given, expected) => expect(wait(given)).toBe(expected));
});

describe('planPoll', () => {
  it('counts failures in a row, and resets the count after a success', () => {
    expect(planPoll(facts({ outcome: 'failed', failures: 3 })).failures).toBe(4);
    expect(planPoll(facts({ outcome: 'steady', failures: 3 })).failures).toBe(0);
  });

  it('spreads retries by a tenth to either side', () => {
    const at = (random: number) => wait({ outcome: 'failed', failures: 4, random: () => random });
    expect([at(0), at(1)]).toEqual([72 * MINUTE, 88 * MINUTE]);
  });

  it.each<[string, Partial<PollFacts>, number, number]>([
    ['POLL_MIN, upwards', { publishedAts: every(MINUTE) }, 5 * MINUTE, 5.5 * MINUTE],
    [
      'what the publisher asks, upwards',
      { publishedAts: every(2 * HOUR), wishes: { pollEveryMs: 3 * HOUR } },
      3 * HOUR,
      3.3 * HOUR,
    ],
    ['POLL_MAX, downwards', { publishedAts: every(30 * DAY) }, 0.9 * DAY, DAY],
    [
      'skipped hours, by ten minutes after them',
      { publishedAts: every(2 * HOUR), wishes: { skipHours: [12, 13, 14] } },
      3 * HOUR,
      3 * HOUR + 10 * MINUTE,
    ],
  ])('spreads feeds that meet at a limit: %s', (_, given, from, to) => {
    const waits = Array.from({ length: 101 }, (_, n) => wait({ ...given, random: () => n / 100 }) ?? 0);
    expect(Math.min(...waits)).toBeCloseTo(from, -1);
    expect(Math.max(...waits)).toBeCloseTo(to, -1);
    expect(new Set(waits.map(Math.round)).size).toBeGreaterThan(40);
  });

  it('gives its reasons in the order in which they were applied', () => {
    const { reasons } = planPoll(
      facts({ publishedAts: every(2 * HOUR), wishes: { pollEveryMs: 3 * HOUR }, retryAfterMs: 4 * HOUR }),
    );
    expect(reasons).toEqual([
      'its entries appear about 2 h apart, so it is polled after half of that, 60 min',
      'the publisher asks for at most one poll every 3 h (ttl, sy:updatePeriod)',
      'the site asks for a pause of 4 h (Retry-After)',
    ]);
  });

  it('fetches the whole document now and then', () => {
    const asked = Array.from({ length: 90 }, (_, n) => isConditional(n));
    expect(asked.filter((conditional) => !conditional)).toHaveLength(3);
    expect(asked[0]).toBe(true);
  });

  it('polls a feed without dates within the limits', () => {
    const ms = wait({ outcome: 'steady' }) ?? 0;
    expect(ms).toBeGreaterThanOrEqual(5 * MINUTE);
    expect(ms).toBeLessThanOrEqual(DAY);
  });

  it('follows the pace of the feed', () => expect(wait({ outcome: 'steady', publishedAts: every(HOUR) })).toBe(30 * MINUTE));
  it('never polls sooner than the publisher asks', () =>
    expect(wait({ outcome: 'steady', publishedAts: every(HOUR), wishes: { pollEveryMs: 2 * HOUR } })).toBe(2 * HOUR));
  it('never waits longer than POLL_MAX', () => expect(wait({ outcome: 'steady', wishes: { pollEveryMs: 1e12 } })).toBe(DAY));
  it('doubles the wait with each failure', () =>
    expect([0, 1, 2].map((failures) => wait({ outcome: 'failed', failures }))).toEqual([5 * MINUTE, 10 * MINUTE, 20 * MINUTE]));
  it('never stops polling because of failures', () =>
    expect(wait({ outcome: 'failed', failures: 500 })).toBeLessThanOrEqual(DAY * 1.1));
  it('obeys Retry-After', () => expect(wait({ outcome: 'failed', retryAfterMs: 5_000_000 })).toBe(5_000_000));
  it('retires a feed that is gone', () => expect(wait({ outcome: 'failed', absence: 'gone' })).toBeNull());
  it("obeys the user's interval", () =>
    expect(wait({ outcome: 'steady', override: 5_000, wishes: { pollEveryMs: 2 * HOUR } })).toBe(5_000));
});
