import { describe, expect, it } from 'vitest';
import { makeExcerpt } from '../../../../src/articles/output/excerpt.js';

describe('makeExcerpt', () => {
  it('returns a short text unchanged', () => expect(makeExcerpt('Short.')).toBe('Short.'));

  it.each([
    ['after a sentence', `${'word '.repeat(40)}end. ${'more '.repeat(40)}`, / end\.$/],
    ['after a sentence without spaces', `${'a'.repeat(200)}. ${'b'.repeat(200)}`, /^a{200}\.$/],
    ['after a word if there is no sentence to end at', 'word '.repeat(100), / word…$/],
    ['without splitting a surrogate pair', '😀'.repeat(300), /^(😀)+…$/u],
  ])('cuts a long text %s', (_, text, expected) => {
    const excerpt = makeExcerpt(text);
    expect(excerpt).toMatch(expected);
    expect(excerpt.length).toBeLessThanOrEqual(280);
  });
});
