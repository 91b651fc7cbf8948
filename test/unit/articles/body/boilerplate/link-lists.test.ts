import { type Element, isTag } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { findForeignLists } from '../../../../../src/articles/body/boilerplate/link-lists.js';
import { block, position } from './block.js';

function parseList(...hrefs: string[]): Element {
  const list = parseDocument(`<ul>${hrefs.map((href) => `<li><a href="${href}">x</a></li>`).join('')}</ul>`).children.find(isTag);
  if (!list) throw new Error('no list');
  return list;
}

const LINKS = ['/a', '/b'];
const INSIDE = position();

describe('findForeignLists', () => {
  it.each([
    ['between paragraphs', 'Two ships were near:', LINKS, INSIDE, false],
    ['before the prose', '', LINKS, position({ beforeProse: true }), true],
    ['after the prose', '', LINKS, position({ afterProse: true }), true],
    ['introduced as other stories', 'See also', LINKS, INSIDE, true],
    ['introduced by a line that ends articles', 'Noticias relacionadas', LINKS, INSIDE, true],
    ['of places on the same page', 'Contents of this text', ['#a', 'b.html#c'], INSIDE, true],
    ['of places on another page', 'Sources of this text', ['https://a.example/#a', 'https://a.example/#b'], INSIDE, false],
    ['with one link to the same page', 'Notes of this text', ['#a'], INSIDE, false],
  ])('of a list %s', (_, introduction, hrefs, where, expected) => {
    const list = parseList(...hrefs);
    const found = findForeignLists([block(introduction), block('x', { list }), block('x', { list })], [INSIDE, where, INSIDE]);
    expect(found.has(list)).toBe(expected);
  });
});
