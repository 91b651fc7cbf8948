import { expect, it } from 'vitest';
import { startRowClock } from '../../../src/jobs/row-clock.js';

it('tells the time of the database and what has passed since, whatever the own clock says', () => {
  let passed = 5_000;
  const now = startRowClock({ monotonicMs: () => passed }, { startedAt: new Date('2026-03-01T12:00:00Z') });
  expect(now()).toEqual(new Date('2026-03-01T12:00:00Z'));
  passed += 1_500;
  expect(now()).toEqual(new Date('2026-03-01T12:00:01.500Z'));
});
