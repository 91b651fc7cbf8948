import { expect, it } from 'vitest';
import { stripMarkup } from '../../../../src/articles/metadata/strip-markup.js';

it.each([
  ['Tide & time', 'Tide & time'],
  ['Tide &amp; time', 'Tide & time'],
  ['<b>Tide</b> &#38; time', 'Tide & time'],
  ['1 < 2', '1 < 2'],
])('stripMarkup(%j)', (value, text) => expect(stripMarkup(value)).toBe(text));
