import { describe, expect, it } from 'vitest';
import { splitWords, toSearchKeys } from '../../../src/text/search-words.js';

describe('splitWords', () => {
  it.each([
    ['', ''],
    ['It’s 3.14 & C++', 'it s 3 14 c'],
    ['the The THE', 'the'],
    ['Straße ÉCOLE naïve', 'straße ecole naive'],
    ['岸田文雄', '岸 岸田 田 田文 文 文雄 雄'],
    ['iPhone手机壳，岸田', 'iphone 手 手机 机 机壳 壳 岸 岸田 田'],
    ['手机iPhone', '手 手机 机 iphone'],
    ['新', '新'],
    ['\u1100\u1161나', '가 가나 나'],
    ['ＡＢＣ①', 'abc1'],
    ['ﾊﾟﾝ', 'パ パン ン'],
    ['مَدْرَسَة', 'مدرسة'],
    ['ΟΔΟΣ’ΑΣ', 'οδος ας'],
    ['📰 news🙂', 'news'],
    ['𠮷野家', '𠮷 𠮷野 野 野家 家'],
    ['\ud842 broken \udfb7', 'broken'],
  ])('%j', (text, words) => {
    expect(splitWords(text)).toEqual(new Set(words.split(' ').filter(Boolean)));
  });
});

describe('toSearchKeys', () => {
  it('has a key for each word of title and text once, and those of the title', () => {
    const { title, all } = toSearchKeys('The prize', 'A prize, the prize');
    expect(title).toHaveLength(2);
    expect(all).toHaveLength(3);
    expect(all).toEqual(expect.arrayContaining(title));
  });

  it('has the published hashes of FNV-1a', () => {
    expect(toSearchKeys(null, 'a').all).toEqual([0xe40c292c | 0]);
    expect(toSearchKeys(null, 'foobar').all).toEqual([0xbf9cf968 | 0]);
  });

  it('has none of a record without words', () => {
    expect(toSearchKeys(null, null)).toEqual({ title: [], all: [] });
  });

  it.each([
    ['characters of a title', `${'x '.repeat(500)}late`, ''],
    ['characters of a text, of which a pair of surrogates is one', '', `${'𠮷'.repeat(59_998)} x late`],
  ])('reads the first %s only', (_, title, text) => {
    expect(toSearchKeys(title, text).all).not.toContain(toSearchKeys(null, 'late').all[0]);
  });
});
