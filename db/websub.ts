import { eq, type SQL, sql } from 'drizzle-orm';
import type { Subscription } from '../src/jobs/websub-subscription.js';
import { present } from '../src/text/present.js';
import type { Db, Executor } from './client.js';
import { websubSubscriptions as table } from './schema/feeds.js';
import { interval } from './turns.js';

/** Subscriptions at WebSub hubs, at most one for each feed. */
export const websubStore = (db: Db) => ({
  findSubscription: (feedId: number) => findSubscription(db, eq(table.feedId, feedId)),
  findByToken: (token: string) => findSubscription(db, eq(table.token, token)),
  saveAsked: (asked: AskedSubscription) => saveAsked(db, asked),
  saveLease: (feedId: number, lease: Lease) => saveLease(db, feedId, lease),
  saveRefusal: (feedId: number, refusal: Refusal) => saveRefusal(db, feedId, refusal),
  deleteSubscription: (feedId: number) => deleteSubscription(db, feedId),
  countDelivery: (feedId: number, delivery: Delivery) => countDelivery(db, feedId, delivery),
});

type AskedSubscription = Pick<Subscription, 'feedId' | 'hubUrl' | 'topic' | 'secret' | 'token' | 'dueAt'>;
type Lease = { leaseMs: number; renewInMs: number };
type Refusal = { problem: string; denied: boolean };
type Delivery = { via: 'poll' | 'push'; news: boolean };

/** Undefined when no hub was asked. */
async function findSubscription(db: Db, condition: SQL): Promise<Subscription | undefined> {
  const [row] = await db.select().from(table).where(condition);
  if (!row) return undefined;
  const { feedId, hubUrl, topic, secret, token, state, dueAt, leaseExpiresAt, pushesInARow } = row;
  return { feedId, hubUrl, topic, secret, token, state, dueAt, pushesInARow, ...present({ leaseExpiresAt }) };
}

/**
 * Saves what a hub is about to be asked; before the request, since the hub may verify before it answers it. A renewal has the
 * same token and keeps the current lease.
 */
async function saveAsked(db: Db, asked: AskedSubscription): Promise<void> {
  const isOther = sql`${table.token} <> excluded.token`;
  await db.transaction(async (tx) => {
    if (!(await isSubscribed(tx, asked.feedId))) return;
    await tx
      .insert(table)
      .values(asked)
      .onConflictDoUpdate({
        target: table.feedId,
        set: {
          ...asked,
          state: sql`case when ${isOther} then 'asked' else ${table.state} end`,
          leaseExpiresAt: sql`case when ${isOther} then null else ${table.leaseExpiresAt} end`,
          pushesInARow: sql`case when ${isOther} then 0 else ${table.pushesInARow} end`,
          problem: null,
        },
      });
  });
}

/** Whether the feed is still subscribed to; it can't be removed until the transaction ends. */
async function isSubscribed(tx: Executor, feedId: number): Promise<boolean> {
  const { rows } = await tx.execute(sql`select 1 from feedmill_data.feeds where id = ${feedId} and removed_at is null for share`);
  return rows.length > 0;
}

/** Starts the lease, once the hub has verified the subscription. */
async function saveLease(db: Db, feedId: number, { leaseMs, renewInMs }: Lease): Promise<void> {
  const lease = { leaseExpiresAt: sql`now() + ${interval(leaseMs)}`, dueAt: sql`now() + ${interval(renewInMs)}` };
  await db
    .update(table)
    .set({ state: 'live', problem: null, ...lease })
    .where(eq(table.feedId, feedId));
}

/** Saves why the hub refused or could not be asked. It is asked again when the row falls due. */
async function saveRefusal(db: Db, feedId: number, { problem, denied }: Refusal): Promise<void> {
  await db
    .update(table)
    .set({ problem, ...(denied && { state: 'denied' as const, leaseExpiresAt: null }) })
    .where(eq(table.feedId, feedId));
}

/** Deletes the subscription of a feed that no longer names a hub. */
async function deleteSubscription(db: Db, feedId: number): Promise<void> {
  await db.delete(table).where(eq(table.feedId, feedId));
}

/** Counts a push with news for the hub, and starts again from zero when a poll had to find news. */
async function countDelivery(db: Db, feedId: number, { via, news }: Delivery): Promise<void> {
  if (via === 'poll' && !news) return;
  const push = { lastPushAt: sql`now()`, ...(news && { pushesInARow: sql`${table.pushesInARow} + 1` }) };
  await db
    .update(table)
    .set(via === 'poll' ? { pushesInARow: 0 } : push)
    .where(eq(table.feedId, feedId));
}
