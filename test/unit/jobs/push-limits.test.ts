import { expect, it } from 'vitest';
import { createPushLimits } from '../../../src/jobs/push-limits.js';

it('takes as many pushes of a subscription as a minute may bring, and then one whenever there is room again', () => {
  let now = 1_000;
  const take = createPushLimits(6, () => now);
  const takeMany = (feedId: number, count: number) => Array.from({ length: count }, () => take(feedId).taken);
  expect(takeMany(1, 6)).toEqual(Array(6).fill(true));
  expect(take(1)).toEqual({ taken: false, retryAfterS: 10, isFirst: true });
  expect(take(1)).toEqual({ taken: false, retryAfterS: 10, isFirst: false });
  // Others have a limit of their own.
  expect(take(2)).toEqual({ taken: true });
  now += 4_000;
  expect(take(1)).toEqual({ taken: false, retryAfterS: 6, isFirst: false });
  now += 6_000;
  expect(take(1)).toEqual({ taken: true });
  expect(take(1)).toMatchObject({ taken: false, isFirst: true });
  now += 3_600_000;
  expect(takeMany(1, 7)).toEqual([true, true, true, true, true, true, false]);
});
