import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../../src/articles/fingerprint.js';
import { cpuMs } from '../../timing.js';

const TEXTS = {
  English:
    'The harbour authority said on Monday that the ferry to the northern islands will sail again from next week after the repair of both engines took longer than planned. Passengers who had booked for the past days get their money back and may travel on any of the next ten days.',
  Japanese:
    '港湾当局は月曜日、両方のエンジンの修理が予定より長引いたため運休していた北部諸島行きのフェリーが来週から再開すると発表した。すでに予約していた乗客には運賃が払い戻され、今後十日間のどの便にも乗船できる。',
};
const keys = (text: string) => fingerprint(text, []).keys;
const shared = (one: string, other: string) => keys(one).filter((key) => keys(other).includes(key)).length;

describe('the keys of a text', () => {
  it.each(Object.entries(TEXTS))('are shared with edited copies, and not with other texts (%s)', (language, text) => {
    expect(keys(text)).toHaveLength(12);
    expect(shared(text, `${text} More follows.`)).toBeGreaterThan(3);
    expect(shared(text, text.slice(0, text.length * 0.8))).toBeGreaterThan(0);
    for (const [other, different] of Object.entries(TEXTS)) if (other !== language) expect(shared(text, different)).toBe(0);
    expect(shared(text, [...text].reverse().join(''))).toBe(0);
  });

  it('are the same whatever the case, the punctuation and the width of characters', () => {
    expect(keys(TEXTS.English.toUpperCase().replaceAll(' ', ', '))).toEqual(keys(TEXTS.English));
    expect(keys(TEXTS.English.replace('ferry', 'ｆｅｒｒｙ'))).toEqual(keys(TEXTS.English));
  });

  it('are integers that Postgres and JavaScript hold exactly', () => {
    for (const key of keys(TEXTS.English)) expect(Number.isSafeInteger(key) && key >= 0).toBe(true);
  });

  it('never change, since they are stored', () => {
    expect(keys(TEXTS.English).slice(0, 2)).toEqual([1454119939222897, 4468127743529130]);
  });

  it('do not exist for a text that is too short', () => {
    expect(keys('Video only. '.repeat(14))).toEqual([]);
    expect(keys('')).toEqual([]);
  });

  it('take seconds for a very long text', async () => {
    expect(await cpuMs(() => keys('word and more '.repeat(300_000)))).toBeLessThan(6_000);
    expect(await cpuMs(() => keys('字'.repeat(1_000_000)))).toBeLessThan(6_000);
  });
});
