/**
 * The smallest value that each of `count` hash functions takes on a set of 32-bit hashes. Two sets agree in a value with the
 * probability of their Jaccard similarity, the share of their elements that both have (Broder, "On the resemblance and containment
 * of documents", 1997). Takes time in proportion to the size of the set and to `count`.
 */
export function minHashes(set: Iterable<number>, count: number): Uint32Array {
  const least = new Uint32Array(count).fill(0xffffffff);
  for (const element of set) {
    for (let n = 0; n < count; n += 1) {
      const mixed = Math.imul(element ^ (OFFSETS[n] ?? 0), FACTORS[n] ?? 1);
      const value = (mixed ^ (mixed >>> 15)) >>> 0;
      if (value < (least[n] ?? 0)) least[n] = value;
    }
  }
  return least.map(mixBits);
}

/** The finalizer of MurmurHash3: every bit of the result depends on every bit of the value. */
export function mixBits(value: number): number {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Functions that `minHashes` can be asked for. */
const MAX_FUNCTIONS = 256;
/** What makes the functions different. Stored sketches and keys depend on it, so it never changes. */
const SEEDS = Uint32Array.from({ length: 2 * MAX_FUNCTIONS }, (_, n) => mixBits(Math.imul(n + 1, 0x9e3779b9)));
const OFFSETS = SEEDS.subarray(0, MAX_FUNCTIONS);
const FACTORS = SEEDS.subarray(MAX_FUNCTIONS).map((seed) => seed | 1);
