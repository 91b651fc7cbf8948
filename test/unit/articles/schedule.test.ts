import { describe, expect, it } from 'vitest';
import { MAX_ATTEMPTS, nextLook, nextTry } from '../../../src/articles/schedule.js';

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
  ])('after %i tries waits %i minutes', (attempts, minutes) => {
    expect(wait(nextTry({ ...failed, attempts }))).toBe(minutes * 60_000);
  });

  it('gives up after MAX_ATTEMPTS', () => {
    expect(nextTry({ ...failed, attempts: MAX_ATTEMPTS })).toBeNull();
    expect(nextTry({ ...failed, attempts: MAX_ATTEMPTS + 5 })).toBeNull();
  });

  it('tries over about a day', () => {
    const waits = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, made) => wait(nextTry({ ...failed, attempts: made + 1 })) ?? 0);
    expect(waits.reduce((sum, ms) => sum + ms, 0) / 3_600_000).toBeCloseTo(21.1, 1);
  });

  it.each([
    [0, 54_000],
    [1, 66_000],
  ])('strays a tenth to either side (random %i)', (random, ms) => {
    expect(wait(nextTry({ ...failed, attempts: 1, random: () => random }))).toBeCloseTo(ms, 3);
  });

  it('is never sooner than the server asks, and scales with retryBaseMs', () => {
    expect(wait(nextTry({ ...failed, attempts: 1, retryAfterMs: 3_600_000 }))).toBe(3_600_000);
    expect(wait(nextTry({ ...failed, attempts: 2, retryBaseMs: 10 }))).toBe(50);
  });
});

describe('nextLook', () => {
  const HOUR = 3_600_000;
  const looks = [1, 6, 24, 72].map((hours) => hours * HOUR);
  const at = (hours: number) => new Date(now.getTime() + hours * HOUR);
  const look = (ageHours: number, more: { publishedAt?: Date; looks?: number[]; random?: () => number } = {}) =>
    nextLook({ storedAt: now, now: at(ageHours), random: () => 0, looks, ...more });

  it.each([
    [0, 1],
    [0.9, 1],
    [1, 6],
    [6.5, 24],
    [24, 72],
  ])('%d hours after the record was stored is %d hours after that', (age, hours) => {
    expect(look(age)).toEqual(at(hours));
  });

  it.each([
    ['after the last', look(72)],
    ['where there is to be none', look(0, { looks: [] })],
    ['for what was old when it was stored', look(0, { publishedAt: at(-73) })],
  ])('is none %s', (_, none) => {
    expect(none).toBeNull();
  });

  it('is due for what came out not long before', () => {
    expect(look(0, { publishedAt: at(-71) })).toEqual(at(1));
  });

  it('strays later alone', () => {
    expect(look(0, { random: () => 1 })).toEqual(at(1.1));
  });
});
