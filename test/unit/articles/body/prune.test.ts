import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { findBody } from '../../../../src/articles/body/find-body.js';
import { htmlToText } from '../../../../src/articles/output/text.js';

const FIRST =
  'The ferry left the quay at noon, with forty people and a dog on board, and nobody thought of the weather, which was fine.';
const SECOND =
  'By three the wind had turned, the sea was grey, and the captain, an old hand, let the passengers come into the saloon.';
const THIRD =
  'In the end all were ashore by evening, wet and cheerful, and the dog, it is said, would not leave the ship at all.';
const TITLE = 'The noon ferry comes home late';

/** The body of a page that has `head` before the story, `middle` within and `tail` after it. */
function bodyOf({ head = '', middle = '', tail = '', before = '', after = '' }): string {
  const html = `<body>${before}<main><div class="story-body">${head}<p>${FIRST}</p>${middle}<p>${SECOND}</p><p>${THIRD}</p>${tail}</div></main>${after}</body>`;
  const found = findBody(parseDocument(html), { title: TITLE, authors: ['Ada Example'] });
  return found ? htmlToText([...(found.standfirst ? [found.standfirst] : []), found.root], found.isClutter) : '';
}

const STORY = [FIRST, SECOND, THIRD].join('\n\n');

describe('before the story', () => {
  it.each([
    ['the headline', `<h1>${TITLE}</h1>`],
    ['a headline with a kicker', `<h1>Harbour: ${TITLE}</h1>`],
    ['what stands above the headline', `<p>Harbour news</p><h1>${TITLE}</h1>`],
    ['the byline', '<p>By Ada Example</p>'],
    ['a byline of somebody else', '<div>By Bea Muster</div>'],
    ['the date', '<p>12 March 2026, 14:05</p>'],
    ['the date in Japanese', '<p>2026年3月12日 14時05分</p>'],
    ['the date in German', '<p>Stand: 12.03.2026 14:05 Uhr</p>'],
    ['the reading time', '<span>x</span><p>4 min read</p>'],
    [
      'a table of contents',
      '<ul><li><a href="#a">The ferry that left</a></li><li><a href="#b">The wind that turned</a></li></ul>',
    ],
  ])('leaves out %s', (_, head) => expect(bodyOf({ head }).replace(/^x\n\n/, '')).toBe(STORY));

  it('keeps a standfirst between headline and body', () => {
    const lead = 'Forty people saw more of the sea than they had paid for, and liked it well.';
    expect(bodyOf({ before: `<header><h1>${TITLE}</h1><p class="standfirst">${lead}</p></header>` })).toBe(`${lead}\n\n${STORY}`);
  });
});

describe('within the story', () => {
  it.each([
    ['a caption by its element', '<figure><img src="/a.jpg"><div>The ferry in March.</div></figure>'],
    ['a caption by its class', '<div class="imageCaption">The ferry in March, seen from the new lighthouse on the hill.</div>'],
    ['a caption by its place beside a picture', '<div><img src="/a.jpg"><small>The ferry in March</small></div>'],
    ['a credit', '<p>(AP Photo/Ada Example)</p>'],
    ['a credit in German', '<p>Foto: Bea Muster / Archiv</p>'],
    ['an advertisement', '<p>Advertisement</p>'],
    ['an advertisement in German', '<p>Anzeige</p>'],
    ['a pointer', '<p>Read more: <a href="/x">Ten ferries that came home late</a></p>'],
    ['a pointer in French', '<p>Lire aussi : <a href="/x">Dix bateaux rentrés trop tard au port</a></p>'],
    ['a pointer in Spanish', '<p>Lea también: <a href="/x">Diez barcos que llegaron tarde al puerto</a></p>'],
    ['a pointer in Japanese', '<p>関連記事：<a href="/x">遅れて帰った船の話</a></p>'],
    [
      'a list of other stories',
      '<h3>Related articles</h3><ul><li><a href="/x">Ten ferries</a></li><li><a href="/y">Two winds</a></li></ul>',
    ],
    ['a newsletter box', '<p><em>Sign up for our newsletter, delivered to your inbox.</em></p>'],
    ['a box for sharing', '<div class="share-bar"><p>Tell the whole harbour about it.</p></div>'],
    [
      'another article',
      '<article><h3><a href="/x">Another ship in another harbour, and its wind</a></h3><p>Other people were on board of it.</p></article>',
    ],
    ['hidden parts', '<p style="display: none">Nobody sees this line.</p><p hidden>Nor this one.</p>'],
    ['what a player says', '<p>Media playback is not supported on this device</p>'],
  ])('leaves out %s', (_, middle) => expect(bodyOf({ middle })).toBe(STORY));

  it.each([
    ['a subhead', '<h2>The wind turns</h2>', 'The wind turns'],
    ['a list', '<ul><li>forty people</li><li>a dog</li></ul>', 'forty people'],
    [
      'a list of links that the text speaks of',
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
      'what is hidden on small screens alone',
      '<div class="hidden md:block"><p>Wide screens see this line too.</p></div>',
      'Wide screens',
    ],
  ])('keeps %s', (_, middle, kept) => {
    const text = bodyOf({ middle });
    expect(text).toContain(kept);
    for (const paragraph of [FIRST, SECOND, THIRD]) expect(text).toContain(paragraph);
  });
});

