import { describe, expect, it } from 'vitest';
import { resolveFeedLink } from '../../../../src/feeds/formats/links.js';

describe('resolveFeedLink', () => {
  it.each([
    ['/a', 'https://news.example/a'],
    ['a?b#c', 'https://news.example/d/a?b#c'],
    [' \n//cdn.example/a ', 'https://cdn.example/a'],
    ['www.news.example/a', 'https://www.news.example/a'],
    ['WWW.news.example', 'https://www.news.example/'],
    ['www.html', 'https://news.example/d/www.html'],
    ['www/a.b/c', 'https://news.example/d/www/a.b/c'],
    ['ftp://news.example/a', undefined],
    ['javascript:alert(1)', undefined],
    ['http://', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is %j', (link, address) => {
    expect(resolveFeedLink(link, 'https://news.example/d/feed')).toBe(address);
  });
});
