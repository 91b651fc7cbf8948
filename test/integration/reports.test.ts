import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { recordFault } from '../../db/faults.js';
import { reportStore } from '../../db/reports.js';
import { feedEntry } from '../builders.js';
import { createDatabase } from '../database.js';
import { createWorker } from './worker.js';

const { db } = await createDatabase();
const { options, feeds, claim, subscribe, startPoll, endPoll } = createWorker(db, { dueInMs: 0 });

beforeEach(async () => {
  await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts cascade`);
});

it('loadStatus counts feeds and articles', async () => {
  const feed = await subscribe('a.example');
  await feeds.addEntries(feed, [feedEntry(1)]);
  expect(await reportStore(db).loadStatus()).toMatchObject({ feeds: 1, pending: 1, stored: 0, failed: 0 });
});

it('recordFault makes the feed wait longer each time, and does not blame it', async () => {
  const { id } = await subscribe('a.example');
  for (let n = 0; n < 3; n += 1)
    await recordFault(db, options, 'feeds', await startPoll(id), { error: new Error('no\0thing'), kind: 'bug' });
  const { rows } = await db.execute(sql`
    select failures, last_error, failing_since, round(extract(epoch from due_at - now()) / 60)::int as minutes,
           (select count(*)::int from feedmill_data.polls where outcome = 'fault') as polls from feedmill_data.feeds`);
  expect(rows).toEqual([{ failures: 0, last_error: null, failing_since: null, minutes: 20, polls: 3 }]);
  expect(await reportStore(db).loadFailures({ limit: 5 })).toEqual([
    expect.objectContaining({ attempts: 3, error: expect.stringMatching(/bug in Feedmill.*: nothing/) }),
  ]);
  await endPoll(id);
  expect(await reportStore(db).loadFailures({ limit: 5 })).toEqual([]);
});

describe('pollNow', () => {
  it('does not wait for feeds whose host is blocked, and reports them', async () => {
    const [held, free] = [await subscribe('held.example'), await subscribe('free.example')];
    await endPoll(held.id, { host: { reached: true, trouble: { waitMs: 600_000, baseMs: 1 } } });
    const reports = reportStore(db);
    const since = await reports.readDatabaseTime();
    expect(await feeds.pollNow()).toBe(2);
    expect(await reports.countRemaining(since)).toMatchObject({ feeds: 1 });
    expect(await reports.loadHeldUpFeeds(since)).toEqual([
      expect.objectContaining({ id: held.id, url: 'https://held.example/feed' }),
    ]);
    expect(await reports.loadHeldUpFeeds(since, [free.id])).toEqual([]);
  });

  it('leaves alone a feed whose poll is claimed but not started', async () => {
    const { id } = await subscribe('a.example');
    await claim();
    expect(await feeds.pollNow([id])).toBe(0);
    expect(await feeds.startFeed(id)).toBeDefined();
    expect(await feeds.pollNow([id])).toBe(1);
  });
});

it.each([
  [
    'addFeeds subscribes again to a retired feed',
    async (id: number) => expect(await feeds.addFeeds([{ url: 'https://a.example/feed' }])).toMatchObject([{ id }]),
  ],
  ['pollNow polls a retired feed if it is named', async (id: number) => expect(await feeds.pollNow([id])).toBe(1)],
])('%s', async (_, ask) => {
  const { id } = await subscribe('a.example');
  await claim();
  await db.execute(sql`update feedmill_data.feeds set due_at = null, failures = 9, missing_since = now()`);
  await db.execute(sql`update feedmill_data.hosts set leases = '{}', turn_at = null`);
  expect(await feeds.pollNow()).toBe(0);
  await ask(id);
  expect((await claim()).feeds).toEqual([id]);
});
