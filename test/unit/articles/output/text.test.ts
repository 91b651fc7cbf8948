import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { htmlToText } from '../../../../src/articles/output/text.js';

const text = (html: string) => htmlToText(parseDocument(html).children);

describe('htmlToText', () => {
  it.each([
    ['puts a blank line between paragraphs', '<p>One.</p><p>Two.</p>', 'One.\n\nTwo.'],
    ['breaks lines at <br>', 'a<br>b', 'a\nb'],
    ['puts list items on lines of their own', '<ul><li>x</li><li>y</li></ul>', 'x\n\ny'],
    ['separates table cells by a space', '<table><tr><td>1</td><td>2</td></tr></table>', '1 2'],
    ['leaves captions out', '<p>a</p><figure><figcaption>c</figcaption></figure>', 'a'],
    ['collapses white space', '<p>a \n  b</p>', 'a b'],
    ['removes NUL and replaces lone surrogates', 'a\0b\ud800', 'ab\ufffd'],
    [
      'handles all of these in one text',
      '<p>a</p><figure><img><figcaption>no</figcaption></figure><p>b<br>c</p><ul><li>d</li><li>e</li></ul>',
      'a\n\nb\nc\n\nd\n\ne',
    ],
  ])('%s', (_, html, expected) => expect(text(html)).toBe(expected));

  it.each(['\u00a0', ' '])('takes linear time on long runs of spaces (%j)', (space) => {
    expect(text(`<pre>a${space.repeat(500_000)}b</pre>`)).toMatch(/^a.+b$/);
  });

  it('leaves out the elements that the caller skips', () => {
    const { children } = parseDocument('<p>a</p><div>b</div>');
    expect(htmlToText(children, ({ name }) => name === 'div')).toBe('a');
  });
});
