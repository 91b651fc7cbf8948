import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { scanPage } from '../../../../src/articles/metadata/scan.js';

const scan = (html: string) => scanPage(parseDocument(html), 'https://news.example/a/');

describe('scanPage', () => {
  it.each([
    ['reads JSON-LD from a script without a type', 'context', 'Tide'],
    ['ignores other scripts without a type', 'text', undefined],
  ])('%s', (_, firstKey, headline) => {
    const html = `<script>{"@${firstKey}": "https://schema.org", "@type": "Article", "headline": "Tide"}</script>`;
    expect(scan(html).article?.headline).toBe(headline);
  });

  it.each([
    ['a class', '<p class="post-author">Ada</p>'],
    ['a class in camel case', '<p class="articleAuthor">Ada</p>'],
    ['a link', '<a href="/autoren/ada">Ada</a>'],
    ['microdata', '<b itemprop="author">Ada</b>'],
    ['a test id', '<b data-testid="byline">Ada</b>'],
  ])('knows a byline by %s', (_, html) => expect(scan(html).bylines).toHaveLength(1));

  it('does not take part of a word for a byline', () => expect(scan('<p class="authority">Ada</p>').bylines).toEqual([]));

  it('counts the texts before a candidate', () => {
    const { headings, subheadings } = scan('<p>One</p> <p>Two</p><h1>Three</h1><h2>Four</h2>');
    expect([headings, subheadings].map((candidates) => candidates[0]?.position)).toEqual([2, 3]);
  });
});
