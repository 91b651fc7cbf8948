import { describe, expect, it } from 'vitest';
import { MAX_ATTEMPTS, planArticle } from '../../../src/articles/plan.js';

const now = new Date('2026-03-01T12:00:00Z');
const middle = () => 0.5;
const wait = (dueAt: Date | null) => (dueAt ? dueAt.getTime() - now.getTime() : null);

describe('planArticle', () => {
  it('is done with an article that is stored, and gives up one that failed for good', () => {
    expect(planArticle({ attempts: 0, outcome: 'stored', now, random: middle })).toEqual({
      dueAt: null,
      attempts: 1,
      givenUp: false,
    });
    expect(planArticle({ attempts: 2, outcome: 'permanent', now, random: middle })).toEqual({
      dueAt: null,
      attempts: 3,
      givenUp: true,
    });
  });

  it.each([
    [0, 1],
    [1, 5],
    [2, 15],
    [3, 45],
    [4, 120],
    [5, 360],
    [6, 720],
  ])('after %i tries waits %i minutes', (attempts, minutes) => {
    const plan = planArticle({ attempts, outcome: 'temporary', now, random: middle });
    expect(wait(plan.dueAt)).toBe(minutes * 60_000);
    expect(plan).toMatchObject({ attempts: attempts + 1, givenUp: false });
  });

  it('tries no more than MAX_ATTEMPTS times', () => {
    const plan = planArticle({ attempts: MAX_ATTEMPTS - 1, outcome: 'temporary', now, random: middle });
    expect(plan).toEqual({ dueAt: null, attempts: MAX_ATTEMPTS, givenUp: true });
  });

  it.each([
    [0, 54_000],
    [1, 66_000],
  ])('strays a tenth to either side (random %i)', (random, ms) => {
    const plan = planArticle({ attempts: 0, outcome: 'temporary', now, random: () => random });
    expect(wait(plan.dueAt)).toBeCloseTo(ms, 3);
  });

  it('is never sooner than the server asks, and scales with retryBaseMs', () => {
    const asked = planArticle({ attempts: 0, outcome: 'temporary', retryAfterMs: 3_600_000, now, random: middle });
    expect(wait(asked.dueAt)).toBe(3_600_000);
    const fast = planArticle({ attempts: 1, outcome: 'temporary', now, random: middle, retryBaseMs: 10 });
    expect(wait(fast.dueAt)).toBe(50);
  });
});
