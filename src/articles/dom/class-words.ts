import type { Element } from 'domhandler';

/** Longer class and id texts say nothing more, in characters. */
const MAX_WORDS = 300;
/** Distinct class texts that are remembered. */
const MAX_REMEMBERED = 20_000;

/** Class and id of an element, empty where it has neither. */
export function wordsOf({ attribs }: Element): string {
  const { class: names, id } = attribs;
  if (names === undefined && id === undefined) return '';
  return (id === undefined ? (names ?? '') : `${names ?? ''} ${id}`).slice(0, MAX_WORDS);
}

/** Words that scripts put together, apart: `ImageCaption` → `Image-Caption`. */
export const dashed = (words: string): string => words.replace(/([a-z])([A-Z])/g, '$1-$2');

/** The same words stand on thousands of elements, on one page and the next: answers about them are kept. */
export function remember<T>(answer: (words: string) => T): (words: string) => T {
  const known = new Map<string, T>();
  return (words) => {
    const before = known.get(words);
    if (before !== undefined) return before;
    const now = answer(words);
    if (known.size >= MAX_REMEMBERED) known.clear();
    // A copy: an attribute's text is a window on its page's source, which it would keep in memory.
    known.set(Buffer.from(words).toString(), now);
    return now;
  };
}
