import { Element } from 'domhandler';
import { describe, expect, it } from 'vitest';
import { readClassVerdict } from '../../../../src/articles/body/class-verdict.js';

describe('readClassVerdict', () => {
  it.each([
    ['sidebar', 'clutter'],
    ['left_sidebar', 'clutter'],
    ['newsletterBox', 'clutter'],
    ['mehr-zum-thema', 'clutter'],
    ['comentarios', 'clutter'],
    ['abort', 'none'],
    ['teaser', 'ambiguous'],
    ['article-body', 'body'],
    ['article__body', 'body'],
    ['articlebody', 'body'],
    ['articleBody related', 'body'],
    ['field--name-body', 'body'],
    ['main_content', 'none'],
    ['social-embed', 'none'],
    ['hljs-comment', 'none'],
    ['hidden', 'clutter'],
    ['hidden md:block', 'none'],
    ['', 'none'],
  ])('of the class %j is %s', (words, verdict) => {
    expect(readClassVerdict(new Element('div', { class: words }))).toBe(verdict);
  });

  it('ignores words joined in camel case on paragraphs, whose classes are often generated', () =>
    expect(readClassVerdict(new Element('p', { class: 'newsletterBox' }))).toBe('none'));

  it('reads the id too', () => expect(readClassVerdict(new Element('div', { id: 'comments' }))).toBe('clutter'));
});
