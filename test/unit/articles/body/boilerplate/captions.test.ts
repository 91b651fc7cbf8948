import { type Element, isTag } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { collectBlocks } from '../../../../../src/articles/body/blocks.js';
import { hasCaptionClass, isInFigure, isPictureLegend } from '../../../../../src/articles/body/boilerplate/captions.js';
import { walk } from '../../../../../src/articles/dom/walk.js';

function parseMain(html: string): Element {
  const main = parseDocument(`<main>${html}</main>`).children.find(isTag);
  if (!main) throw new Error('no element');
  return main;
}

/** The element with the id "x". */
function findX(html: string): Element {
  let found: Element | undefined;
  walk(
    [parseMain(html)],
    (node) => {
      if (isTag(node) && node.attribs.id === 'x') found = node;
      return true;
    },
    () => undefined,
  );
  if (!found) throw new Error('no element with the id x');
  return found;
}

describe('isInFigure', () => {
  it.each([
    ['text in a figure', '<figure><div id="x"></div></figure>', true],
    ['a quotation in a figure', '<figure><blockquote id="x"></blockquote></figure>', false],
    ['a table cell in a figure', '<figure><table><td id="x"></td></table></figure>', false],
    ['text outside figures', '<div id="x"></div>', false],
  ])('of %s', (_, html, expected) => expect(isInFigure(findX(html))).toBe(expected));
});

describe('hasCaptionClass', () => {
  it.each([
    ['its own class', '<p id="x" class="wp-caption-text"></p>', true],
    ['its own class in German', '<p id="x" class="bildunterschrift"></p>', true],
    ['the class of a box around it', '<div class="imageCaption"><div><p id="x"></p></div></div>', true],
    ['a test id', '<p id="x" data-testid="photo-credit"></p>', true],
    ['the class of a distant box', '<div class="gallery"><div><div><p id="x"></p></div></div></div>', false],
    ['the class of a section', '<section class="gallery"><p id="x"></p></section>', false],
    ['no such class', '<p id="x" class="text"></p>', false],
  ])('by %s', (_, html, expected) => expect(hasCaptionClass(findX(html), 'The quay')).toBe(expected));

  it('ignores headings and long texts', () => {
    expect(hasCaptionClass(findX('<h2 id="x" class="caption"></h2>'), 'The quay')).toBe(false);
    expect(hasCaptionClass(findX('<p id="x" class="caption"></p>'), 'x'.repeat(500))).toBe(false);
  });
});

describe('isPictureLegend', () => {
  it.each([
    ['the only text beside a picture', '<div><img><p>The quay</p></div>', true],
    ['text in an inner box beside a picture', '<div><img><div><div>The quay</div></div></div>', true],
    ['text beside a picture with a caption', '<div><figure><img><figcaption>a</figcaption></figure><p>b</p></div>', false],
    ['text beside a picture and a heading', '<div><img><h2>a</h2><p>b</p></div>', false],
    ['text beside a picture and more text', `<div><img><p>a</p><p>${'more '.repeat(30)}</p></div>`, false],
    ['a long paragraph', `<div><img><p>${'more '.repeat(30)}</p></div>`, false],
    ['text without a picture', '<div><p>b</p></div>', false],
    ['a list item', '<ul><li><img>b</li></ul>', false],
  ])('of %s', (_, html, expected) => {
    const main = parseMain(html);
    const { blocks, boxes } = collectBlocks(main, { isClutter: () => false, isLinkList: () => false });
    const last = blocks.filter(({ element }) => element.name !== 'figcaption' && element.name !== 'h2')[0];
    expect(last && isPictureLegend(last, boxes, main)).toBe(expected);
  });
});
