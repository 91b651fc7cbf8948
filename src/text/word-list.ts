/**
 * Compiles a list of phrases into the source of a regular expression that matches any of them. Vocabulary is data: one word
 * or phrase per line, so that a review shows what was added. `#` starts a comment, such as the language of the lines below
 * it. In a phrase,
 *
 * - a space matches any white space,
 * - `*` matches the rest of a word: `abonn*` matches "abonnieren", and "abonnez-vous" up to the hyphen,
 * - `(…)` marks an optional part: `photo(s)`, `mis(e) à jour`. If the part is a whole word, so is one of the spaces around it:
 *   `(ein) kommentar` matches "kommentar".
 *
 * Everything else is literal. Longer phrases come first in the pattern, so that the longest match wins.
 */
export function anyPhrase(list: string): string {
  return phrasesIn(list)
    .sort((a, b) => b.length - a.length)
    .map(toPattern)
    .join('|');
}

/** The phrases of a list, one per line, without comments and empty lines. */
export const phrasesIn = (list: string): string[] =>
  list
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');

function toPattern(phrase: string): string {
  const literal = phrase.replace(/[.+?^${}|[\]\\]/g, '\\$&');
  return literal
    .replace(/(?<=^| )\(([^()]+)\) /g, '(?:$1 )?')
    .replace(/ \((?!\?)([^()]+)\)(?= |$)/g, '(?: $1)?')
    .replace(/\((?!\?)([^()]+)\)/g, '(?:$1)?')
    .replaceAll('*', '[\\p{L}\\p{M}\\p{N}]*')
    .replaceAll(' ', '\\s+');
}

/**
 * Joins patterns into the source of one that matches any of them. Their flags are dropped: the caller sets those of the
 * whole.
 */
export const anyPattern = (patterns: readonly RegExp[]): string => patterns.map(({ source }) => source).join('|');
