import { isTag } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { readLayout } from '../../../../src/articles/body/layout.js';
import { measureText } from '../../../../src/articles/body/measure.js';

const PROSE = 'x'.repeat(100);

function measureFirst(html: string) {
  const document = parseDocument(html);
  const element = document.children.find(isTag);
  return element && measureText(document, readLayout(document)).get(element);
}

describe('measureText', () => {
  it.each([
    ['a paragraph is prose', `<div><p>${PROSE}</p></div>`, { text: 100, linkText: 0, prose: 100 }],
    ['a short paragraph is not prose', '<div><p>short</p></div>', { text: 5, linkText: 0, prose: 0 }],
    ['commas add to prose', `<div><p>${PROSE},,</p></div>`, { text: 102, linkText: 0, prose: 122 }],
    ['list items weigh less', `<div><li>${PROSE}</li></div>`, { text: 100, linkText: 0, prose: 70 }],
    ['links are not prose', `<div><p><a href="/x">${PROSE}</a></p></div>`, { text: 100, linkText: 100, prose: 0 }],
    ['long text outside paragraphs is prose', `<div>${PROSE}<br><b>${PROSE}</b></div>`, { text: 200, linkText: 0, prose: 200 }],
    ['clutter does not count', `<div><p>${PROSE}</p><div class="promo">buy</div></div>`, { text: 100, linkText: 0, prose: 100 }],
  ])('%s', (_, html, measure) => expect(measureFirst(html)).toMatchObject(measure));

  it('has no measure for elements that never hold the text', () => expect(measureFirst('<nav>menu</nav>')).toBeUndefined());
});
