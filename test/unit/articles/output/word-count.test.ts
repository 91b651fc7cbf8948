import { describe, expect, it } from 'vitest';
import { countWords, estimateReadingMinutes } from '../../../../src/articles/output/word-count.js';

describe('countWords', () => {
  it.each([
    ['Two words', 2],
    ['潮水退去', 4],
    ['云水县新闻', 5],
    ['潮騒の町 news', 5],
    ["don't stop", 2],
    ['عبرت السفينة', 2],
    ['أخبار المدينة', 2],
    ['', 0],
  ])('counts %j', (line, count) => expect(countWords(line)).toBe(count));
});

describe('estimateReadingMinutes', () => {
  it.each([
    ['is at least 1', 'word', 1],
    ['counts words', 'word '.repeat(2_380), 10],
    ['counts characters in scripts without spaces', '潮'.repeat(5_000), 10],
    ['adds both in mixed text', `${'word '.repeat(238)}${'潮'.repeat(500)}`, 2],
  ])('%s', (_, text, minutes) => expect(estimateReadingMinutes(text)).toBe(minutes));
});
