import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseDuration, writeDuration } from '../../../src/text/durations.js';

it.each([
  [0, '0ms'],
  [1, '1ms'],
  [1_500, '1500ms'],
  [90_000, '90s'],
  [1_800_000, '30m'],
  [86_400_000, '1d'],
])('writes %i ms as %s', (ms, text) => expect(writeDuration(ms)).toBe(text));

it('reads back what it writes', () =>
  fc.assert(fc.property(fc.nat({ max: 2 ** 31 }), (ms) => parseDuration(writeDuration(ms)) === ms)));

it.each(['', '5', 'm', '-5m', '5 minutes', '1e3s'])('reads no duration in %j', (text) => expect(parseDuration(text)).toBeNaN());
