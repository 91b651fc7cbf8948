import { describe, expect, it } from 'vitest';
import { isNewsletter } from '../../../../../src/articles/body/boilerplate/newsletter.js';
import { block, position } from './block.js';

const END = position({ nearEnd: true });

describe('isNewsletter', () => {
  it.each([
    ['an appeal near the end, with a link', block('Subscribe here', { linked: 4 }), END, true],
    ['an appeal near the end, in bold', block('Please donate', { emphasized: 13 }), END, true],
    ['a newsletter near the end', block('Get our newsletter'), END, true],
    ['an appeal in German, with a link', block('Jetzt abonnieren', { linked: 16 }), END, true],
    ['an appeal without another sign', block('Subscribe here'), END, false],
    ['an appeal in the middle', block('Subscribe here', { linked: 4 }), position(), false],
    ['no appeal', block('Here', { linked: 4, emphasized: 4 }), END, false],
    ['a long text', block(`Subscribe ${'here '.repeat(100)}`, { linked: 400 }), END, false],
  ])('of %s', (_, text, where, expected) => expect(isNewsletter(text, where)).toBe(expected));
});
