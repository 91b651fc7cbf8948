import { isTag } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { distanceFromHeadline, isInArticle, locateHeadline } from '../../../../src/articles/metadata/headline-anchor.js';
import { scanPage } from '../../../../src/articles/metadata/scan.js';

function locate(html: string) {
  const scan = scanPage(parseDocument(html), 'https://news.example/a/');
  return { scan, headline: locateHeadline(scan, 'The ferry is late') };
}

describe('locateHeadline', () => {
  it('finds the heading that is most similar to the title', () => {
    const { headline } = locate('<h1>Harbour Diary</h1><main><h2>The ferry is late</h2></main>');
    expect(headline.position).toBe(1);
    expect([...headline.ancestors].filter(isTag).map(({ name }) => name)).toEqual(['h2', 'main']);
  });

  it('is the start of a page without headings', () =>
    expect(locate('<p>The ferry is late</p>').headline).toEqual({ position: 0, ancestors: new Set() }));
});

describe('distanceFromHeadline', () => {
  it('counts texts, and those above the headline twice', () => {
    const { scan, headline } = locate('<time></time>x1<h1>The ferry is late</h1><time></time>');
    expect(scan.dates.map((date) => distanceFromHeadline(date, headline))).toEqual([2, 1]);
  });
});

describe('isInArticle', () => {
  const byline = '<b class="author">Ada Example</b>';
  it.each([
    ['beside the headline', byline, true],
    ['in a menu', `<nav>${byline}</nav>`, false],
    ['among the comments', `<div id="comments">${byline}</div>`, false],
    ["at a post's foot", `<div class="post-footer">${byline}</div>`, true],
    ["in the article's footer", `<footer>${byline}</footer>`, true],
  ])('judges an element %s', (_, html, expected) => {
    const { scan, headline } = locate(`<article><h1>The ferry is late</h1>${html}</article>`);
    expect(scan.bylines.map(({ element }) => isInArticle(element, headline))).toEqual([expected]);
  });
});
