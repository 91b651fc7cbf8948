import { describe, expect, it } from 'vitest';
import { OpmlReader } from '../../../src/feeds/read-opml.js';
import { readOpml } from '../../opml.js';

const opml = (body: string) => `<?xml version="1.0"?><opml version="2.0"><body>${body}</body></opml>`;

describe('readOpml', () => {
  it.each([
    ['an outline', opml('<outline text="A" xmlUrl="https://a.example/f"/>'), [{ url: 'https://a.example/f', title: 'A' }]],
    [
      'folders in folders',
      opml(
        '<outline text="F"><outline><outline text="G"><outline xmlUrl="https://a.example/f"/></outline></outline></outline><outline xmlUrl="https://b.example/f"/>',
      ),
      [{ url: 'https://a.example/f', folder: 'F / G' }, { url: 'https://b.example/f' }],
    ],
    ['names in any case', opml('<Outline XMLURL="https://a.example/f"/>'), [{ url: 'https://a.example/f' }]],
    [
      'the title rather than the text',
      opml('<outline text="a" title="B &amp; C" xmlUrl="https://a.example/f"/>'),
      [{ url: 'https://a.example/f', title: 'B & C' }],
    ],
    ['bare ampersands', opml('<outline xmlUrl="https://a.example/?a=1&b=2"/>'), [{ url: 'https://a.example/?a=1&b=2' }]],
    ['a feed that occurs twice', opml('<outline xmlUrl="https://a.example/f"/>'.repeat(2)), [{ url: 'https://a.example/f' }]],
    [
      'a file that is cut off',
      '<opml><body><outline xmlUrl="https://a.example/f"/><outline xmlUrl="htt',
      [{ url: 'https://a.example/f' }],
    ],
    ['a byte order mark', `\uFEFF${opml('<outline xmlUrl="https://a.example/f"/>')}`, [{ url: 'https://a.example/f' }]],
  ])('reads %s', (_, text, feeds) =>
    expect(readOpml(text)).toEqual({ feeds, problems: [], duplicates: expect.any(Array), refusal: undefined }),
  );

  it('reports outlines whose URL is unusable', () => {
    const read = readOpml(
      opml('<outline xmlUrl="ftp://a.example/"/><outline xmlUrl="http://"/><outline xmlUrl="https://a.example/f"/>'),
    );
    expect(read).toMatchObject({
      refusal: undefined,
      feeds: [{ url: 'https://a.example/f' }],
      problems: [expect.stringContaining('ftp:'), expect.any(String)],
    });
  });

  it('lists a limited number of problems', () => {
    const read = readOpml(opml('<outline xmlUrl="nothing"/>'.repeat(5_000)));
    expect(read.problems.length).toBe(1_001);
    expect(read.problems.at(-1)).toContain('4000 more');
  });

  it.each([['<rss/>'], ['{}'], [''], ['x'.repeat(10_000_001)]])('refuses what is not OPML', (text) =>
    expect(readOpml(text)).toMatchObject({ feeds: [], refusal: expect.any(String) }),
  );

  it('reads folders, and reports outlines that it cannot use', () => {
    const text =
      '<opml version="2.0"><body><outline text="F"><outline text="A" xmlUrl="https://a.example/f"/></outline><outline xmlUrl="ftp://x"/></body></opml>';
    expect(readOpml(text)).toEqual({
      refusal: undefined,
      feeds: [{ url: 'https://a.example/f', title: 'A', folder: 'F' }],
      problems: [expect.stringContaining('ftp://x')],
      duplicates: [],
    });
    expect(readOpml('<html></html>')).toMatchObject({ feeds: [], refusal: expect.stringContaining('<html>') });
  });
});

describe('in pieces', () => {
  const text = opml(
    '<!-- <outline xmlUrl="https://no.example/"/> --><outline text="F &amp; <3 > x"><outline text="Ä" xmlUrl="https://a.example/f"/></outline><outline text=\'a>b\' xmlUrl="https://b.example/?a=1&b=2"/>',
  );

  it.each([1, 2, 3, 7, 50])('of %i characters, it is read as in one', (length) =>
    expect(readOpml(text, length)).toEqual(readOpml(text)),
  );

  it('hands over feeds as they are complete', () => {
    const reader = new OpmlReader();
    expect(reader.write('<opml><outline xmlUrl="https://a.example/f"/><outline xmlUrl="htt')).toMatchObject([
      { url: 'https://a.example/f' },
    ]);
    expect(reader.write('ps://b.example/f"/>')).toEqual([]);
    expect(reader.write('<outline xmlUrl="https://a.example/f"/></opml>')).toMatchObject([{ url: 'https://b.example/f' }]);
    expect(reader.end()).toEqual([]);
    expect(reader.duplicates).toEqual(['https://a.example/f']);
  });

  it.each([
    ['a start tag', '<outline xmlUrl="'],
    ['a comment', '<!-- '],
  ])('are refused when %s has no end, before they take much memory', (_, start) => {
    const reader = new OpmlReader();
    reader.write(`<opml>${start}`);
    for (let n = 0; n < 10 && reader.refusal === undefined; n += 1) reader.write('x'.repeat(1_000_000));
    expect(reader.refusal).toContain('too long');
  });
});
