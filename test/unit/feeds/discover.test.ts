import { describe, expect, it } from 'vitest';
import { discoverFeeds, findServiceFeed, parseFeedAddress } from '../../../src/feeds/discover.js';
import { cpuMs } from '../../timing.js';

const PAGE = 'https://news.example/blog/';
const rss = (href: string) => `<link rel="alternate" type="application/rss+xml" href="${href}">`;
const feed = 'https://news.example/blog/f';

describe('discoverFeeds', () => {
  it.each([
    [
      'RSS, with its title',
      '<link rel="alternate" type="application/rss+xml" href="/f" title="F">',
      'https://news.example/f',
      'F',
    ],
    ['Atom, in any case and without quotes', '<LINK REL=Alternate TYPE="application/atom+xml; charset=utf-8" HREF=f>', feed],
    ['JSON Feed', '<link rel="alternate" type="application/feed+json" href="f">', feed],
    ['plain XML with rel=feed', '<link rel="feed alternate" type="text/xml" href="f">', feed],
    ['a link relative to the base', `<base href="/b/">${rss('f')}`, 'https://news.example/b/f'],
    ['a base after the link', `${rss('f')}<base href="/b/">`, 'https://news.example/b/f'],
    ['a repeated link once', rss('f').repeat(2), feed],
    [
      'RSS, with the beginning of a long title and without bidi controls',
      rss('f').replace('>', ` title="\u202eF${'x'.repeat(2_000)}">`),
      feed,
      `F${'x'.repeat(998)}`,
    ],
  ])('finds a declared feed: %s', (_, html, url, title?: string) =>
    expect(discoverFeeds(html, PAGE).declared).toEqual([title ? { url, title } : { url }]),
  );

  it('keeps the order of the page', () => {
    const urls = discoverFeeds(`${rss('b')}${rss('a')}${rss('b')}`, PAGE).declared.map(({ url }) => url);
    expect(urls).toEqual(['https://news.example/blog/b', 'https://news.example/blog/a']);
  });

  it.each([
    ['another language', '<link rel="alternate" hreflang="de" href="/de">'],
    ['a style sheet', '<link rel="stylesheet" type="text/css" href="/feed.css">'],
    ['a style sheet without a type', '<link rel="stylesheet" href="f">'],
    ['a script URL', rss('javascript:x')],
    ['a URL that is too long', rss('x'.repeat(4_000))],
    ['an empty URL', rss('')],
    ['markup inside a script', `<script>write('${rss('f')}')</script>`],
  ])('does not take for a declared feed: %s', (_, html) => expect(discoverFeeds(html, PAGE).declared).toEqual([]));

  it('guesses from links, those to its own host first, and then well-known paths', () => {
    const html =
      '<a href="https://other.example/rss">x</a><a href="/news/rss.xml">y</a><a href="/subscribe"><b>RSS</b></a><a href="/feedback">z</a>';
    const urls = discoverFeeds(html, PAGE).guessed.map(({ url }) => url);
    expect(urls.slice(0, 3)).toEqual([
      'https://news.example/news/rss.xml',
      'https://news.example/subscribe',
      'https://other.example/rss',
    ]);
    expect(urls).toContain('https://news.example/feed');
    expect(urls.join()).not.toContain('feedback');
  });

  it.each([
    ['nested tags', '<b>'.repeat(600_000)],
    ['nested links', '<a href="/x">'.repeat(300_000)],
    ['links next to each other', '<a href="/x">x</a>'.repeat(300_000)],
    ['links around many texts', `${'<a href="/x">'.repeat(1_900)}${'<i>.</i>'.repeat(200_000)}`],
  ])('reads a page of very many %s in seconds', async (_, html) => {
    const discover = () =>
      expect(discoverFeeds(`${rss('/f')}${html}`, 'https://a.example/').declared).toEqual([{ url: 'https://a.example/f' }]);
    // Quadratic took a minute.
    expect(await cpuMs(discover)).toBeLessThan(5_000);
  });
});

describe('parseFeedAddress', () => {
  it.each([
    ['example.org/feed', 'https://example.org/feed'],
    ['http://example.org/feed?key=1#top', 'http://example.org/feed?key=1'],
    ['feed:https://example.org/feed', 'https://example.org/feed'],
    ['feed://example.org/feed', 'https://example.org/feed'],
    ['localhost:8080/feed', 'https://localhost:8080/feed'],
    ['http://nas/feed', 'http://nas/feed'],
    ['nas', undefined],
    ['ftp://example.org/feed', undefined],
    ['javascript:x', undefined],
  ])('%s → %s', (text, expected) => expect(parseFeedAddress(text)).toBe(expected));
});

describe('findServiceFeed', () => {
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
  ])('%s → %s', (address, expected) => expect(findServiceFeed(address)).toBe(expected));
});
