import { type Element, isTag } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { findClosest, hasDescendant, isWithin } from '../../../../src/articles/dom/relations.js';

const first = (nodes: readonly unknown[]): Element => nodes[0] as Element;
const article = first(parseDocument('<article><div><p>text</p></div></article>').children.filter(isTag));
const div = first(article.children);
const p = first(div.children);

describe('findClosest', () => {
  it('finds the element itself or an ancestor', () => {
    expect(findClosest(p, 'p')).toBe(p);
    expect(findClosest(p, 'article')).toBe(article);
    expect(findClosest(p, 'table')).toBeUndefined();
  });
});

describe('isWithin', () => {
  it('is true for the element itself and its descendants', () => {
    expect(isWithin(article, article)).toBe(true);
    expect(isWithin(p, article)).toBe(true);
    expect(isWithin(article, p)).toBe(false);
  });
});

describe('hasDescendant', () => {
  it('looks below the element', () => {
    expect(hasDescendant(article, /^(h1|p)$/)).toBe(true);
    expect(hasDescendant(article, /^article$/)).toBe(false);
  });
});
