import { expect, it } from 'vitest';
import { wellFormedAll } from '../../../src/text/well-formed.js';

it('cleans every text at any depth, and nothing else', () => {
  const date = new Date(0);
  expect(wellFormedAll({ a: 'x\0y', b: ['\ud800', { c: 'good 😀' }], d: date, e: 1, f: undefined })).toEqual({
    a: 'xy',
    b: ['\ufffd', { c: 'good 😀' }],
    d: date,
    e: 1,
    f: undefined,
  });
});
