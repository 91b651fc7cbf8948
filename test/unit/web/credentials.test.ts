import { expect, it } from 'vitest';
import { redactCredentials } from '../../../src/web/credentials.js';

it.each([
  ['https://user:secret@a.example/feed', 'https://a.example/feed'],
  ['at http://user@a.example: it failed', 'at http://a.example: it failed'],
  ['two: https://a:b@c.example/ and https://d:e@f.example/', 'two: https://c.example/ and https://f.example/'],
  ['https://a.example/@someone', 'https://a.example/@someone'],
  ['https://a.example/?mail=x@y.example', 'https://a.example/?mail=x@y.example'],
  ['mail@a.example', 'mail@a.example'],
])('removes user names and passwords from the URLs of a text: %s', (text, redacted) => {
  expect(redactCredentials(text)).toBe(redacted);
});
