import { describe, expect, it } from 'vitest';
import { FIRST, findBodyText, findStoryText, SECOND, STORY, THIRD, TITLE } from './story-page.js';

describe('before the story, pruning', () => {
  it.each([
    ['the headline', `<h1>${TITLE}</h1>`],
    ['a headline with a kicker', `<h1>Harbour: ${TITLE}</h1>`],
    ['what stands above the headline', `<p>Harbour news</p><h1>${TITLE}</h1>`],
    ['the byline', '<p>By Ada Example</p>'],
    ["a byline that the metadata doesn't know", '<div>By Bea Muster</div>'],
    ['the date', '<p>12 March 2026, 14:05</p>'],
    ['the date in Japanese', '<p>2026年3月12日 14時05分</p>'],
    ['the date in German', '<p>Stand: 12.03.2026 14:05 Uhr</p>'],
    ['the reading time', '<span>x</span><p>4 min read</p>'],
    [
      'a table of contents',
      '<ul><li><a href="#a">The ferry that left</a></li><li><a href="#b">The wind that turned</a></li></ul>',
    ],
  ])('drops %s', (_, head) => expect(findStoryText({ head }).replace(/^x\n\n/, '')).toBe(STORY));
});

describe('within the story, pruning', () => {
  it.each([
    ['a caption by its element', '<figure><img src="/a.jpg"><div>The ferry in March.</div></figure>'],
    ['a caption by its class', '<div class="imageCaption">The ferry in March, seen from the new lighthouse on the hill.</div>'],
    ['a caption by its position beside a picture', '<div><img src="/a.jpg"><small>The ferry in March</small></div>'],
    ['a credit', '<p>(AP Photo/Ada Example)</p>'],
    ['a credit in German', '<p>Foto: Bea Muster / Archiv</p>'],
    ['the label of an advert', '<p>Advertisement</p>'],
    ['the label of an advert in German', '<p>Anzeige</p>'],
    ['a link to another article', '<p>Read more: <a href="/x">Ten ferries that came home late</a></p>'],
    ['such a link in French', '<p>Lire aussi : <a href="/x">Dix bateaux rentrés trop tard au port</a></p>'],
    ['such a link in Spanish', '<p>Lea también: <a href="/x">Diez barcos que llegaron tarde al puerto</a></p>'],
    ['such a link in Japanese', '<p>関連記事：<a href="/x">遅れて帰った船の話</a></p>'],
    [
      'a list of other stories',
      '<h3>Related articles</h3><ul><li><a href="/x">Ten ferries</a></li><li><a href="/y">Two winds</a></li></ul>',
    ],
    ['a newsletter box', '<p><em>Sign up for our newsletter, delivered to your inbox.</em></p>'],
    ['the messages of a player', '<p>Media playback is not supported on this device</p>'],
    ['a paragraph repeated in another box', `<div><p>${FIRST}</p></div>`],
  ])('drops %s', (_, middle) => expect(findStoryText({ middle })).toBe(STORY));

  it.each([
    ['a subheading', '<h2>The wind turns</h2>', 'The wind turns'],
    ['a list', '<ul><li>forty people</li><li>a dog</li></ul>', 'forty people'],
    [
      'a list of links that the text introduces',
      '<p>Two ships were near:</p><ul><li><a href="/a">the Alma</a></li><li><a href="/b">the Berta</a></li></ul>',
      'the Alma',
    ],
    ['a table', '<table><tr><td>wind</td><td>7</td></tr></table>', 'wind 7'],
    ['code', '<pre class="hljs"><code><span class="hljs-comment"># ahoy</span></code></pre>', '# ahoy'],
    ['a quotation', '<blockquote><p>We were never afraid.</p></blockquote>', 'We were never afraid.'],
    [
      'an embedded post',
      '<div class="social-media-embed"><blockquote class="twitter-tweet"><p>Wet, but home!</p></blockquote></div>',
      'Wet, but home!',
    ],
    [
      'what is hidden on small screens only',
      '<div class="hidden md:block"><p>Wide screens see this line too.</p></div>',
      'Wide screens',
    ],
  ])('keeps %s', (_, middle, kept) => {
    const text = findStoryText({ middle });
    expect(text).toContain(kept);
    for (const paragraph of [FIRST, SECOND, THIRD]) expect(text).toContain(paragraph);
  });

  it('keeps lines beside pictures that have captions, and drops them beside pictures without', () => {
    const step = (line: string) =>
      `<div class="step"><p>${line}</p><figure><img src="/a.jpg"><figcaption>The quay</figcaption></figure></div>`;
    expect(findStoryText({ middle: step('Cast off the ferry.') })).toBe(
      [FIRST, 'Cast off the ferry.', SECOND, THIRD].join('\n\n'),
    );
    expect(findStoryText({ middle: step('Cast off the ferry.').replace(/<figcaption>.*<.figcaption>/, '') })).toBe(STORY);
  });
});

describe('after the story, pruning', () => {
  it.each([
    ['who wrote it', '<p><em>Ada Example is a reporter at the harbour desk.</em></p>'],
    ['who helped', '<p>Bea Muster contributed to this report.</p>'],
    ['how to reach the author', '<p>Ada Example can be reached at ada@news.example</p>'],
    ['agencies', '<p>(dpa)</p>'],
    ['copyright', '<p>© 2026 The Example. All rights reserved.</p>'],
    ['everything after a line that ends the article', '<h3>You may also like</h3><p>Ten ferries.</p><p>Two winds.</p>'],
    ['comments', '<h2>Comments</h2><p>I was there, too!</p>'],
    ['a heading without text', '<h3>More on ferries</h3>'],
  ])('drops %s', (_, tail) => expect(findStoryText({ tail })).toBe(STORY));
});

it('keeps everything where the rules would leave nearly nothing', () => {
  const html =
    '<body><div class="story-body"><p>Photo: the ferry came home late on a day in March, with forty people, a dog, and rain on all of them.</p></div></body>';
  expect(findBodyText(html, { authors: [] })).toContain('forty people');
});
