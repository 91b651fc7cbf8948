import { describe, expect, it } from 'vitest';
import { discoverFeeds, findServiceFeed } from '../../../src/feeds/discover.js';

const PAGE = 'https://news.example/blog/';

it.each<[string, string, string[]]>([
  ['a link', '<link rel="alternate" type="application/rss+xml" href="/feed.xml">', ['https://news.example/feed.xml']],
  ['by its base', '<base href="/x/"><link rel="alternate" type="application/atom+xml" href="a">', ['https://news.example/x/a']],
  [
    'each once, in order',
    '<link rel="alternate" type="application/feed+json" href="b"><link rel="feed alternate" type="text/xml" href="a"><link rel="alternate" type="text/xml" href="b">',
    ['https://news.example/blog/b', 'https://news.example/blog/a'],
  ],
  ['no other language', '<link rel="alternate" hreflang="de" href="/de">', []],
  ['no style sheet', '<link rel="stylesheet" type="text/css" href="/feed.css">', []],
  ['no script', '<link rel="alternate" type="application/rss+xml" href="javascript:x">', []],
])('finds what a page names: %s', (_, html, expected) =>
  expect(discoverFeeds(html, PAGE).declared.map(({ url }) => url)).toEqual(expected),
);

it('guesses from links, its own host first, and then where feeds are, as a rule', () => {
  const html =
    '<a href="https://other.example/rss">x</a><a href="/news/rss.xml">y</a><a href="/subscribe">RSS</a><a href="/feedback">z</a>';
  const urls = discoverFeeds(html, PAGE).guessed.map(({ url }) => url);
  expect(urls.slice(0, 3)).toEqual([
    'https://news.example/news/rss.xml',
    'https://news.example/subscribe',
    'https://other.example/rss',
  ]);
  expect(urls).toContain('https://news.example/feed');
  expect(urls.join()).not.toContain('feedback');
});

describe('the feed that an address of a service means', () => {
  it.each([
    [
      'https://www.youtube.com/channel/UC0123456789abcdefghijkl',
      'https://www.youtube.com/feeds/videos.xml?channel_id=UC0123456789abcdefghijkl',
    ],
    ['https://youtube.com/playlist?list=PL1', 'https://www.youtube.com/feeds/videos.xml?playlist_id=PL1'],
    ['https://old.reddit.com/r/programming/', 'https://www.reddit.com/r/programming/.rss'],
    ['https://github.com/owner/name', 'https://github.com/owner/name/releases.atom'],
    ['https://social.example/@someone', 'https://social.example/@someone.rss'],
    ['https://bsky.app/profile/a.example', 'https://bsky.app/profile/a.example/rss'],
    ['https://www.youtube.com/@handle', undefined],
    ['https://github.com/owner', undefined],
    ['https://news.example/', undefined],
  ])('%s', (address, expected) => expect(findServiceFeed(address)).toBe(expected));
});

it.each([
  ['tags in each other', `<link rel="alternate" type="application/rss+xml" href="/f">${'<b>'.repeat(600_000)}`],
  ['tags side by side', `<link rel="alternate" type="application/rss+xml" href="/f">${'<a href="/x">x</a>'.repeat(300_000)}`],
])('looks at a page of very many %s for a moment only', (_, html) => {
  const start = performance.now();
  expect(discoverFeeds(html, 'https://a.example/').declared).toEqual([{ url: 'https://a.example/f' }]);
  // Quadratic took a minute.
  expect(performance.now() - start).toBeLessThan(5_000);
});
