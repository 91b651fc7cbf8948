import { describe, expect, it } from 'vitest';
import { isLabeledDate, isWrittenDate } from '../../../../../src/articles/body/boilerplate/dateline.js';

describe('isLabeledDate', () => {
  it.each([
    ['Published 12 March 2026', true],
    ['Last updated: today', true],
    ['Stand: 12.03.2026', true],
    ['Mis à jour le 12 mars', true],
    ['公開 2026年3月12日', true],
    ['Publishedly', false],
    [`Updated ${'many times '.repeat(20)}`, false],
    ['The ferry was updated', false],
  ])('of %j is %s', (text, expected) => expect(isLabeledDate(text)).toBe(expected));
});

describe('isWrittenDate', () => {
  it.each([
    ['12 March 2026, 14:05', true],
    ['12 March 2026, 2:05 p.m.', true],
    ['2026年3月12日', true],
    ['It sailed on 12 March 2026.', false],
    ['12 March', false],
    ['The 2026 ferry', false],
  ])('of %j is %s', (text, expected) => expect(isWrittenDate(text)).toBe(expected));
});
