import { Element } from 'domhandler';
import { describe, expect, it } from 'vitest';
import { isHeadline, isRepeatedTitle } from '../../../../../src/articles/body/boilerplate/headline.js';

const TITLE = 'The noon ferry comes home late';

describe('isHeadline', () => {
  it.each([
    ['h1', TITLE, true],
    ['h2', TITLE, true],
    ['h1', `Harbour: ${TITLE}`, true],
    ['h2', 'The noon ferry comes in early', false],
    ['h1', 'Another story', false],
    ['p', TITLE, false],
  ])('of <%s>%s is %s', (name, text, expected) => expect(isHeadline(new Element(name, {}), text, TITLE)).toBe(expected));
});

describe('isRepeatedTitle', () => {
  it.each([
    [TITLE, true],
    [TITLE.toUpperCase(), true],
    [`${TITLE}, with forty people on board`, false],
    ['The ferry', false],
  ])('of %j is %s', (text, expected) => expect(isRepeatedTitle(text, TITLE)).toBe(expected));
});
