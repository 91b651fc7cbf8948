import { describe, expect, it } from 'vitest';
import { findEnd, isEndLine } from '../../../../../src/articles/body/boilerplate/end.js';
import { block, position } from './block.js';

describe('isEndLine', () => {
  it.each([
    ['Related articles', true],
    ['More from the harbour', true],
    ['You may also like', true],
    ['— Comments —', true],
    ['About the author', true],
    ['Mehr zum Thema Hafen', true],
    ['Lesen Sie auch:', true],
    ['À lire aussi', true],
    ['Te puede interesar', true],
    ['関連記事', true],
    ['Related articles of the constitution', false],
    ['Moreover', false],
    [`Sign up ${'now '.repeat(30)}`, false],
  ])('of %j is %s', (text, expected) => expect(isEndLine(text)).toBe(expected));
});

describe('findEnd', () => {
  const blocks = [block('a'), block('Comments'), block('b'), block('Comments'), block('c')];
  const positions = [1, 0.5, 0.5, 0.1, 0.1].map((proseLeft) => position({ proseLeft }));

  it('gives the first such line with little prose left', () => expect(findEnd(blocks, positions)).toBe(3));
  it('gives the number of blocks if there is none', () => expect(findEnd(blocks.slice(0, 3), positions)).toBe(3));
});
