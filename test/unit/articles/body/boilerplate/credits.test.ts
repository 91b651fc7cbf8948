import { describe, expect, it } from 'vitest';
import { isContribution, isPictureCredit } from '../../../../../src/articles/body/boilerplate/credits.js';

describe('isPictureCredit', () => {
  it.each([
    ['Photo: Ada Example', true],
    ['Photos courtesy: Ada Example', true],
    ['Image credit (Ada Example)', true],
    ['Foto: Bea Muster / Archiv', true],
    ['Bilder: dpa', true],
    ['Crédit : AFP', true],
    ['© Ada Example', true],
    ['Illustration by Ada Example', true],
    ['The ferry in March. (AP Photo/Ada Example)', true],
    ['The ferry in March / Getty Images', true],
    ['The ferry, courtesy of the harbour', true],
    ['Photographs were taken.', false],
    ['The ferry (built in 1931)', false],
    [`Photo: ${'a long text '.repeat(40)}`, false],
  ])('of %j is %s', (text, expected) => expect(isPictureCredit(text)).toBe(expected));
});

describe('isContribution', () => {
  it.each([
    ['Bea Muster contributed to this report.', true],
    ['Additional reporting by Bea Muster', true],
    ['With files from Bea Muster', true],
    ['Mitarbeit: Bea Muster', true],
    ['Ada Example can be reached at the harbour', true],
    ['Follow Ada Example on Mastodon', true],
    ['ada@news.example', true],
    ['This story originally appeared elsewhere.', true],
    ['Published on 12 March 2026', true],
    ['All rights reserved', true],
    ['Quelle: dpa', true],
    ['来源：新华社', true],
    ['(dpa/afp)', true],
    ['Reuters', true],
    ['The committee is writing bylaws.', false],
    ['The source of the river', false],
  ])('of %j is %s', (text, expected) => expect(isContribution(text)).toBe(expected));
});
