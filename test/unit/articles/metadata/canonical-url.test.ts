import { expect, it } from 'vitest';
import { readHtml } from './read-html.js';

const link = (href: string) => `<link rel="canonical" href="${href}">`;

it.each([
  ['a relative URL', link('/b.html'), 'https://news.example/b.html'],
  ["another subdomain's page", link('https://m.news.example/b.html'), 'https://m.news.example/b.html'],
  ['og:url, where there is no link', '<meta property="og:url" content="/b.html">', 'https://news.example/b.html'],
  [
    'og:url, where the link leads away',
    `${link('https://other.example/b.html')}<meta property="og:url" content="/b.html">`,
    'https://news.example/b.html',
  ],
  ["no other site's page", link('https://other.example/b.html'), undefined],
  ['not the home page for an article', link('/'), undefined],
])('readCanonicalUrl reads %s', (_, html, url) => expect(readHtml(html).canonicalUrl).toBe(url));
