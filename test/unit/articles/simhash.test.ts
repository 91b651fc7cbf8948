import { describe, expect, it } from 'vitest';
import { simhash } from '../../../src/articles/simhash.js';
import { composeStory, SITES } from '../../../src/sampler/story.js';
import { cpuMs } from '../../timing.js';

const now = new Date(0);
const story = (site: number, number: number) => {
  const found = SITES[site];
  if (!found) throw new Error(`no site ${site}`);
  return composeStory(found, number, now).paragraphs.join('\n');
};
function distance(one: string, other: string): number {
  const [a, b] = [simhash(one), simhash(other)];
  if (a === undefined || b === undefined) throw new Error('too short');
  return [...BigInt.asUintN(64, a ^ b).toString(2)].filter((bit) => bit === '1').length;
}

describe('simhash', () => {
  it.each(SITES.map(({ slug }, n) => [slug, n] as const))(
    'is close for a text with one more word, and far for another text (%s)',
    (_, site) => {
      const text = story(site, 1);
      expect(distance(text, text)).toBe(0);
      expect(distance(text, `${text} zusatz`)).toBeLessThanOrEqual(6);
      expect(distance(text, story((site + 1) % SITES.length, 1))).toBeGreaterThan(14);
    },
  );

  it.each([
    ['case', (text: string) => text.toUpperCase()],
    ['punctuation and lines', (text: string) => text.replace(/[ ,.]+/g, ' \n– ')],
    ['full width', (text: string) => text.replace(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0))],
  ])('ignores %s', (_, change) => {
    const text = story(0, 3);
    expect(distance(text, change(text))).toBe(0);
  });

  it('has 64 bits with a sign', () => {
    const hashes = Array.from({ length: 60 }, (_, n) => simhash(story(n % SITES.length, n)) ?? 0n);
    expect(hashes.some((hash) => hash < 0n)).toBe(true);
    expect(hashes.every((hash) => BigInt.asIntN(64, hash) === hash)).toBe(true);
  });

  it.each(['', 'Too short to tell.', '短い記事。', '。'.repeat(500)])('is undefined for %j', (text) => {
    expect(simhash(text)).toBeUndefined();
  });

  it('takes seconds for a very long text', async () => {
    expect(await cpuMs(() => simhash('word and more '.repeat(300_000)))).toBeLessThan(2_000);
    expect(await cpuMs(() => simhash('字'.repeat(1_000_000)))).toBeLessThan(2_000);
  });
});
