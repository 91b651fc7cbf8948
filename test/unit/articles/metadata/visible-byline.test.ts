import { describe, expect, it } from 'vitest';
import { readHtml } from './read-html.js';

const post = (rest: string) => `<article><h1>The ferry is late</h1>${rest}</article>`;

describe('findVisibleAuthors', () => {
  it.each([
    ["in the article's footer", post('<div><footer class="post-meta"><a rel="author" href="/a">Ada Example</a></footer></div>')],
    [
      'in the footer of the article that follows the headline',
      `<header><h1>The ferry</h1></header>
      <article><footer class="author">By <a href="/user/ada">Ada Example</a></footer></article>`,
    ],
    ['below the text of a post', post('<p>…</p><div class="post-footer"><span class="fn">Ada Example</span></div>')],
    ["on the person's card", post('<address class="h-card p-author">Ada Example</address>')],
    ['with a label, far below the headline', post(`${'<p>It <i>is</i> late.</p>'.repeat(40)}<p>Auteur : Ada Example</p>`)],
    ['before a date', post('<p class="author">Ada Example 02-12-2025</p>')],
    ['between bars beside the date', post('<p>Ada Example | Staff | February 2, 2026</p>')],
    ['in an element after a lone "By"', post('<p>By <b>Ada Example</b></p>')],
    [
      'near the title of an entry',
      `<title>The ferry</title>
      <div class="widget"><h3 class="entry-title">The ferry</h3><span class="fn">Ada Example</span></div>`,
    ],
  ])('finds the author %s', (_, html) => expect(readHtml(html).authors).toEqual(['Ada Example']));

  it('joins the names that are marked alike', () =>
    expect(readHtml(post('<a rel="author">Ada Example</a>, <a rel="author">Bea Muster</a>')).authors).toEqual([
      'Ada Example',
      'Bea Muster',
    ]));

  it.each([
    ["a name in the page's footer", `${post('')}<footer><a rel="author" href="/a">Bo Foot</a></footer>`],
    [
      'the author of a work that is cited',
      post('<li itemprop="citation" itemscope><meta itemprop="author" content="Bo Cited"></li>'),
    ],
    ['a link in lower case to an author page', post('<a href="/profile/us">about our house here</a>')],
  ])('ignores %s', (_, html) => expect(readHtml(html).authors).toEqual([]));
});
