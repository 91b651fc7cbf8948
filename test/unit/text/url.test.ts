import { expect, it } from 'vitest';
import { canParseUrl, resolveHttpUrl } from '../../../src/text/url.js';

it.each([
  ['https://example.org/', undefined, true],
  ['/path', undefined, false],
  ['/path', 'https://example.org/', true],
  ['http://[', 'https://example.org/', false],
  ['', undefined, false],
])('%s against %s: %s', (text, base, expected) => expect(canParseUrl(text, base)).toBe(expected));

it('accepts a host with umlauts however often it is asked', () => {
  const answers = Array.from({ length: 50_000 }, () => canParseUrl('https://münchen.example/'));
  expect(answers.filter((answer) => !answer)).toEqual([]);
});

it.each([
  ['/path', 'https://example.org/path'],
  ['http://other.example', 'http://other.example/'],
  ['', undefined],
  ['mailto:ada@example.org', undefined],
  ['http://[', undefined],
])('resolves %j to %j', (url, expected) => expect(resolveHttpUrl(url, 'https://example.org/')).toBe(expected));
