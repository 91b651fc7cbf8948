import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { loadKnownEntries } from '../../db/known-entries.js';
import { feedEntry } from '../builders.js';
import { countRowsRead, createDatabase, insertFeed } from '../database.js';

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

it('a document of a thousand entries that all say the same reads no more rows than it loads', async () => {
  const seen = Array.from({ length: 1_000 }, (_, n) => ({ ...without(n), sharesLink: true as const, normalizedUrl: LINK }));
  const load = async (tx: typeof db) => expect(await loadKnownEntries(tx, feedId, seen)).toHaveLength(1_003);
  const read = await countRowsRead(db, 'entries', (tx) => load(tx as typeof db));
  expect(read.by_scan + read.by_index).toBeLessThan(2_100);
});

// All rows have one link, so the planner takes any link for one that all rows have.
it.each([
  ['link', { ...like(1), normalizedUrl: 'https://a.example/other' }],
  ['content', { ...without(1), contentHash: 'other', title: 'Other' }],
  ['title and date', { ...without(1), contentHash: 'other', title: 'Other' }],
])('of many rows with the same %s, none is read when an entry has another', async (_, entry) => {
  const read = await countRowsRead(db, 'entries', (tx) => loadKnownEntries(tx as typeof db, feedId, [entry]));
  expect(read.by_scan + read.by_index).toBeLessThan(10);
});
