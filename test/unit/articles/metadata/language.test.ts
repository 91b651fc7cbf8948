import { describe, expect, it } from 'vitest';
import { detectLanguage, toLanguageTag } from '../../../../src/articles/metadata/language.js';
import { SAMPLES } from '../pages.js';

describe('detectLanguage', () => {
  it.each(SAMPLES)('detects $language', ({ language, paragraphs }) =>
    expect(detectLanguage(paragraphs.join(' ').repeat(2))).toBe(language),
  );
  it('does not guess the language of a few words', () => expect(detectLanguage('Bon appétit')).toBeUndefined());
});

describe('toLanguageTag', () => {
  it.each([
    ['DE', 'de'],
    ['en_us', 'en-US'],
    ['zh-Hans-CN', 'zh-CN'],
    ['english', undefined],
    [undefined, undefined],
  ])('normalizes %s to %s', (value, tag) => expect(toLanguageTag(value)).toBe(tag));
});
