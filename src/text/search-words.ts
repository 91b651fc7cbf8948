/** Ranges of code points: first and last of each. */
type Ranges = readonly (readonly [first: number, last: number])[];

// As in db/contract/30-search.sql, which splits the queries; a test compares the two.

/** Characters between words. */
const SEPARATORS: Ranges = [
  [0x00, 0x2f],
  [0x3a, 0x40],
  [0x5b, 0x60],
  [0x7b, 0xbf],
  [0xd7, 0xd7],
  [0xf7, 0xf7],
  [0x589, 0x589],
  [0x5be, 0x5be],
  [0x5c0, 0x5c0],
  [0x5c3, 0x5c3],
  [0x5f3, 0x5f4],
  [0x60c, 0x60c],
  [0x61b, 0x61b],
  [0x61f, 0x61f],
  [0x66a, 0x66d],
  [0x6d4, 0x6d4],
  [0x964, 0x965],
  [0xe4f, 0xe4f],
  [0xe5a, 0xe5b],
  [0x104a, 0x104f],
  [0x1680, 0x1680],
  [0x17d4, 0x17db],
  [0x180e, 0x180e],
  [0x2000, 0x20cf],
  [0x2190, 0x2bff],
  [0x2e00, 0x2e7f],
  [0x3000, 0x3004],
  [0x3008, 0x3020],
  [0x3030, 0x3030],
  [0x303d, 0x303f],
  [0x30a0, 0x30a0],
  [0x30fb, 0x30fb],
  // Halves of surrogate pairs, which Postgres has none of.
  [0xd800, 0xdfff],
  [0xfe10, 0xfe6f],
  [0xfff9, 0xffff],
  [0x1f000, 0x1faff],
];
/** Characters of scripts without spaces between words: Thai, Lao, Burmese, Hangul, Khmer, kana, bopomofo, Han. */
const PAIRED: Ranges = [
  [0xe00, 0xeff],
  [0x1000, 0x109f],
  [0x1100, 0x11ff],
  [0x1780, 0x17ff],
  [0x3005, 0x3007],
  [0x3041, 0x309a],
  [0x309d, 0x309f],
  [0x30a1, 0x30fa],
  [0x30fc, 0x30ff],
  [0x3105, 0x318e],
  [0x31f0, 0x31ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0x20000, 0x3ffff],
];
const LETTER = 0;
const SEPARATOR = 1;
const PAIR = 2;

/** What each code point up to U+3FFFF is. */
const KINDS = new Uint8Array(0x40000);
for (const [first, last] of PAIRED) KINDS.fill(PAIR, first, last + 1);
// Punctuation within the blocks of paired scripts separates.
for (const [first, last] of SEPARATORS) KINDS.fill(SEPARATOR, first, last + 1);

/** ASCII signs and general punctuation. Most text has no other characters that are not ASCII. */
const COMMON_SEPARATORS = /[\0-/:-@[-`{-\x7f\xa0\u2000-\u206f]+/g;
const ASCII = /^[\0-\x7f]*$/;
/** Accents, and the vowel points of Hebrew and Arabic. */
const MARKS = /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u064b-\u0655\u0670]/g;

/** Characters that count of a title and of a text. */
const MAX_TITLE = 1_000;
const MAX_TEXT = 60_000;
/** Different words of a record that are indexed; a text of 60,000 characters of Chinese has half as many. */
const MAX_KEYS = 100_000;

/** The words of a record for the search index, each as its key. */
export interface SearchKeys {
  /** Those of the title. */
  title: number[];
  /** Those of title and text. */
  all: number[];
}

/** Splits a record into the words that are indexed. */
export function toSearchKeys(title: string | null, text: string | null): SearchKeys {
  const own = splitWords(cut(title ?? '', MAX_TITLE));
  const words = splitWords(cut(text ?? '', MAX_TEXT));
  for (const word of own) words.add(word);
  return { title: toKeys(own), all: toKeys(words) };
}

const toKeys = (words: ReadonlySet<string>): number[] => [...new Set([...words].slice(0, MAX_KEYS).map(toKey))];

/** A 32-bit hash of a word, signed for Postgres: FNV-1a over its code points. */
function toKey(word: string): number {
  let hash = 0x811c9dc5;
  for (let n = 0; n < word.length; n += 1) {
    const code = word.codePointAt(n) ?? 0;
    if (code > 0xffff) n += 1;
    hash = Math.imul(hash ^ code, 0x01000193);
  }
  return hash | 0;
}

/**
 * The different words of a text, in lower case and without accents; of scripts without spaces, each character and each pair of
 * neighbouring characters.
 */
export function splitWords(text: string): Set<string> {
  const words = new Set<string>();
  const plain = toPlain(text);
  let kind = SEPARATOR;
  let start = 0;
  let previous = '';
  for (let n = 0; n < plain.length; n += 1) {
    const code = plain.codePointAt(n) ?? 0;
    const next = KINDS[code] ?? LETTER;
    if (next !== kind) {
      if (kind === LETTER) words.add(plain.slice(start, n));
      [kind, start, previous] = [next, n, ''];
    }
    if (code > 0xffff) n += 1;
    if (kind !== PAIR) continue;
    const character = String.fromCodePoint(code);
    words.add(character);
    if (previous) words.add(previous + character);
    previous = character;
  }
  if (kind === LETTER) words.add(plain.slice(start));
  return words;
}

/** Lower case without marks. The order of the steps matters: which sigma ends a word depends on what comes after it. */
function toPlain(text: string): string {
  const spaced = text.replace(COMMON_SEPARATORS, ' ');
  if (ASCII.test(spaced)) return spaced.toLowerCase();
  return spaced.normalize('NFKD').replace(MARKS, '').normalize('NFKC').toLowerCase();
}

/** The first `max` characters; a pair of surrogates is one. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = 0;
  for (let count = 0; count < max && end < text.length; count += 1) end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  return text.slice(0, end);
}
