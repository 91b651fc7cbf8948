import { expect, it } from 'vitest';
import { holdAfter, MAX_ATTEMPTS, retryAfter } from '../../../src/deliveries/retry-schedule.js';

const MINUTE = 60_000;

it('tries a message for more than three days', () => {
  const waits = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, n) => retryAfter(n + 1, MINUTE, 0.5) ?? 0);
  expect(waits.map((ms) => ms / MINUTE)).toEqual([0.1, 1, 5, 30, 120, 300, 600, 840, 1200, 1440]);
  expect(waits.reduce((sum, ms) => sum + ms) / (24 * 60 * MINUTE)).toBeGreaterThan(3);
  expect(retryAfter(MAX_ATTEMPTS, MINUTE, 0.5)).toBeUndefined();
});

it.each([
  [1, 6_000],
  [2, 12_000],
  [5, 96_000],
  [10, 3_072_000],
  [11, 3_600_000],
  [100_000, 3_600_000],
])('leaves a receiver alone after %i failures for %i ms', (failures, ms) => {
  expect(holdAfter(failures, MINUTE, 0.5)).toBe(ms);
});

it('spreads both by a fifth', () => {
  expect([0, 1].map((random) => retryAfter(2, MINUTE, random))).toEqual([48_000, 72_000]);
  expect([0, 1].map((random) => holdAfter(1, MINUTE, random))).toEqual([4_800, 7_200]);
});
