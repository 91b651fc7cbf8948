import { isTag } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { getText, getTextLine } from '../../../../src/articles/dom/text.js';

function parseElement(html: string) {
  const element = parseDocument(html).children.find(isTag);
  if (!element) throw new Error('no element');
  return element;
}

describe('getText', () => {
  const html = '<div>a<b>b</b><script>x</script><style>y</style><i></i>c</div>d';

  it('leaves out scripts, styles and what follows the element', () => expect(getText(parseElement(html))).toBe('abc'));
  it('puts the separator between text nodes', () => expect(getText(parseElement(html), 10, '|')).toBe('a|b|c'));
  it('stops once it has enough characters', () => expect(getText(parseElement(html), 2)).toBe('ab'));
  it('stops after more nodes than any line has', () =>
    expect(getText(parseElement(`<div>${'<i>x</i>'.repeat(5_000)}</div>`))).toBe('x'.repeat(1_000)));
});

describe('getTextLine', () => {
  it('collapses white space and zero-width spaces', () =>
    expect(getTextLine(parseElement('<p> a\n\t<b>b</b>\u200b c </p>'))).toBe('a b c'));
});
