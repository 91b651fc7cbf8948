import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { countWords, excerptOf, htmlToText, readingMinutes } from '../../../../src/articles/dom/text.js';

const text = (html: string) => htmlToText(parseDocument(html).children);

describe('htmlToText', () => {
  it.each([
    ['paragraphs', '<p>One.</p><p>Two.</p>', 'One.\n\nTwo.'],
    ['line breaks', 'a<br>b', 'a\nb'],
    ['lists', '<ul><li>x</li><li>y</li></ul>', 'x\n\ny'],
    ['rows', '<table><tr><td>1</td><td>2</td></tr></table>', '1 2'],
    ['captions (left out)', '<p>a</p><figure><figcaption>c</figcaption></figure>', 'a'],
    ['white space', '<p>a \n  b</p>', 'a b'],
    ['NUL and half characters', 'a\0b\ud800', 'ab\ufffd'],
  ])('reads %s', (_, html, expected) => expect(text(html)).toBe(expected));

  it.each(['\u00a0', ' '])('is quick on long runs of spaces (%j)', (space) => {
    expect(text(`<pre>a${space.repeat(500_000)}b</pre>`)).toMatch(/^a.+b$/);
  });
});

describe('countWords', () => {
  it.each([
    ['Two words', 2],
    ['潮水退去', 4],
    ["don't stop", 2],
    ['عبرت السفينة', 2],
    ['', 0],
  ])('%s', (line, count) => expect(countWords(line)).toBe(count));
});

describe('readingMinutes', () => {
  it.each([
    ['a word', 'word', 1],
    ['words', 'word '.repeat(2_380), 10],
    ['characters of a script without spaces', '潮'.repeat(5_000), 10],
    ['both', `${'word '.repeat(238)}${'潮'.repeat(500)}`, 2],
  ])('of %s', (_, text, minutes) => expect(readingMinutes(text)).toBe(minutes));
});

describe('excerptOf', () => {
  it('keeps short texts and cuts long ones at a sentence or a word', () => {
    expect(excerptOf('Short.')).toBe('Short.');
    const long = `${'word '.repeat(40)}end. ${'more '.repeat(40)}`;
    expect(excerptOf(long)).toMatch(/ end\.$/);
    expect(excerptOf('word '.repeat(100))).toMatch(/ word…$/);
    expect(excerptOf('word '.repeat(100)).length).toBeLessThanOrEqual(280);
    expect(excerptOf('😀'.repeat(300))).toMatch(/^(😀)+…$/u);
  });
});
