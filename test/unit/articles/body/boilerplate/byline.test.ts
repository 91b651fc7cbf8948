import { describe, expect, it } from 'vitest';
import { isByline } from '../../../../../src/articles/body/boilerplate/byline.js';

describe('isByline', () => {
  it.each([
    ['Ada Example, Harbour', true],
    [`Ada Example told us in the saloon that she had never seen such a wind`, false],
    ['By Bea Muster', true],
    ['Von Bea Muster', true],
    ['Par Bea Muster', true],
    ['By the sea', false],
    [`By Bea Muster ${'and others '.repeat(20)}`, false],
  ])('of %j is %s', (text, expected) => expect(isByline(text, ['Ada Example'])).toBe(expected));
});
