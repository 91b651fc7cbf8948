/**
 * Compiles a list of words into the source of a pattern that matches any of them. Vocabulary is data: one word or phrase a line, so
 * that a reviewer sees what was added. `#` begins a comment, such as the language of the lines below it. In a phrase
 *
 * - a space stands for any white space,
 * - `*` for the rest of a word: `abonn*` matches "abonnieren" and "abonnez-vous" up to its hyphen,
 * - `(…)` for a part that may be missing: `photo(s)`, `(ein) kommentar`.
 *
 * Everything else is literal. Longer phrases come first, so that the longest one wins.
 */
export function anyPhrase(list: string): string {
  return phrasesIn(list)
    .sort((a, b) => b.length - a.length)
    .map(patternOf)
    .join('|');
}

/** The phrases of a list, one a line, without comments. */
export const phrasesIn = (list: string): string[] =>
  list
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');

function patternOf(phrase: string): string {
  const literal = phrase.replace(/[.+?^${}|[\]\\]/g, '\\$&');
  return literal
    .replace(/\((.+?)\) /g, '(?:$1 )?')
    .replace(/ \((?!\?)(.+?)\)/g, '(?: $1)?')
    .replace(/\((?!\?)(.+?)\)/g, '(?:$1)?')
    .replaceAll('*', '[\\p{L}\\p{M}\\p{N}]*')
    .replaceAll(' ', '\\s+');
}
