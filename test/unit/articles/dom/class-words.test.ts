import { Element } from 'domhandler';
import { describe, expect, it, vi } from 'vitest';
import { compileClassWords, memoizeByWords, readClassWords, splitCamelCase } from '../../../../src/articles/dom/class-words.js';

describe('readClassWords', () => {
  it.each([
    [{}, ''],
    [{ class: 'a b' }, 'a b'],
    [{ id: 'c' }, ' c'],
    [{ class: 'a', id: 'c' }, 'a c'],
  ])('%j → %j', (attributes: Record<string, string>, words) => expect(readClassWords(new Element('p', attributes))).toBe(words));

  it('reads no more than 300 characters', () =>
    expect(readClassWords(new Element('p', { class: 'x'.repeat(1_000) }))).toHaveLength(300));
});

describe('splitCamelCase', () => {
  it('puts a hyphen between joined words', () => expect(splitCamelCase('ImageCaption two')).toBe('Image-Caption two'));
});

describe('memoizeByWords', () => {
  it('asks once for each text', () => {
    const answer = vi.fn((words: string) => words.length);
    const memoized = memoizeByWords(answer);
    expect([memoized('ab'), memoized('ab'), memoized('c')]).toEqual([2, 2, 1]);
    expect(answer).toHaveBeenCalledTimes(2);
  });
});

describe('compileClassWords', () => {
  const PATTERN = compileClassWords('ad(s)\nread-more');

  it.each(['ad', 'ADS', 'top_ad', 'x read-more y'])('matches %j', (words) => expect(words).toMatch(PATTERN));
  it.each(['adapt', 'readmore', 'read_more'])('does not match %j', (words) => expect(words).not.toMatch(PATTERN));
  it('lets a hyphen stand for another pattern', () =>
    expect('read__more').toMatch(compileClassWords('read-more', { hyphen: '[-_]*' })));
});
