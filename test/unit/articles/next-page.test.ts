import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { findNextPage } from '../../../src/articles/next-page.js';

const next = (html: string, pageUrl = 'https://n.example/story.html', number = 1) =>
  findNextPage(parseDocument(html), { pageUrl, number, baseUrl: pageUrl });
const rel = (href: string) => `<link rel="next" href="${href}">`;
const pager = (href: string) => `<div class="pagination"><a href="${href}">2</a></div>`;

describe('findNextPage', () => {
  it.each([
    ['a number in the query', rel('?page=2'), '?page=2'],
    ['a number in the path', rel('/story/2/'), '/story/2/', '/story/'],
    ['a number below /page/', rel('/story/page/2'), '/story/page/2', '/story'],
    ['a number in the file name', rel('/story-2.html'), '/story-2.html'],
    ['a number after an underscore', rel('/story_2.html'), '/story_2.html'],
    ['a rel=next link in the text', '<p><a rel="next" href="?page=2#top">On</a></p>', '?page=2'],
    ['a pager', pager('?page=2'), '?page=2'],
    ['the third page', rel('?page=3'), '?page=3', '/story.html?page=2', 2],
    ['a number among other parameters', rel('?b=1&page=2&a=1'), '?b=1&page=2&a=1', '/story.html?a=1&b=1'],
  ])('finds %s', (_, html, href, path = '/story.html', number = 1) => {
    const url = new URL(path, 'https://n.example/').href;
    expect(next(html, url, number)).toBe(new URL(href, url).href);
  });

  it.each([
    ['the next story', rel('/other-story.html')],
    ['the next story, whose URL has the next number', rel('/13'), 'https://n.example/12'],
    ['a page after the next', rel('?page=3')],
    ['the page itself', rel('?page=1')],
    ['another site', rel('https://m.example/story.html?page=2')],
    ['a script URL', rel('javascript:next(2)')],
    ['a link in the text that only has a number', '<p>See <a href="?page=2">2</a></p>'],
    ['the pager of a comment section', `<div id="comments">${pager('?page=2')}</div>`],
    ['a link on a page whose body has the class of a pager', '<body class="paged"><p><a href="?page=2">2</a></p></body>'],
  ])('does not take %s for it', (_, html, url = 'https://n.example/story.html') => expect(next(html, url)).toBeUndefined());
});
