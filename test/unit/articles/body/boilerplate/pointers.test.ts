import { describe, expect, it } from 'vitest';
import { isPointer, opensAsPointer } from '../../../../../src/articles/body/boilerplate/pointers.js';
import { block } from './block.js';

describe('opensAsPointer', () => {
  it.each([
    ['Read more: ten ferries', true],
    ['>> See also ten ferries', true],
    ['Don’t miss ten ferries', true],
    ['Mehr zum Thema', true],
    ['Lire aussi : dix bateaux', true],
    ['Leia também', true],
    ['▶ 関連記事', true],
    ['관련 뉴스', true],
    ['اقرأ أيضا', true],
    ['Readers liked it', false],
    ['Moreover, it rained', false],
    ['We read more', false],
  ])('of %j is %s', (text, expected) => expect(opensAsPointer(text)).toBe(expected));
});

describe('isPointer', () => {
  const TEXT = 'Read more: ten ferries came';
  it.each([
    ['that is mostly a link', block(TEXT, { linked: 20 }), true],
    ['that is a link to a third', block(TEXT, { linked: 9 }), true],
    ['with a short link', block(TEXT, { linked: 3 }), false],
    ['with a short link and a colon at its end', block('Read more about ferries here:', { linked: 3 }), true],
    ['without a link', block(TEXT), false],
    ['that is a heading', block(TEXT, { linked: 20, name: 'h2' }), false],
    ['that opens otherwise', block('Ten ferries came', { linked: 16 }), false],
  ])('of a block %s', (_, text, expected) => expect(isPointer(text)).toBe(expected));
});
