import type { Element } from 'domhandler';
import { anyPhrase } from '../../text/word-list.js';

/** Characters read of a class and id: longer ones are generated and add nothing. */
const MAX_LENGTH = 300;
/** Answers kept per memoized function; the cache is emptied when it is full. */
const MAX_CACHED = 20_000;

/** An element's class and id, separated by a space; '' if it has neither. */
export function readClassWords({ attribs }: Element): string {
  const { class: names, id } = attribs;
  if (names === undefined && id === undefined) return '';
  return (id === undefined ? (names ?? '') : `${names ?? ''} ${id}`).slice(0, MAX_LENGTH);
}

/** Separates words that are joined in camel case: `ImageCaption` → `Image-Caption`. */
export const splitCamelCase = (words: string): string => words.replace(/([a-z])([A-Z])/g, '$1-$2');

/** Caches a function of class words, because thousands of elements on a page and across a site share the same class. */
export function memoizeByWords<T>(answer: (words: string) => T): (words: string) => T {
  const cache = new Map<string, T>();
  return (words) => {
    const cached = cache.get(words);
    if (cached !== undefined) return cached;
    const result = answer(words);
    if (cache.size >= MAX_CACHED) cache.clear();
    // The key is a copy: an attribute's value is a slice of the page's source and would keep all of it in memory.
    cache.set(Buffer.from(words).toString(), result);
    return result;
  };
}

/**
 * Compiles a list of class words (see `anyPhrase`) into a pattern that matches any of them as whole words: hyphens, underscores
 * and spaces separate words. `hyphen` is the pattern that a hyphen in the list stands for.
 */
export function compileClassWords(list: string, { hyphen = '-' } = {}): RegExp {
  return new RegExp(`(?:^|[-_\\s])(?:${anyPhrase(list).replaceAll('-', hyphen)})(?:[-_\\s]|$)`, 'i');
}
