import { expect, it } from 'vitest';
import { toSite } from '../../../src/text/site.js';

it.each([
  ['https://news.example.co.uk/a', 'example.co.uk'],
  ['https://feeds.news.example.co.uk:8443/rss', 'example.co.uk'],
  ['https://one.github.io/a', 'one.github.io'],
  ['https://github.io/', 'github.io'],
  ['https://a.example./feed', 'a.example'],
  ['http://user:secret@a.example/feed', 'a.example'],
  ['http://127.0.0.1:8080/a', '127.0.0.1:8080'],
  ['http://[::1]:8080/a', '[::1]:8080'],
  ['http://intranet/a', 'intranet'],
])('%s belongs to the site %s', (url, site) => {
  expect(toSite(url)).toBe(site);
});
