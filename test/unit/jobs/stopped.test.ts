import { expect, it } from 'vitest';
import { describeStopped } from '../../../src/jobs/stopped.js';

it.each([
  ['too-slow', 'Reading the page took too long and was stopped.'],
  ['too-much-memory', 'Reading the page took too much memory and was stopped.'],
] as const)('describes that reading was stopped: %s', (reason, sentence) => {
  expect(describeStopped(reason, 'the page')).toBe(sentence);
});
