import { describe, expect, it } from 'vitest';
import { isInterfaceText } from '../../../../../src/articles/body/boilerplate/interface-text.js';

describe('isInterfaceText', () => {
  it.each([
    ['Advertisement', true],
    ['Anzeige', true],
    ['Publicité', true],
    ['広告', true],
    ['Share', true],
    ['Tags:', true],
    ['Story continues below advertisement', true],
    ['Loading…', true],
    ['Image 3 of 20', true],
    ['3 / 20', true],
    ['1,204 views', true],
    ['Follow us on Mastodon', true],
    ['4 min read', true],
    ['4 Min. Lesezeit', true],
    ['Lecture 4 min', true],
    ["This video isn't available in your country.", true],
    ['Your browser does not support this.', true],
    ['Il vous reste 3 articles', true],
    ['Il vous restera du temps', false],
    ['Share of the market', false],
    ['3 of 20 ferries', false],
  ])('of %j is %s', (text, expected) => expect(isInterfaceText(text)).toBe(expected));
});
