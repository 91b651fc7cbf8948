/**
 * How similar two titles are, from 0 to 1: the share of the shorter title's words that the longer one also has. A title
 * that is much shorter than the other scores less. Scripts without spaces are compared by characters.
 */
export function titleSimilarity(a: string, b: string): number {
  const [wordsA, wordsB] = [splitWords(a), splitWords(b)];
  const [shorter, longer] = wordsA.length < wordsB.length ? [wordsA, new Set(wordsB)] : [wordsB, new Set(wordsA)];
  if (shorter.length === 0) return 0;
  const shared = shorter.filter((word) => longer.has(word)).length;
  return (shared / shorter.length) * Math.min(1, (shorter.length + 1) / (longer.size * 0.4));
}

/** The lower-case words of a text; in Chinese, Japanese and Thai, which write without spaces, its characters. */
export const splitWords = (text: string): string[] =>
  text.toLowerCase().match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}]+/gu) ?? [];

/** A text reduced to its letters and digits in lower case, so that names compare equal however they are punctuated. */
export const toMatchKey = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
