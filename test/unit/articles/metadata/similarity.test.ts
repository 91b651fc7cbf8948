import { describe, expect, it } from 'vitest';
import { titleSimilarity, toMatchKey } from '../../../../src/articles/metadata/similarity.js';

describe('titleSimilarity', () => {
  it.each([
    ['the same words', 'The ferry is late', 'the FERRY is late!', 1],
    ['half of the words', 'ferry late', 'ferry punctual', 0.5],
    ['no common word', 'The ferry', 'A bridge', 0],
    ['no word at all', '', 'The ferry', 0],
    ['characters, where words are not separated', '渡船晚点', '渡船晚点', 1],
  ])('compares %s', (_, a, b, expected) => expect(titleSimilarity(a, b)).toBe(expected));

  it('scores a much shorter title less', () =>
    expect(titleSimilarity('ferry', 'the ferry is late again and nobody on the quay knows why')).toBeLessThan(0.5));
});

describe('toMatchKey', () => {
  it('keeps letters and digits in lower case', () => expect(toMatchKey('The Daily-Ferry, No. 1!')).toBe('thedailyferryno1'));
});
