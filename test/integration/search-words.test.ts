import fc from 'fast-check';
import { expect, it } from 'vitest';
import { composeStory, SITES } from '../../src/sampler/story.js';
import { splitWords, toSearchKeys } from '../../src/text/search-words.js';
import { createDatabase } from '../database.js';

const { db } = await createDatabase();
const one = async (sql: string, ...values: unknown[]) => (await db.$client.query(`select ${sql} as it`, values)).rows[0].it;

/** Characters of all kinds that the splitter tells apart: letters, marks, separators, paired scripts, and what normalizes to them. */
const PIECES = [
  ...'abcIZé0٣ß ßøÅŒĳ',
  ...'ΑΣςσάй Ёжא֑בּ مَدْرَأ।किเก็ກ่ကီមុំ',
  ...'岸田文雄々〆、。・ーハパはぱぱﾊﾟｶﾞ가각가ᄀㄱㄅ㌀㍻豈',
  ..." .,-'’“–\n\t&/=_#…·´¨ªº½①™\u00a0\u00ad\u200b\u200d\u2028\u3000\ufeff￿",
  '\u0301',
  '\u0338',
  '\u3099',
  '\u309a',
  '\u1161',
  '\u11a8',
  '🙂',
  '𠮷',
  '𝔸',
  'ﷺ',
  'ﬁ',
  '\u1680',
];
const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((list) => list.join(''));
const texts = fc.oneof(
  pieces,
  // Without characters that only one side knows: the server may have an older version of ICU.
  fc
    .string({ unit: 'binary', maxLength: 40 })
    .map((text) => text.replace(/[\0\p{Cn}\p{Cs}\p{Co}\u{10000}-\u{1ffff}]|(?![\0-\u04ff])\p{Lu}/gu, '')),
);

/** The words that SQL splits a text into; of scripts without spaces, it has single characters at the ends of a run only. */
async function splitBySql(text: string): Promise<Set<string>> {
  const words: string[] = await one('tsvector_to_array(feedmill_data.search_positions($1, 60000))', text);
  const paired = new RegExp(`^[${(await one('feedmill_data.paired_scripts()')).replace(/\\U(.{8})/g, '\\u{$1}')}]+$`, 'u');
  return new Set(words.flatMap((word) => (paired.test(word) ? [...word, word] : [word])));
}

it('splits texts as the SQL function does that splits queries', async () => {
  const stories = SITES.map((site) => composeStory(site, 1, new Date()).paragraphs.join('\n'));
  for (const text of stories) expect(splitWords(text)).toEqual(await splitBySql(text));
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      expect(splitWords(text)).toEqual(await splitBySql(text));
    }),
    { numRuns: 500 },
  );
}, 120_000);

it('gives words the same keys as SQL', async () => {
  for (const word of ['a', 'election', 'москве', '岸田', '𠮷野', '#12']) {
    const key = await one('feedmill_data.search_key($1)', word);
    if (word !== '#12') expect(toSearchKeys(null, word).all).toContain(key);
  }
});

it('finds no phrase that goes from the title on into the text', async () => {
  const { rows } = await db.$client.query(
    `select query, feedmill_data.search_vector('one two', 'three four') @@ feedmill_data.search_query(query) as by_words,
       feedmill_data.search_text('one two', 'three four') ~ feedmill_data.search_pattern(query) as by_text
     from unnest(array['"one two"', '"two three"', '"three four"']) as query`,
  );
  expect(rows.map(({ by_words }) => by_words)).toEqual([true, false, true]);
  expect(rows.map(({ by_text }) => by_text)).toEqual([true, false, true]);
});

it('finds a phrase in a text as in its words', async () => {
  // Which sigma it is depends on what is around it, so a text has both for a term.
  const lower = pieces.map((text) => text.replace(/[Σς]/g, 'σ'));
  const cases = fc.tuple(lower, fc.nat(40), fc.nat(12), lower).map(([text, from, length, other]) => {
    const characters = [...text];
    const at = from % (characters.length || 1);
    const term = characters.slice(at, at + length).join('');
    // Nobody searches for what is a part of a character.
    const isPart = /^[^\p{L}\p{N}]*[\u1161\u11a8\u3099\u309a]/u.test(term.normalize('NFKD'));
    return { text: text + other, term: isPart ? '' : term };
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ text, term }) => {
      const { rows } = await db.$client.query(
        `select feedmill_data.search_text(null, $1) ~ feedmill_data.search_pattern($2) as by_text,
           feedmill_data.search_positions($1, 60000) @@ feedmill_data.search_term($2) as by_words
         where feedmill_data.search_term_words($2) <> '{}'`,
        [text, term],
      );
      for (const { by_text, by_words } of rows) expect({ text, term, found: by_text }).toEqual({ text, term, found: by_words });
    }),
    { numRuns: 1_000 },
  );
}, 120_000);
