import { describe, expect, it } from 'vitest';
import { MAX_ATTEMPTS, nextRevisit, nextTry } from '../../../src/articles/retry-and-revisit.js';

const now = new Date('2026-03-01T12:00:00Z');
const failed = { now, random: () => 0.5, retryBaseMs: 60_000 };
const wait = (dueAt: Date | null) => (dueAt ? dueAt.getTime() - now.getTime() : null);

describe('nextTry', () => {
  it.each([
    [1, 1],
    [2, 5],
    [3, 15],
    [4, 45],
    [5, 120],
    [6, 360],
    [7, 720],
  ])('waits after %i attempts for %i minutes', (attempts, minutes) => {
    expect(wait(nextTry({ ...failed, attempts }))).toBe(minutes * 60_000);
  });

  it('gives up after MAX_ATTEMPTS', () => {
    expect(nextTry({ ...failed, attempts: MAX_ATTEMPTS })).toBeNull();
    expect(nextTry({ ...failed, attempts: MAX_ATTEMPTS + 5 })).toBeNull();
  });

  it('spreads its attempts over about a day', () => {
    const waits = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, made) => wait(nextTry({ ...failed, attempts: made + 1 })) ?? 0);
    expect(waits.reduce((sum, ms) => sum + ms, 0) / 3_600_000).toBeCloseTo(21.1, 1);
  });

  it.each([
    [0, 54_000],
    [1, 66_000],
  ])('varies the wait by up to 10 %% (random %i)', (random, ms) => {
    expect(wait(nextTry({ ...failed, attempts: 1, random: () => random }))).toBeCloseTo(ms, 3);
  });

  it('waits at least as long as the server asks', () => {
    expect(wait(nextTry({ ...failed, attempts: 1, retryAfterMs: 3_600_000 }))).toBe(3_600_000);
  });

  it('scales with retryBaseMs', () => {
    expect(wait(nextTry({ ...failed, attempts: 2, retryBaseMs: 10 }))).toBe(50);
  });
});

describe('nextRevisit', () => {
  const HOUR = 3_600_000;
  const revisitDelays = [1, 6, 24, 72].map((hours) => hours * HOUR);
  const at = (hours: number) => new Date(now.getTime() + hours * HOUR);
  const revisit = (ageHours: number, more: { publishedAt?: Date; revisitDelays?: number[]; random?: () => number } = {}) =>
    nextRevisit({ storedAt: now, now: at(ageHours), random: () => 0, revisitDelays, ...more });

  it.each([
    [0, 1],
    [0.9, 1],
    [1, 6],
    [6.5, 24],
    [24, 72],
  ])('is scheduled, for a record stored %d hours ago, at an age of %d hours', (age, hours) => {
    expect(revisit(age)).toEqual(at(hours));
  });

  it.each([
    ['after the last delay', revisit(72)],
    ['when there are no delays', revisit(0, { revisitDelays: [] })],
    ['for an article that was old when it was stored', revisit(0, { publishedAt: at(-73) })],
  ])('does not happen %s', (_, none) => {
    expect(none).toBeNull();
  });

  it('happens for an article published shortly before it was stored', () => {
    expect(revisit(0, { publishedAt: at(-71) })).toEqual(at(1));
  });

  it('is never early, and at most 10 % late', () => {
    expect(revisit(0, { random: () => 1 })).toEqual(at(1.1));
  });
});
