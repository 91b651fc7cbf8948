import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { sanitize } from '../../../../src/articles/output/sanitize.js';

const clean = (html: string) => sanitize(parseDocument(html).children, { baseUrl: 'https://news.example/a' });
const frame = (src: string) => clean(`<iframe src="${src.replace(/&/g, '&amp;')}"></iframe>`);

describe('embeds', () => {
  it.each([
    ['https://www.youtube.com/embed/abcDEF-_123?start=4', 'https://www.youtube.com/watch?v=abcDEF-_123'],
    ['//www.youtube-nocookie.com/embed/abcDEF-_123', 'https://www.youtube.com/watch?v=abcDEF-_123'],
    ['https://www.youtube.com/embed/videoseries?list=PL12_3-x', 'https://www.youtube.com/playlist?list=PL12_3-x'],
    ['https://player.vimeo.com/video/12345?h=ab', 'https://vimeo.com/12345'],
    ['https://www.dailymotion.com/embed/video/x8abc', 'https://www.dailymotion.com/video/x8abc'],
    ['https://geo.dailymotion.com/player.html?video=x8abc', 'https://www.dailymotion.com/video/x8abc'],
    ['https://open.spotify.com/embed/episode/4rOoJ6', 'https://open.spotify.com/episode/4rOoJ6'],
    [
      'https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/1&color=red',
      'https://api.soundcloud.com/tracks/1',
    ],
    ['https://embed.podcasts.apple.com/gb/podcast/a-b/id1?i=2', 'https://podcasts.apple.com/gb/podcast/a-b/id1?i=2'],
    ['https://embed.music.apple.com/gb/album/a/1', 'https://music.apple.com/gb/album/a/1'],
    ['https://www.instagram.com/p/Ab-1_/embed/captioned/', 'https://www.instagram.com/p/Ab-1_/'],
    [
      'https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Fa%2Fposts%2F1',
      'https://www.facebook.com/a/posts/1',
    ],
    ['https://platform.twitter.com/embed/Tweet.html?id=123', 'https://x.com/i/status/123'],
    ['https://www.tiktok.com/embed/v2/123', 'https://www.tiktok.com/embed/v2/123'],
    ['https://embed.bsky.app/embed/did:plc:ab1/app.bsky.feed.post/3k2?id=1', 'https://bsky.app/profile/did:plc:ab1/post/3k2'],
    ['https://social.example/@ada/1234/embed', 'https://social.example/@ada/1234'],
    ['https://player.twitch.tv/?video=v123&parent=x', 'https://www.twitch.tv/videos/123'],
    ['https://clips.twitch.tv/embed?clip=Some-Clip', 'https://clips.twitch.tv/Some-Clip'],
    ['https://embed.reddit.com/r/a/comments/b/c/?embed=true', 'https://www.reddit.com/r/a/comments/b/c/'],
    ['https://datawrapper.dwcdn.net/aBc12/3/', 'https://datawrapper.dwcdn.net/aBc12/3/'],
    ['https://flo.uri.sh/visualisation/123/embed', 'https://public.flourish.studio/visualisation/123/'],
    ['https://codepen.io/ada/embed/preview/AbCd?x=1', 'https://codepen.io/ada/pen/AbCd'],
    ['https://archive.org/embed/some-film', 'https://archive.org/details/some-film'],
    ['https://embed.ted.com/talks/ada_on_tides', 'https://www.ted.com/talks/ada_on_tides'],
    ['https://www.google.com/maps/embed?pb=1', 'https://www.google.com/maps/embed?pb=1'],
  ])('%s becomes a link to %s', (src, page) => {
    expect(frame(src)).toBe(`<a href="${page}">${page}</a>`);
  });

  it.each([
    ['https://share.transistor.fm/e/ab12', 'https://share.transistor.fm/s/ab12'],
    ['https://widget.spreaker.com/player?episode_id=123&theme=dark', 'https://www.spreaker.com/episode/123'],
    ['https://www.mixcloud.com/widget/iframe/?feed=%2Fada%2Ftides%2F', 'https://www.mixcloud.com/ada/tides/'],
    ['https://embed.acast.com/ada/tides', 'https://embed.acast.com/ada/tides'],
    ['https://playlist.megaphone.fm/?e=ABC1', 'https://playlist.megaphone.fm/?e=ABC1'],
  ])('the podcast %s becomes a link to %s', (src, page) => {
    expect(frame(src)).toBe(`<a href="${page}">${page}</a>`);
  });

  it.each([
    ['<amp-twitter data-tweetid="123"></amp-twitter>', 'https://x.com/i/status/123'],
    ['<amp-vimeo data-videoid="12"></amp-vimeo>', 'https://vimeo.com/12'],
    ['<amp-instagram data-shortcode="Ab-1"></amp-instagram>', 'https://www.instagram.com/p/Ab-1/'],
    [
      '<script src="https://gist.github.com/ada/0123456789abcdef0123.js"></script>',
      'https://gist.github.com/ada/0123456789abcdef0123',
    ],
  ])('%s becomes a link to %s', (html, page) => {
    expect(clean(html)).toBe(`<a href="${page}">${page}</a>`);
  });

  it.each([
    [
      '<blockquote data-instgrm-permalink="https://www.instagram.com/p/Ab1/?utm_source=ig_embed"></blockquote>',
      'https://www.instagram.com/p/Ab1/',
    ],
    ['<blockquote cite="https://www.tiktok.com/@ada/video/12"><p>Tides</p></blockquote>', 'https://www.tiktok.com/@ada/video/12'],
    ['<div class="fb-post" data-href="https://www.facebook.com/ada/posts/1"></div>', 'https://www.facebook.com/ada/posts/1'],
    [
      '<div class="fb-post" data-href="https://www.facebook.com/permalink.php?story_fbid=1&amp;id=2&amp;x=3"></div>',
      'https://www.facebook.com/permalink.php?story_fbid=1&amp;id=2',
    ],
  ])('a post that a script fills in ends with a link to it: %s', (html, page) => {
    expect(clean(html)).toMatch(/^<(blockquote|div)>(<p>Tides<\/p>)?<p><a [^>]*>[^<]*<\/a><\/p><\/\1>$/);
    expect(clean(html)).toContain(`<p><a href="${page}">${page}</a></p>`);
  });

  it.each([
    '<script src="https://evil.example/?//gist.github.com/0123456789abcdef0123.js"></script>',
    '<script src="https://gist.github.com/x.js">hit()</script>',
    '<amp-vimeo data-videoid="1&quot;><script>"></amp-vimeo>',
    '<amp-twitter></amp-twitter>',
    '<div class="fb-like" data-href="https://www.facebook.com/ada"></div>',
    '<div class="fb-post" data-href="javascript:hit()//facebook.com"></div>',
    '<div class="fb-post" data-href="https://facebook.com.evil.example/a"></div>',
    '<blockquote cite="https://other.example/@ada"></blockquote>',
    '<blockquote data-instgrm-permalink="https://www.instagram.com@evil.example/p/1"></blockquote>',
    '<iframe src="https://www.mixcloud.com/widget/iframe/?feed=//evil.example/a"></iframe>',
  ])('%s becomes no link', (html) => {
    expect(clean(html)).not.toContain('<a');
    expect(clean(html)).not.toMatch(/hit|script/);
  });

  it.each([
    'https://ads.example/frame?x=youtube.com/embed/abcDEF-_123',
    'https://youtube.com.evil.example/embed/abcDEF-_123',
    'https://www.youtube.com/embed/"><script>',
    'https://w.soundcloud.com/player/?url=javascript:hit()',
    'https://w.soundcloud.com/player/?url=https://evil.example/soundcloud.com',
    'https://www.facebook.com/plugins/like.php',
    'https://player.vimeo.com/video/x',
    'javascript:hit()',
    'about:blank',
    '',
  ])('%s is removed', (src) => {
    expect(clean(`<iframe src='${src}'></iframe>`)).toBe('');
  });

  it.each([
    ['the title', '<iframe title="Ada on tides" src="https://player.vimeo.com/video/1"></iframe>', 'Vimeo: Ada on tides'],
    [
      'the URL in place of a generic title',
      '<iframe title="YouTube video player" src="https://player.vimeo.com/video/1"></iframe>',
      'https://vimeo.com/1',
    ],
    [
      'a title with markup, escaped',
      '<iframe title="<img src=x onerror=hit()> on tides now" src="https://player.vimeo.com/video/1"></iframe>',
      'Vimeo: &lt;img src=x onerror=hit()&gt; on tides now',
    ],
    [
      'the URL of a player that waits for consent',
      '<iframe src="about:blank" data-cookieblock-src="https://player.vimeo.com/video/1"></iframe>',
      'https://vimeo.com/1',
    ],
    [
      'the URL of an object element',
      '<object data="https://www.youtube.com/v/abcDEF-_123"><embed src="x"></object>',
      'https://www.youtube.com/watch?v=abcDEF-_123',
    ],
    [
      'the URL of a custom element',
      '<lite-youtube videoid="abcDEF-_123"></lite-youtube>',
      'https://www.youtube.com/watch?v=abcDEF-_123',
    ],
  ])('the text of the link is %s', (_, html, words) => {
    expect(clean(html)).toMatch(/^<a href="https:[^"]*">[^<]*<\/a>$/);
    expect(clean(html)).toContain(`>${words}</a>`);
  });
});
