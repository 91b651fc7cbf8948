import { describe, expect, it } from 'vitest';
import { MAX_ATTEMPTS, nextTry } from '../../../src/articles/plan.js';

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
