import { describe, expect, it } from 'vitest';
import { languageOf } from '../../../../src/articles/metadata/language.js';
import { SAMPLES } from '../pages.js';

describe('languageOf', () => {
  it.each(SAMPLES)('tells $language', ({ language, paragraphs }) =>
    expect(languageOf(paragraphs.join(' ').repeat(2))).toBe(language),
  );
  it('says nothing of a few words', () => expect(languageOf('Bon appétit')).toBeUndefined());
});
