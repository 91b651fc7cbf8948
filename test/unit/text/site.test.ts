import { expect, it } from 'vitest';
import { toSite } from '../../../src/text/site.js';

it.each([
  ['https://news.example.co.uk/a', 'example.co.uk'],
  ['https://feeds.news.example.co.uk:8443/rss', 'example.co.uk'],
  ['https://one.github.io/a', 'one.github.io'],
  ['https://github.io/', 'github.io'],
  ['https://one.substack.com/feed', 'one.substack.com'],
  ['https://a.one.tumblr.com./rss', 'one.tumblr.com'],
  ['https://one.blogspot.co.uk/feed', 'one.blogspot.co.uk'],
  ['https://substack.com/feed', 'substack.com'],
  ['https://one.xn--55qx5d.cn/feed', 'one.xn--55qx5d.cn'],
  ['https://a.example./feed', 'a.example'],
  ['http://user:secret@a.example/feed', 'a.example'],
  ['http://127.0.0.1:8080/a', '127.0.0.1:8080'],
  ['http://[::1]:8080/a', '[::1]:8080'],
  ['http://intranet/a', 'intranet'],
])('%s belongs to the site %s', (url, site) => {
  expect(toSite(url)).toBe(site);
});
