import { Element } from 'domhandler';
import { describe, expect, it } from 'vitest';
import { recognizeBoilerplate } from '../../../../../src/articles/body/boilerplate/recognize.js';
import { block, position } from './block.js';

const HINTS = { title: 'The noon ferry comes home late', authors: ['Ada Example'] };
const START = position({ beforeProse: true, nearStart: true });
const END = position({ nearEnd: true, afterProse: true });

const inside = (name: string) => {
  const element = new Element('p', {});
  element.parent = new Element(name, {});
  return element;
};

describe('recognizeBoilerplate', () => {
  it.each([
    ['Advertisement', position(), 'interface text'],
    ['Photo: Ada Example', position(), 'credit'],
    ['Sign up for our newsletter', END, 'newsletter'],
    ['Bea Muster contributed to this report.', END, 'credit'],
    ['Ada Example is a reporter.', END, 'biography'],
    ['Published yesterday', START, 'dateline'],
    ['By Ada Example', START, 'byline'],
    ['12 March 2026', START, 'dateline'],
    ['The noon ferry comes home late', START, 'headline'],
    ['Harbour news', START, 'label'],
    ['By Ada Example', position(), undefined],
    ['Harbour news', position(), undefined],
    [`Photo: ${'a long text '.repeat(40)}`, START, undefined],
  ])('%j', (text, where, reason) => expect(recognizeBoilerplate(block(text), where, HINTS)).toBe(reason));

  it.each([
    ['figure', 'A text', 'caption'],
    ['blockquote', 'Photo: Ada Example', undefined],
    ['blockquote', 'Advertisement', 'interface text'],
  ])('in a %s: %j', (name, text, reason) =>
    expect(recognizeBoilerplate(block(text, { element: inside(name) }), position(), HINTS)).toBe(reason),
  );

  it('recognizes a single link before the prose', () =>
    expect(recognizeBoilerplate(block('Ten ferries that came home.', { linked: 27 }), START, HINTS)).toBe(
      'link to another article',
    ));

  it('keeps code and table cells', () =>
    expect(recognizeBoilerplate(block('print', { name: 'pre' }), START, HINTS)).toBeUndefined());

  it.each([
    ['div', 'More ferries', 'label'],
    ['p', 'More ferries', undefined],
    ['div', 'More ferries came.', undefined],
  ])('takes a short <%s>%s after the prose for %s', (name, text, reason) =>
    expect(recognizeBoilerplate(block(text, { name }), END, HINTS)).toBe(reason),
  );
});
