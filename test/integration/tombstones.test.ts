import { beforeEach, describe, expect, it } from 'vitest';
import { feedStore } from '../../db/feeds.js';
import type { FeedEntry } from '../../src/feeds/feed.js';
import { feedEntry, POLITENESS } from '../builders.js';
import { countRowsRead, createDatabase, insertFeed, lease, leasedRows } from '../database.js';

const { db } = await createDatabase();
const query = async (text: string, values: unknown[] = []) => (await db.$client.query(text, values)).rows;

let feedId = 0;
beforeEach(async () => {
  await query('truncate feedmill_data.feeds, feedmill_data.hosts cascade');
  feedId = await insertFeed(db);
  await query("insert into feedmill_data.hosts (host) values ('a.example')");
  await lease(db, 'feeds', feedId);
});

const entry = (n: number) => feedEntry(n, { host: 'a.example' });
const feed = () => ({ id: feedId, url: 'https://a.example/feed', content: 'feed' as const });

async function poll(document: FeedEntry[], tx = db) {
  const [row] = await leasedRows(db, 'feeds', [feedId]);
  if (!row) throw new Error('the feed is not leased');
  return feedStore(tx, POLITENESS).addEntries({ ...feed(), leaseEnd: row.leaseEnd }, document);
}
const push = (document: FeedEntry[]) => feedStore(db, POLITENESS).addEntries(feed(), document);

/** Makes tombstones of entries, as db/retention.ts does. */
async function bury(...numbers: number[]): Promise<void> {
  await query('update feedmill_data.entries set article_id = null where key = any ($1)', [numbers.map((n) => `k${n}`)]);
  await query(
    'delete from feedmill_data.articles a where not exists (select from feedmill_data.entries e where e.article_id = a.id)',
  );
}
const pass = (days: number) => query(`update feedmill_data.entries set gone_since = gone_since - $1 * interval '1 day'`, [days]);
const readKeys = async (condition = 'true') =>
  (await query(`select key from feedmill_data.entries where ${condition} order by id`)).map(({ key }) => key);

describe('a tombstone', () => {
  it('ends 90 days after the document was first read without it, and never while it is there', async () => {
    await poll([entry(1), entry(2), entry(3)]);
    await bury(1, 2);
    await poll([entry(2), entry(3)]);
    expect(await readKeys('gone_since is not null')).toEqual(['k1']);
    await pass(89);
    await poll([entry(2), entry(4)]);
    expect(await readKeys()).toEqual(['k1', 'k2', 'k3', 'k4']);
    await pass(2);
    await poll([entry(2), entry(4)]);
    expect(await readKeys()).toEqual(['k2', 'k3', 'k4']);
    // Nothing brought a record back.
    expect(await query('select count(*)::int as n from feedmill_data.articles')).toEqual([{ n: 2 }]);
  });

  it('starts again when its item is back', async () => {
    await poll([entry(1), entry(2)]);
    await bury(1);
    await poll([entry(2)]);
    await pass(89);
    await poll([entry(1), entry(2)]);
    expect(await readKeys('gone_since is not null')).toEqual([]);
    await pass(2);
    await poll([entry(2)]);
    expect(await readKeys()).toEqual(['k1', 'k2']);
  });

  it('stays when a push or an empty document does not hold it', async () => {
    await poll([entry(1), entry(2)]);
    await bury(1);
    await push([entry(3)]);
    await poll([]);
    expect(await readKeys('gone_since is not null')).toEqual([]);
  });
});

it('a poll reads what its document holds, not what its feed ever held', async () => {
  await query(
    `insert into feedmill_data.entries (feed_id, key, url, title, content_hash, first_seen_at, gone_since)
     select $1, 'old' || n, 'https://a.example/old' || n, 'Old', 'h', now() - interval '100 days', case when n > 2500 then now() end from generate_series(1, 30000) n`,
    [feedId],
  );
  await query('analyze feedmill_data.entries');
  const document = Array.from({ length: 30 }, (_, n) => entry(n));
  const read = () => countRowsRead(db, 'entries', (tx) => poll(document, tx as typeof db));
  // The older ones were made before there was this column: they are noted in batches.
  for (const left of [1500, 500, 0]) {
    await read();
    expect(await readKeys('article_id is null and gone_since is null')).toHaveLength(left);
  }
  const { by_scan, by_index } = await read();
  expect(by_scan).toBe(0);
  expect(by_index).toBeLessThan(100);
});
