import { describe, expect, it } from 'vitest';
import { isBiography } from '../../../../../src/articles/body/boilerplate/biography.js';
import { block, position } from './block.js';

const AFTER = position({ afterProse: true });
const NEAR = position({ nearEnd: true });

describe('isBiography', () => {
  it.each([
    ['a profession after the prose', block('Ada Example is a reporter at the harbour desk.'), AFTER, true],
    ['a profession in German', block('Bea Muster arbeitet als Redakteurin in Köln.'), AFTER, true],
    ['a known author near the end', block('Ada Example covers the harbour.'), NEAR, true],
    ['an unknown author near the end', block('Bea Muster covers the harbour.'), NEAR, false],
    ['an unknown author near the end, in italics', block('Bea Muster covers it.', { emphasized: 21 }), NEAR, true],
    ['no profession', block('Ada Example is happy.'), AFTER, false],
    ['no profession, but all in italics', block('Ada Example is happy.', { emphasized: 21 }), AFTER, true],
    ['no name', block('The harbour has a new reporter.'), AFTER, false],
  ])('of a block with %s', (_, text, where, expected) => expect(isBiography(text, where, ['Ada Example'])).toBe(expected));
});
