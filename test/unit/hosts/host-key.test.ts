import { expect, it } from 'vitest';
import { toHostKey } from '../../../src/hosts/host-key.js';

it.each([
  ['http://News.Example.co.uk:8080/a', 'host', 'news.example.co.uk'],
  ['http://News.Example.co.uk:8080/a', 'host:port', 'news.example.co.uk:8080'],
  ['https://news.example.co.uk:443/a', 'host:port', 'news.example.co.uk'],
  ['http://News.Example.co.uk:8080/a', 'domain', 'example.co.uk'],
  ['http://someone.github.io/feed', 'domain', 'github.io'],
  ['http://127.0.0.1:8080/a', 'domain', '127.0.0.1'],
  ['http://intranet/a', 'domain', 'intranet'],
] as const)('counts %s by %s as %s', (url, scope, expected) => expect(toHostKey(url, scope)).toBe(expected));

it.each([
  ['http://example.com./a', 'example.com'],
  ['http://example.com.:81/a', 'example.com:81'],
  ['https://[::1]:8443/', '[::1]:8443'],
])('ignores a trailing dot: %s', (url, host) => expect(toHostKey(url, 'host:port')).toBe(host));
