import { expect, it } from 'vitest';
import { anyPattern, anyPhrase } from '../../../src/text/word-list.js';

const LIST = `
  advertisement
  read more
  photo(s)
  (ein) kommentar
  mis(e) à jour
  log( )in
  verify (that) you
  tag (cloud)
  abonn*
  # cs
  číst dál
  c++
`;
const PATTERN = new RegExp(`^(?:${anyPhrase(LIST)})$`, 'iu');

it.each([
  'advertisement',
  'Read  more',
  'photo',
  'photos',
  'kommentar',
  'ein Kommentar',
  'mis à jour',
  'mise à jour',
  'login',
  'log in',
  'verify you',
  'verify that you',
  'tag',
  'tag cloud',
  'abonnieren',
  'číst dál',
  'C++',
])('matches %s', (text) => expect(text).toMatch(PATTERN));

it.each([
  'advertisements',
  'readmore',
  'photoss',
  'eine kommentar',
  'misà jour',
  'mise jour',
  'tagcloud',
  'verify thatyou',
  'cs',
  '# cs',
  'c',
])('does not match %s', (text) => expect(text).not.toMatch(PATTERN));

it('prefers the longest phrase', () =>
  expect(new RegExp(anyPhrase('read\nread more'), 'u').exec('read more')?.[0]).toBe('read more'));

it('joins patterns', () => {
  const pattern = new RegExp(`^(?:${anyPattern([/\d+ views?/, /more (?:on|from) \w+/i])})$`);
  expect(['3 views', 'more on it', 'More on it', 'views'].map((text) => pattern.test(text))).toEqual([true, true, false, false]);
});
