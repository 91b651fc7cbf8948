import { describe, expect, it } from 'vitest';
import { readOpml } from '../../../src/feeds/read-opml.js';
import { writeOpml } from '../../../src/feeds/write-opml.js';

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
    ['names in other cases', opml('<Outline XMLURL="https://a.example/f"/>'), [{ url: 'https://a.example/f' }]],
    [
      'title over text',
      opml('<outline text="a" title="B &amp; C" xmlUrl="https://a.example/f"/>'),
      [{ url: 'https://a.example/f', title: 'B & C' }],
    ],
    ['bare ampersands', opml('<outline xmlUrl="https://a.example/?a=1&b=2"/>'), [{ url: 'https://a.example/?a=1&b=2' }]],
    ['one feed given twice', opml('<outline xmlUrl="https://a.example/f"/>'.repeat(2)), [{ url: 'https://a.example/f' }]],
    [
      'a file that ends early',
      '<opml><body><outline xmlUrl="https://a.example/f"/><outline xmlUrl="htt',
      [{ url: 'https://a.example/f' }],
    ],
    ['a byte order mark', `\uFEFF${opml('<outline xmlUrl="https://a.example/f"/>')}`, [{ url: 'https://a.example/f' }]],
  ])('reads %s', (_, text, feeds) =>
    expect(readOpml(text)).toEqual({ kind: 'opml', feeds, problems: [], duplicates: expect.any(Array) }),
  );

  it('lists addresses that are none', () => {
    const read = readOpml(
      opml('<outline xmlUrl="ftp://a.example/"/><outline xmlUrl="http://"/><outline xmlUrl="https://a.example/f"/>'),
    );
    expect(read).toMatchObject({
      kind: 'opml',
      feeds: [{ url: 'https://a.example/f' }],
      problems: [expect.stringContaining('ftp:'), expect.any(String)],
    });
  });

  it('lists a bounded number of them', () => {
    const read = readOpml(opml('<outline xmlUrl="nothing"/>'.repeat(5_000)));
    expect(read.kind === 'opml' && read.problems.length).toBe(1_001);
    expect(read.kind === 'opml' && read.problems.at(-1)).toContain('4000 more');
  });

  it.each([['<rss/>'], ['{}'], [''], ['x'.repeat(10_000_001)]])('refuses what is not OPML', (text) =>
    expect(readOpml(text)).toMatchObject({ kind: 'not-opml', reason: expect.any(String) }),
  );
});

describe('writeOpml', () => {
  it('is read back as it was', () => {
    const feeds = [
      { url: 'https://a.example/?a=1&b=2%27', title: 'A <b> & "C"' },
      { url: 'https://b.example/f', title: 'Ü' },
    ];
    expect(readOpml(writeOpml(feeds))).toEqual({ kind: 'opml', feeds, problems: [], duplicates: expect.any(Array) });
  });
  it('writes an empty list', () =>
    expect(readOpml(writeOpml([]))).toEqual({ kind: 'opml', feeds: [], problems: [], duplicates: expect.any(Array) }));
});

it('folders, and what stands twice', () => {
  const feeds = [
    { url: 'https://a.example/f', title: 'A', folder: 'News / Local' },
    { url: 'https://b.example/f', title: 'B' },
    { url: 'https://c.example/f', title: 'C', folder: 'News' },
  ];
  const reading = readOpml(writeOpml(feeds));
  if (reading.kind !== 'opml') throw new Error(reading.reason);
  const byUrl = <T extends { url: string }>(list: readonly T[]) => [...list].sort((a, b) => (a.url < b.url ? -1 : 1));
  expect(byUrl(reading.feeds)).toEqual(byUrl(feeds));
  const twice = readOpml(opml('<outline text="A" xmlUrl="https://a.example/f"/>'.repeat(2)));
  expect(twice).toMatchObject({ duplicates: ['A <https://a.example/f>'], problems: [] });
  expect(readOpml(opml('<outline type="rss" text="Lost"/>'))).toMatchObject({ problems: ['Lost: it has no xmlUrl'] });
});
