import { load } from 'cheerio/slim';
import { describe, expect, it } from 'vitest';
import { parseHtml, selectElements } from '../../../src/text/html-tree.js';
import { cpuMs } from '../../timing.js';

describe('parseHtml', () => {
  it.each([
    ['within the limits', '<p>a<b>b</b></p>', true],
    ['at the depth limit', '<i>'.repeat(10), true],
    ['deeper', '<i>'.repeat(11), false],
    ['at the limit of nodes', '<i></i>'.repeat(20), true],
    ['larger', '<i></i>'.repeat(21), false],
  ])('a document %s', (_, html, isComplete) =>
    expect(parseHtml(html, { maxDepth: 10, maxNodes: 20 })).toMatchObject({ isComplete }),
  );

  it('keeps what comes before the limit', () => {
    const { document } = parseHtml(`<p></p>${'<i>'.repeat(100)}<b></b>`, { maxDepth: 10 });
    const names = selectElements(load(document), '*').map(({ name }) => name);
    expect(names).toEqual(['p', ...Array.from({ length: 11 }, () => 'i')]);
  });
});

describe('selectElements', () => {
  it('gives the matches of all selectors in document order', () => {
    const $ = load('<b id="1"></b><p><i id="2"></i><b id="3"></b></p><!-- b -->');
    expect(selectElements($, 'i, b').map(({ attribs }) => attribs.id)).toEqual(['1', '2', '3']);
  });

  it('takes linear time on very many siblings', async () => {
    const $ = load('<b></b>'.repeat(200_000));
    // Cheerio's find() without the leading :scope is quadratic here.
    expect(await cpuMs(() => expect(selectElements($, 'b')).toHaveLength(200_000))).toBeLessThan(5_000);
  });
});
