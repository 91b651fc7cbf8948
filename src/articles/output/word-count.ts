/** Scripts written without spaces between words: each character counts as a word. */
const UNSPACED_SCRIPTS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/gu;

/** Reading speed of adults (Brysbaert 2019, mean of 190 studies), in words a minute. */
const WORDS_PER_MINUTE = 238;
/** The same for scripts written without spaces, in characters a minute. */
const CHARACTERS_PER_MINUTE = 500;

/** The number of words in a text; in scripts written without spaces, of characters. */
export function countWords(text: string): number {
  const { characters, words } = countUnits(text);
  return characters + words;
}

/** How long a text takes to read, in minutes, rounded; at least 1. */
export function estimateReadingMinutes(text: string): number {
  const { characters, words } = countUnits(text);
  return Math.max(1, Math.round(words / WORDS_PER_MINUTE + characters / CHARACTERS_PER_MINUTE));
}

function countUnits(text: string): { characters: number; words: number } {
  const characters = text.match(UNSPACED_SCRIPTS)?.length ?? 0;
  const words = text.replace(UNSPACED_SCRIPTS, ' ').match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’.-]*/gu)?.length ?? 0;
  return { characters, words };
}