describe('after the story', () => {
  it.each([
    ['who wrote it', '<p><em>Ada Example is a reporter at the harbour desk.</em></p>'],
    ['who helped', '<p>Bea Muster contributed to this report.</p>'],
    ['how to reach them', '<p>Ada Example can be reached at ada@news.example</p>'],
    ['agencies', '<p>(dpa)</p>'],
    ['copyright', '<p>© 2026 The Example. All rights reserved.</p>'],
    ['what comes after the end', '<h3>You may also like</h3><p>Ten ferries.</p><p>Two winds.</p>'],
    ['comments', '<h2>Comments</h2><p>I was there, too!</p>'],
    ['a heading of nothing', '<h3>More on ferries</h3>'],
  ])('leaves out %s', (_, tail) => expect(bodyOf({ tail })).toBe(STORY));
});

describe('the body', () => {
  it('is the article with the headline, not a longer one after it', () => {
    const other = `<article><h1>Another story</h1>${`<p>${SECOND}</p><p>${FIRST}</p>`.repeat(5)}</article>`;
    const html = `<body><article><h1>${TITLE}</h1><p>${FIRST}</p><p>${THIRD}</p></article>${other}</body>`;
    const found = findBody(parseDocument(html), { title: TITLE, authors: [] });
    expect(found && htmlToText([found.root], found.isClutter)).toBe([FIRST, THIRD].join('\n\n'));
  });

  it('is joined where it stands in several boxes', () => {
    const html = `<body><div id="entry">${[FIRST, SECOND, THIRD].map((text) => `<div class="block">${text} ${text}</div>`).join('')}<ul>${'<li><a href="/x">other</a></li>'.repeat(40)}</ul></div></body>`;
    const found = findBody(parseDocument(html), { title: TITLE, authors: [] });
    const text = found ? htmlToText([found.root], found.isClutter) : '';
    for (const paragraph of [FIRST, SECOND, THIRD]) expect(text).toContain(paragraph);
  });

  it('is joined where each part stands in boxes of its own', () => {
    const step = (text: string) => `<div class="mod step"><div class="inner"><div class="text"><p>${text}</p></div></div></div>`;
    const html = `<body><div class="main">${step(`${FIRST} ${SECOND}`)}<div id="related"><a href="/x">Other</a></div>${step(THIRD)}${step(FIRST)}</div></body>`;
    const found = findBody(parseDocument(html), { title: TITLE, authors: [] });
    expect(found && htmlToText([found.root], found.isClutter)).toBe([`${FIRST} ${SECOND}`, THIRD, FIRST].join('\n\n'));
  });

  it('has the lines beside pictures that have captions', () => {
    const step = (line: string) =>
      `<div class="step"><p>${line}</p><figure><img src="/a.jpg"><figcaption>The quay</figcaption></figure></div>`;
    expect(bodyOf({ middle: step('Cast off the ferry.') })).toBe([FIRST, 'Cast off the ferry.', SECOND, THIRD].join('\n\n'));
    expect(bodyOf({ middle: step('Cast off the ferry.').replace(/<figcaption>.*<.figcaption>/, '') })).toBe(STORY);
  });

  it('has no show of pictures that stands in it, unless it is one', () => {
    const slides = [1, 2, 3, 4, 5]
      .map((n) => `<h2>${n}/5 The quay</h2><p>${THIRD.replace('In the end', `At ${n}`)}</p>`)
      .join('');
    const show = `<div class="show"><div>${slides}</div></div>`;
    const more = `<p>${`${SECOND} `.repeat(5)}</p>`;
    expect(bodyOf({ middle: `${more}${show}` })).toBe([FIRST, `${SECOND} `.repeat(5).trim(), SECOND, THIRD].join('\n\n'));
    const alone = findBody(parseDocument(`<body><main><p>Five views.</p>${show}</main></body>`), { title: TITLE, authors: [] });
    expect(alone && htmlToText([alone.root], alone.isClutter)).toContain('5/5 The quay');
  });

  it('has no words of a player', () => {
    const player =
      '<div class="video-js vjs-default-skin"><video src="/a.mp4"></video><div class="vjs-control-bar"><div class="vjs-duration">Duration Time 0:00</div></div></div>';
    expect(bodyOf({ middle: player })).toBe(STORY);
  });

  it('is kept whole where the rules would leave nothing', () => {
    const html =
      '<body><div class="story-body"><p>Photo: the ferry came home late on a day in March, with forty people, a dog, and rain on all of them.</p></div></body>';
    const found = findBody(parseDocument(html), { title: TITLE, authors: [] });
    expect(found && htmlToText([found.root], found.isClutter)).toContain('forty people');
  });
});
