import { expect, it } from 'vitest';
import { claimMessages } from '../../db/deliveries.js';
import { concludeSending } from '../../db/delivery-results.js';
import { createDatabase, insertFeed } from '../database.js';
import { FEED_EVENTS, firstOf, ROOM, testDeliveries } from '../deliveries.js';

const { db } = await createDatabase();
const { query, add, fanOutAll, record } = testDeliveries(db);

it('a claim takes only the first message of each record, until it is concluded', async () => {
  const feedId = await insertFeed(db);
  await add();
  const ids = [await record(feedId, 'one'), await record(feedId, 'two')];
  await query("update feedmill_data.articles set title = 'New'");
  await fanOutAll();
  const claimed = await claimMessages(db, ROOM);
  expect(claimed.map(({ messages: [{ type, data }] }) => [type, data.id, data.title])).toEqual(
    ids.map((id) => ['record.stored', id, 'New']),
  );
  await query('update feedmill_data.deliveries set next_at = now()');
  expect(await claimMessages(db, ROOM)).toEqual([]);
  expect(await concludeSending(db, firstOf(claimed), { kind: 'taken' })).toBe(true);
  expect(await claimMessages(db, ROOM)).toMatchObject([
    { messages: [{ type: 'record.changed', data: { id: ids[0], changed_fields: ['title'] } }] },
  ]);
});

it('a claim keeps within concurrency and rate, also when two claim at once', async () => {
  const feedId = await insertFeed(db);
  await add({ concurrency: 3, ratePerMinute: 60_000 });
  for (const text of 'abcdef') await record(feedId, text);
  await fanOutAll();
  const claimed = (await Promise.all([claimMessages(db, ROOM), claimMessages(db, ROOM)])).flat();
  expect(claimed).toHaveLength(3);
  await query('update feedmill_data.deliveries set next_at = now(), failures = 1, concurrency = 4');
  expect(await claimMessages(db, ROOM), 'one at a time while it fails').toEqual([]);
  await query(
    'update feedmill_data.messages set lease_end = null, due_at = now(); update feedmill_data.deliveries set rate_per_minute = 1, failures = 0',
  );
  expect(await claimMessages(db, ROOM)).toHaveLength(1);
  expect(await query("select next_at > now() + interval '50 seconds' as later from feedmill_data.deliveries")).toEqual([
    { later: true },
  ]);
  expect(await claimMessages(db, ROOM)).toEqual([]);
});

it('a claim gives every receiver a share of the room', async () => {
  const feedId = await insertFeed(db);
  const both = [await add({ concurrency: 100 }), await add({ concurrency: 100 })];
  for (const text of 'abcdef') await record(feedId, text);
  await fanOutAll();
  const claimed = await claimMessages(db, { ...ROOM, room: 4 });
  expect(claimed.map(({ receiver }) => receiver.id).sort()).toEqual([both[0], both[0], both[1], both[1]]);
});

it('a claim puts all that a mail tells into one request, and the next one later', async () => {
  await insertFeed(db);
  await add({ url: 'mailto:a@b.example', events: FEED_EVENTS, digestMinutes: 10 });
  for (const failures of [3, 0, 3]) await query('update feedmill_data.feeds set failures = $1', [failures]);
  expect(await claimMessages(db, { ...ROOM, withMail: false })).toEqual([]);
  const claimed = await claimMessages(db, ROOM);
  expect(claimed.map(({ messages }) => messages.length)).toEqual([3]);
  await concludeSending(db, firstOf(claimed), { kind: 'taken' });
  await query('update feedmill_data.feeds set failures = 0');
  expect(await claimMessages(db, ROOM)).toEqual([]);
});

it.each([
  ['has all the requests that it may have', 1],
  ['waits for the answer to an earlier message about the record', 4],
])('the room of a claim goes to others while a receiver %s', async (_, concurrency) => {
  const [a, b] = [await insertFeed(db, 'https://a.example/feed'), await insertFeed(db, 'https://b.example/feed')];
  const slow = await add({ feedIds: [a], concurrency });
  const quick = await add({ feedIds: [b] });
  const id = await record(a, 'one');
  await fanOutAll();
  expect(await claimMessages(db, ROOM)).toMatchObject([{ receiver: { id: slow } }]);
  await query("update feedmill_data.articles set title = 'New' where id = $1", [id]);
  await record(b, 'two');
  await fanOutAll();
  await query("update feedmill_data.deliveries set next_at = now() - interval '1 hour' where id = $1", [slow]);
  expect(await claimMessages(db, { ...ROOM, room: 1 })).toMatchObject([{ receiver: { id: quick } }]);
});

it('a message in a mail waits or is given up by its own attempts, not by those of older ones', async () => {
  await insertFeed(db);
  await add({ url: 'mailto:a@b.example', events: ['feed.failing', 'feed.recovered'] });
  for (const failures of [3, 0]) await query('update feedmill_data.feeds set failures = $1', [failures]);
  const claimed = firstOf(await claimMessages(db, ROOM));
  await concludeSending(db, claimed, { kind: 'failed', words: 'no', waitsMs: [null, 60_000], holdMs: 0 });
  expect(
    await query(
      "select type, dead_at is null as waits, due_at < now() + interval '2 minutes' as soon, last_error from feedmill_data.messages order by id",
    ),
  ).toEqual([
    { type: 'feed.failing', waits: false, soon: true, last_error: 'no' },
    { type: 'feed.recovered', waits: true, soon: true, last_error: 'no' },
  ]);
});
