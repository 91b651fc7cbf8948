import { beforeEach, expect, it } from 'vitest';
import { type ClaimedMessages, claimMessages } from '../../db/deliveries.js';
import { deliveryAdminStore } from '../../db/delivery-admin.js';
import { concludeSending } from '../../db/delivery-results.js';
import { fanOut } from '../../db/fan-out.js';
import { createDatabase, insertFeed, insertRecord } from '../database.js';

const { db } = await createDatabase();
const query = async (text: string, values: unknown[] = []) => (await db.$client.query(text, values)).rows;
const admin = deliveryAdminStore(db);
const ROOM = { room: 50, leaseMs: 60_000, withMail: true };

beforeEach(async () => {
  await query('truncate feedmill_data.deliveries, feedmill_data.feeds cascade');
});

async function add(fields: Partial<Parameters<typeof admin.addDelivery>[0]>): Promise<number> {
  const events = ['record.stored', 'record.changed'];
  const added = await admin.addDelivery({ url: 'https://r.example/hook', events, ...fields });
  if ('problem' in added) throw new Error(added.problem);
  return added.id;
}
async function fanOutAll(): Promise<void> {
  const throwIt = (error: Error) => {
    throw error;
  };
  while (await fanOut(db, throwIt));
}
const record = (feedId: number, text: string) => insertRecord(db, { feedId, url: `https://a.example/${text}`, text });
const firstOf = (claimed: readonly ClaimedMessages[]): ClaimedMessages => {
  const [first] = claimed;
  if (!first) throw new Error('nothing was claimed');
  return first;
};

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
