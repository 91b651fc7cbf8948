import { describe, expect, it } from 'vitest';
import { writeOpml as writePieces } from '../../../src/feeds/write-opml.js';
import { readOpml, writeOpml } from '../../opml.js';

const opml = (body: string) => `<?xml version="1.0"?><opml version="2.0"><body>${body}</body></opml>`;

describe('writeOpml', () => {
  it('writes what readOpml reads back', async () => {
    const feeds = [
      { url: 'https://a.example/?a=1&b=2%27', title: 'A <b> & "C"' },
      { url: 'https://b.example/f', title: 'Ü' },
    ];
    expect(readOpml(await writeOpml(feeds))).toEqual({ feeds, problems: [], duplicates: expect.any(Array), refusal: undefined });
  });
  it('writes an empty list', async () =>
    expect(readOpml(await writeOpml([]))).toEqual({
      feeds: [],
      problems: [],
      duplicates: expect.any(Array),
      refusal: undefined,
    }));

  it('loads a thousand feeds at a time, across folders, and leaves out those that are gone', async () => {
    const FEEDS = 2_500;
    const asked: number[] = [];
    const readPlaces = async function* () {
      for (let id = 1; id <= FEEDS; id += 1) yield [{ id, folder: `Folder ${id % 3}` }];
    };
    const pieces: string[] = [];
    for await (const piece of writePieces(readPlaces(), async (ids) => {
      asked.push(ids.length);
      return new Map(ids.filter((id) => id !== 7).map((id) => [id, { url: `https://a.example/${id}` }]));
    }))
      pieces.push(piece);
    expect(Math.max(...asked)).toBeLessThanOrEqual(1_000);
    expect(asked.length).toBe(3);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(150_000);
    const { feeds, problems } = readOpml(pieces.join(''));
    expect(problems).toEqual([]);
    expect(feeds.length).toBe(FEEDS - 1);
    expect(new Set(feeds.map(({ folder }) => folder))).toEqual(new Set(['Folder 0', 'Folder 1', 'Folder 2']));
  });
});

it('keeps folders, and reports feeds that occur twice', async () => {
  const feeds = [
    { url: 'https://a.example/f', title: 'A', folder: 'News / Local' },
    { url: 'https://b.example/f', title: 'B' },
    { url: 'https://c.example/f', title: 'C', folder: 'News' },
  ];
  const reading = readOpml(await writeOpml(feeds));
  expect(reading.refusal).toBeUndefined();
  const byUrl = <T extends { url: string }>(list: readonly T[]) => [...list].sort((a, b) => (a.url < b.url ? -1 : 1));
  expect(byUrl(reading.feeds)).toEqual(byUrl(feeds));
  const twice = readOpml(opml('<outline text="A" xmlUrl="https://a.example/f"/>'.repeat(2)));
  expect(twice).toMatchObject({ duplicates: ['A <https://a.example/f>'], problems: [] });
  expect(readOpml(opml('<outline type="rss" text="Lost"/>'))).toMatchObject({ problems: ['Lost: it has no xmlUrl'] });
});
