import { beforeEach } from 'vitest';
import type { Db } from '../db/client.js';
import type { ClaimedMessages } from '../db/deliveries.js';
import { deliveryAdminStore } from '../db/delivery-admin.js';
import { fanOut } from '../db/fan-out.js';
import { insertRecord } from './database.js';

export const RECORD_EVENTS = ['record.stored', 'record.changed', 'record.deleted'];
export const FEED_EVENTS = ['feed.failing', 'feed.recovered', 'feed.retired', 'outage.began', 'outage.ended'];
export const ROOM = { room: 50, leaseMs: 60_000, withMail: true };

/** What tests of deliveries do with a database. Empties its deliveries, feeds and outages before each test. */
export function testDeliveries(db: Db) {
  const query = async (text: string, values: unknown[] = []) => (await db.$client.query(text, values)).rows;
  const admin = deliveryAdminStore(db);
  beforeEach(async () => {
    await query('truncate feedmill_data.deliveries, feedmill_data.feeds, feedmill_data.outages cascade');
  });
  return {
    query,
    admin,
    async add(fields: Partial<Parameters<typeof admin.addDelivery>[0]> = {}): Promise<number> {
      const added = await admin.addDelivery({ url: 'https://r.example/hook', events: RECORD_EVENTS, ...fields });
      if ('problem' in added) throw new Error(added.problem);
      return added.id;
    },
    async fanOutAll(): Promise<void> {
      const throwIt = (error: Error) => {
        throw error;
      };
      while (await fanOut(db, throwIt));
    },
    record: (feedId: number, text: string) => insertRecord(db, { feedId, url: `https://a.example/${text}`, text }),
  };
}

/** The first of what was claimed. @throws when nothing was */
export function firstOf(claimed: readonly ClaimedMessages[]): ClaimedMessages {
  const [first] = claimed;
  if (!first) throw new Error('nothing was claimed');
  return first;
}
