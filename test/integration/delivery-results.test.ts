import { expect, it } from 'vitest';
import { claimMessages } from '../../db/deliveries.js';
import { concludeSending, expireMessages, giveBackMessages } from '../../db/delivery-results.js';
import { countRowsRead, createDatabase, insertFeed } from '../database.js';
import { firstOf, ROOM, testDeliveries } from '../deliveries.js';

const { db } = await createDatabase();
const { query, admin, add, fanOutAll, record } = testDeliveries(db);
const failed = { kind: 'failed', words: 'no', waitsMs: [3_600_000], holdMs: 0 } as const;

async function claimOne() {
  const feedId = await insertFeed(db);
  const delivery = await add();
  await record(feedId, 'one');
  await fanOutAll();
  return { delivery, claimed: firstOf(await claimMessages(db, ROOM)) };
}

it('a message is not decided by a process whose lease has ended', async () => {
  const { claimed } = await claimOne();
  await query('update feedmill_data.messages set due_at = now(); update feedmill_data.deliveries set next_at = now()');
  await query("update feedmill_data.messages set lease_end = lease_end - interval '1 hour'");
  const other = firstOf(await claimMessages(db, ROOM));
  expect(await concludeSending(db, claimed, failed)).toBe(false);
  expect(await query('select failures from feedmill_data.deliveries')).toEqual([{ failures: 0 }]);
  expect(await concludeSending(db, other, { kind: 'taken' })).toBe(true);
  expect(await query('select from feedmill_data.messages')).toEqual([]);
});

it('a message is a dead letter when it is given up, until it is sent again', async () => {
  const { delivery, claimed } = await claimOne();
  await concludeSending(db, claimed, { ...failed, waitsMs: [null] });
  expect(await admin.listDeliveries()).toMatchObject([{ state: 'failing', dead_letters: 1, waiting: 0, last_error: 'no' }]);
  expect(await admin.loadDeadLetters(delivery, 5)).toMatchObject([{ type: 'record.stored', last_error: 'no' }]);
  expect(await claimMessages(db, ROOM)).toEqual([]);
  expect(await admin.retryDeliveries([delivery])).toBe(1);
  expect(await claimMessages(db, ROOM)).toMatchObject([{ messages: [{ attempts: 1, uid: claimed.messages[0].uid }] }]);
});

it('a message waits when the receiver is gone, and the delivery is disabled', async () => {
  const { delivery, claimed } = await claimOne();
  await concludeSending(db, claimed, { kind: 'disabled', words: 'It is gone (410).' });
  expect(await admin.listDeliveries()).toMatchObject([{ state: 'disabled', problem: 'It is gone (410).', waiting: 1 }]);
  expect(await claimMessages(db, ROOM)).toEqual([]);
  await admin.resumeDeliveries([delivery]);
  expect(await claimMessages(db, ROOM)).toMatchObject([{ messages: [{ attempts: 1 }] }]);
});

it('a message does not count an attempt that was not made', async () => {
  const { claimed } = await claimOne();
  await giveBackMessages(db, claimed);
  expect(await query('select attempts, lease_end from feedmill_data.messages')).toEqual([{ attempts: 0, lease_end: null }]);
});

it('a message is deleted when it has been dead for 90 days', async () => {
  const { claimed } = await claimOne();
  await concludeSending(db, claimed, { ...failed, waitsMs: [null] });
  await expireMessages(db);
  expect(await query('select from feedmill_data.messages')).toHaveLength(1);
  await query("update feedmill_data.messages set dead_at = now() - interval '91 days', occurred_at = now() - interval '95 days'");
  await expireMessages(db);
  expect(await query('select from feedmill_data.messages')).toEqual([]);
});

it('a message is deleted when its delivery has been paused for 90 days', async () => {
  await claimOne();
  await query("update feedmill_data.messages set occurred_at = now() - interval '95 days'");
  await expireMessages(db);
  expect(await query('select from feedmill_data.messages')).toHaveLength(1);
  await query("update feedmill_data.deliveries set paused_at = now() - interval '91 days'");
  await expireMessages(db);
  expect(await query('select from feedmill_data.messages')).toEqual([]);
});

it('a message is found by an index when it has expired', async () => {
  const delivery = await add();
  await query(
    `insert into feedmill_data.messages (delivery_id, type, subject, dead_at)
     select $1, 'record.stored', 'record:' || n, case when n % 2 = 0 then now() end from generate_series(1, 5000) n`,
    [delivery],
  );
  await query('analyze feedmill_data.messages');
  expect(await countRowsRead(db, 'messages', expireMessages)).toEqual({ by_scan: 0, by_index: 0 });
});
