import { load } from 'cheerio/slim';
import { describe, expect, it } from 'vitest';
import { findNextPage } from '../../../src/articles/next-page.js';
import { readArticle } from '../../../src/articles/read.js';

const next = (html: string, pageUrl = 'https://n.example/story.html', number = 1) =>
  findNextPage(load(html), { pageUrl, number, baseUrl: pageUrl });
const rel = (href: string) => `<link rel="next" href="${href}">`;
const pager = (href: string) => `<div class="pagination"><a href="${href}">2</a></div>`;

describe('findNextPage', () => {
  it.each([
    ['a number in the query', rel('?page=2'), '?page=2'],
    ['a number in the path', rel('/story/2/'), '/story/2/', '/story/'],
    ['a folder of pages', rel('/story/page/2'), '/story/page/2', '/story'],
    ['a number in the name', rel('/story-2.html'), '/story-2.html'],
    ['a number after an underscore', rel('/story_2.html'), '/story_2.html'],
    ['a link of the text', '<p><a rel="next" href="?page=2#top">On</a></p>', '?page=2'],
    ['a pager', pager('?page=2'), '?page=2'],
    ['the third page', rel('?page=3'), '?page=3', '/story.html?page=2', 2],
    ['other parameters', rel('?b=1&page=2&a=1'), '?b=1&page=2&a=1', '/story.html?a=1&b=1'],
  ])('finds %s', (_, html, href, path = '/story.html', number = 1) => {
    const url = new URL(path, 'https://n.example/').href;
    expect(next(html, url, number)).toBe(new URL(href, url).href);
  });

  it.each([
    ['the next story', rel('/other-story.html')],
    ['the next story by its number', rel('/13'), 'https://n.example/12'],
    ['a page after the next', rel('?page=3')],
    ['the page itself', rel('?page=1')],
    ['another site', rel('https://m.example/story.html?page=2')],
    ['what is no address', rel('javascript:next(2)')],
    ['a number in the text', '<p>See <a href="?page=2">2</a></p>'],
    ['pages of comments', `<div id="comments">${pager('?page=2')}</div>`],
    ['a page that calls itself paged', '<body class="paged"><p><a href="?page=2">2</a></p></body>'],
  ])('does not take for it %s', (_, html, url = 'https://n.example/story.html') => expect(next(html, url)).toBeUndefined());
});

describe('an article of several pages', () => {
  const now = new Date('2026-03-02T12:00:00Z');
  const line = (n: number) =>
    `Paragraph ${n}, of a hundred characters or so, in which the ferry is late, and the gulls, as always, are early.`;
  const page = (n: number, html: string) => ({
    url: `https://n.example/story?page=${n}`,
    contentType: 'text/html',
    body: Buffer.from(
      `<html lang="en"><head><meta name="author" content="Ada Example"></head><body><h1>The late ferry</h1><p class="intro">${line(0)}</p>${html}</body></html>`,
    ),
  });
  const read = (...[first, ...further]: ReturnType<typeof page>[]) =>
    readArticle({ url: 'https://n.example/story', ...(first ? { page: first } : {}), further, feed: { authors: [] }, now });

  it('is one record, in which nothing is said twice', () => {
    const reading = read(
      page(1, `<p>${line(1)}</p><p>${line(2)}</p>${pager('?page=2')}`),
      page(2, `<p>${line(3)}</p><p>${line(4)}</p>`),
      page(3, '<p>Log in to continue.</p><input type="password">'),
      page(4, `<p>${line(5)}</p><p><img src="/5.jpg">${line(6)}</p>`),
    );
    expect(reading).toMatchObject({
      nextPage: 'https://n.example/story?page=2',
      record: { title: 'The late ferry', pageCount: 3, contentText: [0, 1, 2, 3, 4, 5, 6].map(line).join('\n\n') },
    });
    expect(reading.kind === 'article' && reading.record.contentHtml.match(/Paragraph 0/g)).toHaveLength(1);
  });

  it('is not asked for where the feed had all of it', () => {
    const contentHtml = Array.from({ length: 12 }, (_, n) => `<p>${line(n)}</p>`).join('');
    const first = page(1, `<p>${line(1)}</p>${pager('?page=2')}`);
    expect(readArticle({ url: first.url, page: first, feed: { authors: [], contentHtml }, now })).not.toHaveProperty('nextPage');
  });
});
