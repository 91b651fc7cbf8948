import { expect, it } from 'vitest';
import { canonicalUrl, hostKey } from '../../../src/web/canonical-url.js';

it.each([
  ['https://Example.ORG/a', 'https://example.org/a'],
  ['http://example.org:80/a', 'http://example.org/a'],
  ['https://example.org:443', 'https://example.org/'],
  ['https://example.org:8443/', 'https://example.org:8443/'],
  ['https://example.org/a#part', 'https://example.org/a'],
  ['https://example.org/#!/story/1', 'https://example.org/#!/story/1'],
  ['https://example.org/a?utm_source=rss&id=3', 'https://example.org/a?id=3'],
  ['https://example.org/a?b=2&a=1', 'https://example.org/a?b=2&a=1'],
  ['https://example.org/a?fbclid=x', 'https://example.org/a'],
  ['https://example.org/a?', 'https://example.org/a'],
  ['https://user:secret@example.org/a', 'https://example.org/a'],
  ['https://example.org/a b', 'https://example.org/a%20b'],
  ['https://example.org/新闻', 'https://example.org/%E6%96%B0%E9%97%BB'],
  ['https://münchen.example/', 'https://xn--mnchen-3ya.example/'],
  ['https://example.org./a', 'https://example.org/a'],
  [' https://example.org/a ', 'https://example.org/a'],
  ['https://example.org/a/../b', 'https://example.org/b'],
])('%s → %s', (url, canonical) => {
  expect(canonicalUrl(url)).toBe(canonical);
});

it.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'file:///etc/passwd',
  'mailto:a@b.c',
  '',
  'http://',
  'not a url',
  `https://example.org/${'a'.repeat(3_000)}`,
])('has no page for %s', (url) => expect(canonicalUrl(url)).toBeUndefined());

it('resolves against a base', () => expect(canonicalUrl('../b', 'https://example.org/x/y/')).toBe('https://example.org/x/b'));
it.each([
  ['http://News.Example.co.uk:8080/a', 'host', 'news.example.co.uk'],
  ['http://News.Example.co.uk:8080/a', 'host:port', 'news.example.co.uk:8080'],
  ['https://news.example.co.uk:443/a', 'host:port', 'news.example.co.uk'],
  ['http://News.Example.co.uk:8080/a', 'domain', 'example.co.uk'],
  ['http://someone.github.io/feed', 'domain', 'github.io'],
  ['http://127.0.0.1:8080/a', 'domain', '127.0.0.1'],
  ['http://intranet/a', 'domain', 'intranet'],
] as const)('%s counts, by %s, as %s', (url, key, expected) => expect(hostKey(url, key)).toBe(expected));
