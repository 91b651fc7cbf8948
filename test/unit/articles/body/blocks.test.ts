import { isTag } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { collectBlocks } from '../../../../src/articles/body/blocks.js';

const PROSE = `${'word '.repeat(20)}end.`;

function collect(html: string) {
  const [root] = parseDocument(`<main>${html}</main>`).children.filter(isTag);
  if (!root) throw new Error('no root');
  return collectBlocks(root, {
    isClutter: ({ attribs }) => attribs.class === 'clutter',
    isLinkList: ({ attribs }) => attribs.class === 'links',
  });
}

describe('collectBlocks', () => {
  it.each([
    ['paragraphs, headings and list items', '<h2>a</h2><p>b</p><ul><li>c</li></ul>', ['a', 'b', 'c']],
    ['one line in a box', '<div><span>a</span></div>', ['a']],
    ['lines joined by <br>', '<p>a<br>b</p>', ['a b']],
    ['no clutter', '<p>a</p><div class="clutter"><p>b</p></div>', ['a']],
    ['no text between blocks', '<div>a<p>b</p></div>', ['b']],
    ['prose between blocks', `<div>${PROSE}<p>b</p></div>`, ['b', PROSE]],
  ])('collects %s', (_, html, texts) => expect(collect(html).blocks.map(({ text }) => text)).toEqual(texts));

  it('counts the characters in links and in emphasis', () =>
    expect(collect('<p>ab<a href="/x">cd</a><b>e<i>f</i></b></p>').blocks[0]).toMatchObject({ linked: 2, emphasized: 2 }));

  it.each([
    ['a long paragraph', `<p>${PROSE}</p>`, true],
    ['a shorter one in Chinese', `<p>${'潮'.repeat(40)}</p>`, true],
    ['a short paragraph', '<p>short</p>', false],
    ['a long heading', `<h2>${PROSE}</h2>`, false],
    ['a long link', `<p><a href="/x">${PROSE}</a></p>`, false],
  ])('tells whether %s is prose', (_, html, prose) => expect(collect(html).blocks[0]?.prose).toBe(prose));

  it('names the list of links that a block is in', () => {
    const { blocks } = collect('<ul class="links"><li>a</li></ul><p>b</p>');
    expect(blocks.map(({ list }) => list?.name)).toEqual(['ul', undefined]);
  });

  it('counts what boxes contain', () => {
    const { boxes } = collect('<div><h3>a</h3><figure><img><figcaption>bc</figcaption></figure></div>');
    const box = [...boxes].find(([node]) => isTag(node) && node.name === 'div')?.[1];
    expect(box).toMatchObject({ length: 3, pictures: 1, headings: 1, captions: 1 });
  });
});
