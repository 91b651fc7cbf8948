import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countRowsRead, createDatabase } from '../database.js';
import { waitForIndex } from './search-index.js';

const { db } = await createDatabase();
const BLOCK = 16_384;
const LAST_ID = 2_100_000;
/** From common to rare. */
const WORDS = ['the', 'of', 'government', 'prize', 'zebra'];

/** Records in several blocks and partitions: most in the newest blocks of each, and some at the ends of blocks. */
const IDS = [
  ...Array.from({ length: 40 }, (_, n) => 1 + n * 24_989),
  ...Array.from({ length: 40 }, (_, n) => 999_999 - n * 997),
  ...Array.from({ length: Math.floor(LAST_ID / BLOCK) }, (_, n) => (n + 1) * BLOCK - 1),
  ...[BLOCK, 1_000_000, LAST_ID],
  ...Array.from({ length: 20 }, (_, n) => 2_000_001 + n),
];

/** The words of each record: pseudo-random, but the same in each run. */
const texts = new Map(IDS.map((id) => [id, WORDS.flatMap((word, n) => ((id * 7_919) % (n + 2) === 0 ? [word] : []))]));
for (const [id, words] of texts) if (id % 3 === 0) words.reverse();

await db.$client.query("insert into feedmill_data.feeds (url, host) values ('https://a.example/feed', 'a.example')");
await db.$client.query(`select setval('feedmill_data.articles_id_seq', ${LAST_ID})`);
while ((await db.$client.query('select feedmill_data.make_partitions() as made')).rows[0].made > 0);
await db.$client.query(
  `insert into feedmill_data.articles (id, url, feed_id, status, due_at, title, content_text, content_source, stored_at)
   overriding system value select id, 'https://a.example/' || id, 1, 'stored', null, 'Title', text, 'page', now() from unnest($1::bigint[], $2::text[]) as t (id, text)`,
  [[...texts.keys()], [...texts.values()].map((words) => words.join(', '))],
);
await waitForIndex(db);

/** A term that may be a phrase, and whether it must occur. */
interface Term {
  words: string[];
  isWanted: boolean;
}

const occurs = (words: string[], { words: wanted }: Term) => ` ${words.join(' ')} `.includes(` ${wanted.join(' ')} `);
const toQuery = ({ words, isWanted }: Term) => `${isWanted ? '' : '-'}"${words.join(' ')}"`;

it('finds the newest records that match, in whatever blocks and partitions they are', async () => {
  const term = fc.record({
    words: fc.uniqueArray(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 2 }),
    isWanted: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(term, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 120 }), async (terms, max) => {
      const wanted = terms.some(({ isWanted }) => isWanted)
        ? IDS.filter((id) => terms.every((each) => occurs(texts.get(id) ?? [], each) === each.isWanted)).sort((a, b) => b - a)
        : [];
      const { rows } = await db.$client.query('select record_id from feedmill_data.search_newest($1, $2) order by 1 desc', [
        terms.map(toQuery).join(' '),
        max,
      ]);
      expect(rows.map(({ record_id: id }) => Number(id))).toEqual([...new Set(wanted)].slice(0, max));
    }),
    { numRuns: 150 },
  );
}, 120_000);

it('reads fewer texts for a query of many phrases', async () => {
  await db.$client.query(
    `insert into feedmill_data.articles (url, feed_id, status, due_at, title, content_text, content_source, stored_at)
     select 'https://b.example/' || n, 1, 'stored', null, 'Title', 'of the of', 'page', now() from generate_series(1, 600) n`,
  );
  await waitForIndex(db);
  const { rows } = await db.$client.query('select max(id)::int as id from feedmill_data.articles');
  const partition = `bodies_${Math.floor(rows[0].id / 1_000_000) * 1_000_000}`;
  const countRead = (phrases: number) => {
    const unwanted = Array.from({ length: phrases - 1 }, (_, n) => `-"the ${n}"`);
    return countRowsRead(db, partition, (tx) =>
      tx.execute(sql`select from feedmill_data.search_newest(${['"the of"', ...unwanted, '-"of the"'].join(' ')}, 20)`),
    );
  };
  expect((await countRead(2)).by_index).toBeGreaterThanOrEqual(600);
  expect((await countRead(99)).by_index).toBeLessThanOrEqual(200);
});
