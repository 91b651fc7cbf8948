import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { loadKnownEntries } from '../../db/known-entries.js';
import { feedEntry } from '../builders.js';
import { createDatabase, insertFeed } from '../database.js';

const { db } = await createDatabase();
const feedId = await insertFeed(db);

/** Rows of one feed that all say the same. */
const ROWS = 30_000;
const LINK = 'https://a.example/';
const DAY = new Date('2026-01-01T00:00:00Z');
await db.execute(sql`
  insert into feedmill_data.entries (feed_id, key, guid, url, title, published_at, content_hash)
  select ${feedId}, 'k' || n, 'k' || n, ${LINK}, 'Same', ${DAY.toISOString()}::timestamptz, 'same' from generate_series(1, ${ROWS}::int) n`);
await db.execute(sql`analyze feedmill_data.entries`);

const like = (n: number) =>
  feedEntry(n, { key: `new${n}`, title: 'Same', publishedAt: DAY, contentHash: 'same', normalizedUrl: LINK });
const without = (n: number) => {
  const { normalizedUrl: _, ...entry } = like(n);
  return entry;
};

it.each([
  ['link', [1, 2].map(like), ['k29996', 'k29997', 'k29998', 'k29999', 'k30000']],
  ['content', [without(1)], ['k29997', 'k29998', 'k29999', 'k30000']],
  ['title and date', [{ ...without(1), contentHash: 'other' }], ['k29999', 'k30000']],
  ['key', [{ ...without(1), key: 'k7', contentHash: 'other' }], ['k7']],
])('of many rows with the same %s, only the newest are loaded', async (_, seen, keys) => {
  expect((await loadKnownEntries(db, feedId, seen)).map(({ key }) => key)).toEqual(keys);
});

it('a document of a thousand entries that all say the same is looked up without reading all rows', async () => {
  const seen = Array.from({ length: 1_000 }, (_, n) => ({ ...without(n), sharesLink: true as const, normalizedUrl: LINK }));
  const started = performance.now();
  expect(await loadKnownEntries(db, feedId, seen)).toHaveLength(1_003);
  // Milliseconds; it was half a minute when each entry had all rows read.
  expect(performance.now() - started).toBeLessThan(10_000);
});
