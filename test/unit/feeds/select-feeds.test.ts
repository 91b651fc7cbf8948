import { describe, expect, it } from 'vitest';
import { type FeedState, type FeedSummary, listFolders, selectFeeds } from '../../../src/feeds/select-feeds.js';
import { cpuMs } from '../../timing.js';

const feed = (id: number, url: string, title: string | null, folder: string | null, state: FeedState = 'well'): FeedSummary => ({
  id,
  url,
  title,
  folder,
  state,
});

const FEEDS = [
  feed(1, 'https://a.example/feed', 'Morning News', 'News'),
  feed(2, 'https://a.example/blog?x=1', 'Blog', 'News / World', 'failing'),
  feed(3, 'https://b.example/feed', null, 'Newsletters', 'paused'),
  feed(4, 'https://c.example/feed', 'Old News', null, 'removed'),
];

const select = (names: string[], folder?: string, states: FeedState[] = []) => {
  const { selected, unknown } = selectFeeds(FEEDS, { names, folder, states });
  return { ids: selected.map(({ id }) => id), unknown };
};

describe('selectFeeds', () => {
  it.each<[string, string[], number[]]>([
    ['no names: all that are subscribed to', [], [1, 2, 3]],
    ['an id', ['2'], [2]],
    ['a URL', ['https://a.example/feed'], [1]],
    ['a URL as people type it', ['a.example/feed'], [1]],
    ['a URL with a password, which no listing shows', ['https://ann:secret@a.example/feed'], [1]],
    ['a URL with a question mark, which is no wildcard', ['https://a.example/blog?x=1'], [2]],
    ['a glob of URLs', ['https://a.example/*'], [1, 2]],
    ['a glob in the middle', ['*a.example*feed'], [1]],
    ['a glob of titles, in any case', ['*NEWS'], [1]],
    ['a glob of everything', ['*'], [1, 2, 3]],
    ['several names', ['3', 'Bl*', '3'], [2, 3]],
    ['a removed feed by its id', ['4'], [4]],
    ['a removed feed by its URL', ['https://c.example/feed'], [4]],
  ])('takes %s', (_, names, ids) => {
    expect(select(names)).toEqual({ ids, unknown: [] });
  });

  it.each([
    ['a name that is only the beginning', 'https://a.example'],
    ['a glob whose parts overlap', 'https://b.example/feed*feed'],
    ['a glob in the wrong order', '*feed*a.example*'],
    ['an unknown id', '9'],
  ])('reports %s as unknown', (_, name) => {
    expect(select([name, '1'])).toEqual({ ids: [1], unknown: [name] });
  });

  it('takes the feeds of a folder and of the folders within it, but not of one whose name begins alike', () => {
    expect(select([], 'News').ids).toEqual([1, 2]);
    expect(select([], 'News / World').ids).toEqual([2]);
    expect(select(['*blog*'], 'News').ids).toEqual([2]);
    expect(select([], 'None').ids).toEqual([]);
  });

  it('lists the folders of feeds, and those around them', () => {
    expect(listFolders([feed(5, 'https://d.example/', null, 'A / B / C'), ...FEEDS])).toEqual([
      'A',
      'A / B',
      'A / B / C',
      'News',
      'News / World',
      'Newsletters',
    ]);
  });

  it('takes the feeds in one of the states, removed ones only if asked', () => {
    expect(select([], undefined, ['failing', 'paused']).ids).toEqual([2, 3]);
    expect(select(['*example*'], undefined, ['removed']).ids).toEqual([4]);
    expect(select(['1'], undefined, ['failing'])).toEqual({ ids: [], unknown: [] });
  });

  it('matches globs in linear time', async () => {
    const long = feed(1, 'https://a.example/', 'ab'.repeat(50_000), null);
    const select = () => expect(selectFeeds([long], { names: [`*${'a*'.repeat(200)}c`], states: [] }).selected).toEqual([]);
    expect(await cpuMs(select)).toBeLessThan(3_000);
  });
});
