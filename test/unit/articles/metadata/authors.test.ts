import { describe, expect, it } from 'vitest';
import { jsonLd, readHtml } from './read-html.js';

const readAuthors = (html: string) => readHtml(html).authors;
const meta = (name: string, content: string) => `<meta name="${name}" content="${content}">`;
const byline = '<article><h1>The ferry is late</h1><p class="byline">By <a href="/authors/ada">Ada Example</a></p></article>';

describe('readAuthors', () => {
  it.each([
    ['the publisher', `${meta('author', 'HG')}${meta('publisher', 'HG')}`],
    ['the owner of the copyright', `${meta('author', 'Quay Ltd')}${meta('copyright', '© 2026 Quay Ltd')}`],
    ['a label of the host name', meta('author', 'News')],
    ['a desk', meta('author', 'Quay Staff')],
    ['an organization', jsonLd({ '@type': 'Article', author: { '@type': 'Organization', name: 'Quay Press' } })],
  ])('prefers the byline where %s is declared as the author', (_, declared) =>
    expect(readAuthors(declared + byline)).toEqual(['Ada Example']),
  );

  it.each([
    ['a desk', meta('author', 'Quay Staff'), 'Quay Staff'],
    ['an organization', jsonLd({ '@type': 'Article', author: { '@type': 'Organization', name: 'Quay Press' } }), 'Quay Press'],
  ])('accepts %s where no person is named', (_, html, author) => expect(readAuthors(html)).toEqual([author]));

  it('prefers a person to a company', () =>
    expect(readAuthors(meta('author', 'Quay Media Inc.') + meta('author', 'Ada Example'))).toEqual(['Ada Example']));

  it('reads the card for social networks', () =>
    expect(readAuthors(meta('twitter:label1', 'Written by') + meta('twitter:data1', 'Ada Example'))).toEqual(['Ada Example']));

  it.each([
    [['Example, Ada'], ['Ada Example']],
    [
      ['Example, Ada', 'Muster, B. C.', 'Bo Cited, Cleo Other'],
      ['Ada Example', 'B. C. Muster', 'Bo Cited', 'Cleo Other'],
    ],
  ])('puts the family names of a citation last: %j', (names, authors) => {
    expect(readAuthors(names.map((name) => meta('dc.creator', name)).join(''))).toEqual(authors);
    expect(readAuthors(names.map((name) => meta('citation_author', name)).join(''))).toEqual(authors);
  });
});
