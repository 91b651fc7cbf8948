import { minHashes, mixBits } from './min-hash.js';
import { sketchWords } from './sketch.js';

/**
 * Scripts without spaces between words: Thai, Lao, Burmese, Hangul, Khmer, kana, bopomofo, Han. Each character counts as a
 * word.
 */
const UNSPACED = [
  '\\u0e00-\\u0eff',
  '\\u1000-\\u109f',
  '\\u1100-\\u11ff',
  '\\u1780-\\u17ff',
  '\\u3005-\\u3007',
  '\\u3041-\\u30ff',
  '\\u3105-\\u318e',
  '\\u31f0-\\u31ff',
  '\\u3400-\\u4dbf',
  '\\u4e00-\\u9fff',
  '\\uac00-\\ud7a3',
  '\\uf900-\\ufaff',
  '\\u{20000}-\\u{3ffff}',
].join('');
const HAS_UNSPACED = new RegExp(`[${UNSPACED}]`, 'u');
const WORD = new RegExp(`[${UNSPACED}]|(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])+`, 'gu');
/** The same in texts without such scripts, in a third of the time. */
const SPACED_WORD = /[\p{L}\p{N}\p{M}]+/gu;
/** Shortest text with keys, in words. Shorter ones, such as captions and notices, are similar by chance. */
const MIN_WORDS = 30;
/** Words read of a text. More do not change what it is about, and the limit bounds the time. */
const MAX_WORDS = 20_000;
/** Keys of a text. */
const KEYS = 12;
/** Min-hashes that make a key. More would find fewer copies, and fewer would find other texts of the same site. */
const VALUES_PER_KEY = 3;

/** What near-duplicates of a text are found by. */
export interface Fingerprint {
  /** Estimates how similar it is to another text (sketch.ts). */
  sketch: Uint8Array;
  /** Similar texts share at least one of them; none if the text is too short to be told from others. Integers below 2^53. */
  keys: readonly number[];
}

/**
 * The fingerprint of a text. Each key is made of three min-hashes over its pairs of neighbouring words, so texts whose pairs have a
 * similarity of s share a key with the probability 1 - (1 - s³)¹²: 0.94 for 0.6, and one in a hundred thousand for the 0.01 of
 * unrelated texts in one language. Case, punctuation and character width make no difference.
 * @param words the different words of title and text, as 32-bit hashes
 */
export function fingerprint(text: string, words: Iterable<number>): Fingerprint {
  return { sketch: sketchWords(words), keys: toKeys(text) };
}

function toKeys(text: string): number[] {
  const plain = text.normalize('NFKC').toLowerCase();
  const words = (plain.match(HAS_UNSPACED.test(plain) ? WORD : SPACED_WORD) ?? []).slice(0, MAX_WORDS);
  if (words.length < MIN_WORDS) return [];
  const values = minHashes(hashPairs(words), KEYS * VALUES_PER_KEY);
  return Array.from({ length: KEYS }, (_, n) => toKey(n, values.subarray(n * VALUES_PER_KEY, (n + 1) * VALUES_PER_KEY)));
}

/** The pairs of neighbouring words. */
function hashPairs(words: readonly string[]): Int32Array {
  let previous = 0;
  return Int32Array.from(words, (word) => {
    const hash = hashWord(word);
    const pair = mixBits(Math.imul(previous, 31) + hash);
    previous = hash;
    return pair;
  });
}

/** FNV-1a. */
function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let n = 0; n < word.length; n += 1) hash = Math.imul(hash ^ word.charCodeAt(n), 0x01000193);
  return hash;
}

/** One number below 2^52, in which the place of the key counts as well. */
function toKey(place: number, values: Uint32Array): number {
  let [low, high] = [place, ~place];
  for (const value of values) [low, high] = [mixBits(low ^ value), mixBits(Math.imul(high, 31) + value)];
  return (high >>> 12) * 2 ** 32 + low;
}
