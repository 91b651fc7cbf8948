import { describe, expect, it } from 'vitest';
import { writeOpml } from '../../../src/feeds/write-opml.js';
import { readOpml } from '../../opml.js';

const opml = (body: string) => `<?xml version="1.0"?><opml version="2.0"><body>${body}</body></opml>`;

describe('writeOpml', () => {
  it('writes what readOpml reads back', () => {
    const feeds = [
      { url: 'https://a.example/?a=1&b=2%27', title: 'A <b> & "C"' },
      { url: 'https://b.example/f', title: 'Ü' },
    ];
    expect(readOpml(writeOpml(feeds))).toEqual({ feeds, problems: [], duplicates: expect.any(Array), refusal: undefined });
  });
  it('writes an empty list', () =>
    expect(readOpml(writeOpml([]))).toEqual({ feeds: [], problems: [], duplicates: expect.any(Array), refusal: undefined }));
});

it('keeps folders, and reports feeds that occur twice', () => {
  const feeds = [
    { url: 'https://a.example/f', title: 'A', folder: 'News / Local' },
    { url: 'https://b.example/f', title: 'B' },
    { url: 'https://c.example/f', title: 'C', folder: 'News' },
  ];
  const reading = readOpml(writeOpml(feeds));
  expect(reading.refusal).toBeUndefined();
  const byUrl = <T extends { url: string }>(list: readonly T[]) => [...list].sort((a, b) => (a.url < b.url ? -1 : 1));
  expect(byUrl(reading.feeds)).toEqual(byUrl(feeds));
  const twice = readOpml(opml('<outline text="A" xmlUrl="https://a.example/f"/>'.repeat(2)));
  expect(twice).toMatchObject({ duplicates: ['A <https://a.example/f>'], problems: [] });
  expect(readOpml(opml('<outline type="rss" text="Lost"/>'))).toMatchObject({ problems: ['Lost: it has no xmlUrl'] });
});
