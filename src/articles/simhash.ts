/** Scripts without spaces between words: Thai, Lao, Burmese, Hangul, Khmer, kana, bopomofo, Han. Here each character is a word. */
const UNSPACED =
  '\\u0e00-\\u0eff\\u1000-\\u109f\\u1100-\\u11ff\\u1780-\\u17ff\\u3005-\\u3007\\u3041-\\u30ff\\u3105-\\u318e\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7a3\\uf900-\\ufaff\\u{20000}-\\u{3ffff}';
const WORD = new RegExp(`[${UNSPACED}]|(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])+`, 'gu');
/** Below this the texts of captions and notices are alike by chance, in words. */
const MIN_WORDS = 30;
/** More than this says nothing new of a text, in words. */
const MAX_WORDS = 20_000;

/**
 * A fingerprint of 64 bits: alike texts differ in few of them (Charikar, "Similarity estimation techniques from rounding algorithms", 2002).
 * Taken over the shingles of one and of two words, each by the logarithm of how often it stands there. With edits as wire stories see them, nine in ten are
 * within 10 bits (`npm run bench -- clusters`). Undefined for a text too short to be told from others.
 */
export function simhash(text: string): bigint | undefined {
  const words = (text.normalize('NFKC').toLowerCase().match(WORD) ?? []).slice(0, MAX_WORDS);
  if (words.length < MIN_WORDS) return undefined;
  const counts = new Map<string, number>();
  let before = '';
  for (const word of words) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
    const pair = `${before} ${word}`;
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
    before = word;
  }
  const low = new Float64Array(32);
  const high = new Float64Array(32);
  for (const [shingle, count] of counts) {
    const weight = 1 + Math.log(count);
    const [a, b] = hash(shingle);
    for (let bit = 0; bit < 32; bit += 1) {
      low[bit] = (low[bit] ?? 0) + ((a >>> bit) & 1 ? weight : -weight);
      high[bit] = (high[bit] ?? 0) + ((b >>> bit) & 1 ? weight : -weight);
    }
  }
  return BigInt.asIntN(64, (BigInt(signs(high)) << 32n) | BigInt(signs(low)));
}

/** A bit for each sum above zero. */
const signs = (sums: Float64Array): number => sums.reduce((bits, sum, bit) => (sum > 0 ? bits | (1 << bit) : bits), 0) >>> 0;

/** Two hashes of 32 bits: FNV-1a and a sibling of it, each ended as MurmurHash3 does, so that every bit depends on every letter. */
function hash(text: string): [number, number] {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
    b ^= b >>> 13;
  }
  return [mixed(a), mixed(b)];
}

function mixed(value: number): number {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
