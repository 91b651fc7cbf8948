import { describe, expect, it } from 'vitest';
import { estimateSimilarity, SKETCH_BYTES, sketchWords } from '../../../src/articles/sketch.js';

const hashes = (from: number, count: number) => Array.from({ length: count }, (_, n) => Math.imul(from + n, 0x9e3779b1) | 0);
/** Two sets of 300 that share this part of all their elements. */
const pair = (similarity: number, from: number) => {
  const shared = Math.round((600 * similarity) / (1 + similarity));
  return [hashes(from, 300), [...hashes(from, shared), ...hashes(from + 5_000, 300 - shared)]] as const;
};

describe('a sketch', () => {
  it('has 128 bytes whatever it is made of, and is the same for the same set', () => {
    for (const words of [[], [1], hashes(0, 10_000)]) expect(sketchWords(words)).toHaveLength(SKETCH_BYTES);
    expect(sketchWords(hashes(0, 100).reverse())).toEqual(sketchWords(hashes(0, 100)));
  });

  it('never changes, since it is stored', () => {
    expect(Buffer.from(sketchWords(hashes(0, 100)).subarray(0, 16)).toString('hex')).toBe('0b87d02c78da33b57da9f49cd256e16b');
  });

  it.each([0, 0.2, 0.5, 0.8, 1])('estimates a similarity of %d', (similarity) => {
    const estimates = Array.from({ length: 200 }, (_, n) => {
      const [one, other] = pair(similarity, n * 20_000);
      return estimateSimilarity(sketchWords(one), sketchWords(other));
    });
    const mean = estimates.reduce((sum, value) => sum + value, 0) / estimates.length;
    const deviation = Math.sqrt(estimates.reduce((sum, value) => sum + (value - similarity) ** 2, 0) / estimates.length);
    expect(Math.abs(mean - similarity)).toBeLessThan(0.02);
    expect(deviation).toBeLessThan(0.04);
  });
});
