import { Element, Text } from 'domhandler';
import { describe, expect, it } from 'vitest';
import { isClutterByClass, isLinkBlock, isLinkList, isNeverBody } from '../../../../src/articles/body/clutter.js';
import type { PageLayout } from '../../../../src/articles/body/layout.js';

const LAYOUT: PageLayout = { landmarkWrappers: new Set(), mainWrappers: new Set(), headings: [], articleCount: 0 };
const amounts = (text: number, linkText = 0, prose = 0) => ({ text, linkText, prose });

describe('isNeverBody', () => {
  it.each([
    ['script', {}, true],
    ['nav', {}, true],
    ['div', { role: 'navigation' }, true],
    ['div', { hidden: '' }, true],
    ['div', { 'aria-hidden': 'true' }, true],
    ['div', { style: 'visibility: hidden' }, true],
    ['div', { class: 'comments' }, true],
    ['div', { class: 'promo' }, false],
    ['body', { class: 'has-sidebar' }, false],
    ['p', {}, false],
  ])('of <%s> with %j is %s', (name, attributes: Record<string, string>, expected) =>
    expect(isNeverBody(new Element(name, attributes), LAYOUT)).toBe(expected),
  );

  it('is false for elements that wrap the article', () => {
    const form = new Element('form', {});
    const sidebar = new Element('div', { class: 'with-sidebar' });
    expect(isNeverBody(form, { ...LAYOUT, mainWrappers: new Set([form]) })).toBe(false);
    expect(isNeverBody(sidebar, { ...LAYOUT, landmarkWrappers: new Set([sidebar]) })).toBe(false);
  });
});

describe('isClutterByClass', () => {
  it.each([
    ['a clutter class', 'promo', amounts(100), true],
    ['a clutter class on a misnamed wrapper full of prose', 'promo', amounts(900, 0, 900), false],
    ['an ambiguous class on text', 'teaser', amounts(100, 10), false],
    ['an ambiguous class on links', 'teaser', amounts(100, 50), true],
    ['an ambiguous class on an element without a measure', 'teaser', undefined, false],
    ['any other class', 'x', amounts(100), false],
  ])('of %s', (_, words, measure, expected) =>
    expect(isClutterByClass(new Element('div', { class: words }), measure)).toBe(expected),
  );
});

describe('isLinkBlock', () => {
  it.each([
    ['a block of links', 'div', 'Ten ferries', amounts(100, 70), true],
    ['a sentence that is mostly a link', 'div', 'Ten ferries came home.', amounts(100, 70), false],
    ['a block with much text', 'div', 'Ten ferries', amounts(2_000, 1_500), false],
    ['a paragraph that is one link', 'p', 'Ten ferries', amounts(100, 100), true],
    ['a short link in a paragraph', 'p', 'Ferries', amounts(10, 10), false],
    ['a list', 'ul', 'Ten ferries', amounts(100, 100), false],
  ])('of %s', (_, name, line, measure, expected) =>
    expect(isLinkBlock(new Element(name, {}, [new Text(line)]), measure)).toBe(expected),
  );
});

describe('isLinkList', () => {
  it.each([
    ['ul', amounts(100, 70), true],
    ['ul', amounts(100, 50), false],
    ['div', amounts(100, 100), false],
    ['ol', undefined, false],
  ])('of <%s> with %j is %s', (name, measure, expected) => expect(isLinkList(new Element(name, {}), measure)).toBe(expected));
});
