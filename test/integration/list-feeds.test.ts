import { expect, it } from 'vitest';
import type { Db } from '../../db/client.js';
import { reportStore } from '../../db/reports.js';
import { countRowsRead, createDatabase } from '../database.js';

const { db } = await createDatabase();
const FEEDS = 20_000;

it('each feed is read once, however many are listed', async () => {
  await db.$client.query(`
    insert into feedmill_data.feeds (url, host) select 'https://h' || n / 4 || '.example/' || n, 'h' || n / 4 || '.example'
      from generate_series(1, ${FEEDS}) n;
    insert into feedmill_data.hosts (host) select distinct host from feedmill_data.feeds;
    insert into feedmill_data.feed_counts (feed_id, pending, stored, failed) select id, 0, 0, 0 from feedmill_data.feeds
      on conflict do nothing`);
  await db.$client.query('vacuum analyze');
  let listed = 0;
  const read = await countRowsRead(db, 'feeds', async (tx) => {
    for await (const batch of reportStore(tx as Db).readFeeds()) listed += batch.length;
  });
  expect(listed).toBe(FEEDS);
  // Once as it is, and once by the view.
  expect(read.by_scan + read.by_index).toBeLessThanOrEqual(3 * FEEDS);
});
