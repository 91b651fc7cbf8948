import { describe, expect, it } from 'vitest';
import type { PollFacts } from '../../../src/feeds/poll-facts.js';
import { isConditional, planPoll } from '../../../src/feeds/schedule.js';

const NOW = new Date('2026-05-01T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A `random` of one half is no jitter at all. */
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

describe('planPoll', () => {
  it.each<[string, Partial<PollFacts>, number | null]>([
    ['half the median gap', { publishedAts: every(2 * HOUR) }, HOUR],
    ['in whatever order the dates come', { publishedAts: every(2 * HOUR).reverse() }, HOUR],
    ['never under the minimum', { publishedAts: every(MINUTE) }, 5 * MINUTE],
    ['never over the maximum', { publishedAts: every(30 * DAY) }, DAY],
    ['no sooner than the publisher asks', { publishedAts: every(2 * HOUR), wishes: { pollEveryMs: 3 * HOUR } }, 3 * HOUR],
    ['no sooner than the answer is stale', { publishedAts: every(2 * HOUR), freshForMs: 2 * HOUR }, 2 * HOUR],
    ['what the publisher asks is bounded', { publishedAts: every(2 * HOUR), wishes: { pollEveryMs: 300 * DAY } }, DAY],
    ['four times fewer where a hub tells us', { publishedAts: every(2 * HOUR), pushReliable: true }, 4 * HOUR],
    ['of a busy feed too', { publishedAts: every(MINUTE), pushReliable: true }, 20 * MINUTE],
    ['but never to a stop', { publishedAts: every(30 * DAY), pushReliable: true }, DAY],
    [
      'the interval of the user wins',
      { publishedAts: every(2 * HOUR), wishes: { pollEveryMs: 3 * HOUR }, override: 10 * MINUTE },
      10 * MINUTE,
    ],
    ['Retry-After wins over that', { override: 10 * MINUTE, retryAfterMs: 2 * HOUR }, 2 * HOUR],
    ['the first failure', { outcome: 'failed' }, 5 * MINUTE],
    ['the second', { outcome: 'failed', failures: 1 }, 10 * MINUTE],
    ['the fifth', { outcome: 'failed', failures: 4 }, 80 * MINUTE],
    ['the thousandth is tried within a day', { outcome: 'failed', failures: 1_000 }, DAY],
    ['Retry-After of a failure', { outcome: 'failed', retryAfterMs: 3 * HOUR }, 3 * HOUR],
    [
      'a month of 404 is never',
      { outcome: 'failed', absence: 'missing', failures: 40, missingSince: new Date(NOW.getTime() - 31 * DAY) },
      null,
    ],
    [
      'a week of 404 is not',
      { outcome: 'failed', absence: 'missing', failures: 40, missingSince: new Date(NOW.getTime() - 7 * DAY) },
      DAY,
    ],
    ['a feed that sleeps', { publishedAts: every(HOUR).map((date) => new Date(date.getTime() - 10 * DAY)) }, DAY],
    ['a feed that fell asleep', { publishedAts: every(HOUR).map((date) => new Date(date.getTime() - 20 * HOUR)) }, 2 * HOUR],
    [
      'a burst that fills the document',
      {
        publishedAts: [...every(MINUTE, 15), ...every(MINUTE, 15).map((date) => new Date(date.getTime() - 2 * HOUR))].sort(
          (a, b) => b.getTime() - a.getTime(),
        ),
      },
      5 * MINUTE,
    ],
    ['hours that are skipped', { publishedAts: every(2 * HOUR), wishes: { skipHours: [13, 14] } }, 3 * HOUR],
    ['days that are skipped, for a day at the most', { publishedAts: every(2 * HOUR), wishes: { skipDays: [5, 6] } }, 25 * HOUR],
    ['all hours skipped are none', { publishedAts: every(2 * HOUR), wishes: { skipHours: [...Array(24).keys()] } }, HOUR],
    ['without dates, the first poll', { outcome: 'news' }, 5 * MINUTE],
    [
      'without dates, half of how often there was news',
      { outcome: 'news', recentPolls: [1, 2, 3].map((n) => ({ at: new Date(NOW.getTime() - n * 2 * HOUR), news: true })) },
      45 * MINUTE,
    ],
    [
      'without dates or news, half as long as we know',
      { outcome: 'steady', recentPolls: [{ at: new Date(NOW.getTime() - 8 * HOUR), news: false }] },
      4 * HOUR,
    ],
    ['gone is never', { outcome: 'failed', absence: 'gone' }, null],
  ])('%s', (_, given, expected) => expect(wait(given)).toBe(expected));

  it('counts failures in a row, and forgets them', () => {
    expect(planPoll(facts({ outcome: 'failed', failures: 3 })).failures).toBe(4);
    expect(planPoll(facts({ outcome: 'steady', failures: 3 })).failures).toBe(0);
  });

  it('spreads failures by a tenth to either side', () => {
    const at = (random: number) => wait({ outcome: 'failed', failures: 4, random: () => random });
    expect([at(0), at(1)]).toEqual([72 * MINUTE, 88 * MINUTE]);
  });

  it.each<[string, Partial<PollFacts>, number, number]>([
    ['POLL_MIN, upward', { publishedAts: every(MINUTE) }, 5 * MINUTE, 5.5 * MINUTE],
    [
      'what the publisher asks, upward',
      { publishedAts: every(2 * HOUR), wishes: { pollEveryMs: 3 * HOUR } },
      3 * HOUR,
      3.3 * HOUR,
    ],
    ['POLL_MAX, downward', { publishedAts: every(30 * DAY) }, 0.9 * DAY, DAY],
    [
      'skipped hours, after them',
      { publishedAts: every(2 * HOUR), wishes: { skipHours: [12, 13, 14] } },
      3 * HOUR,
      3 * HOUR + 10 * MINUTE,
    ],
  ])('spreads over a tenth what meets at a bound: %s', (_, given, from, to) => {
    const waits = Array.from({ length: 101 }, (_, n) => wait({ ...given, random: () => n / 100 }) ?? 0);
    expect(Math.min(...waits)).toBeCloseTo(from, -1);
    expect(Math.max(...waits)).toBeCloseTo(to, -1);
    expect(new Set(waits.map(Math.round)).size).toBeGreaterThan(40);
  });

  it('says why, in the order in which it counted', () => {
    const { reasons } = planPoll(
      facts({ publishedAts: every(2 * HOUR), wishes: { pollEveryMs: 3 * HOUR }, retryAfterMs: 4 * HOUR }),
    );
    expect(reasons).toEqual([
      'its entries appear about 2 h apart, so it is polled after half of that, 60 min',
      'the publisher asks for at most one poll every 3 h (ttl, sy:updatePeriod)',
      'the site asks for a pause of 4 h (Retry-After)',
    ]);
  });

  it('asks for the whole document now and then', () => {
    const asked = Array.from({ length: 90 }, (_, n) => isConditional(n));
    expect(asked.filter((conditional) => !conditional)).toHaveLength(3);
    expect(asked[0]).toBe(true);
  });

  it('polls a feed without dates all the same', () => {
    const ms = wait({ outcome: 'steady' }) ?? 0;
    expect(ms).toBeGreaterThanOrEqual(5 * MINUTE);
    expect(ms).toBeLessThanOrEqual(DAY);
  });
});
