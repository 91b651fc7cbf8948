import { eq, sql } from 'drizzle-orm';
import type { Subscription } from '../src/jobs/websub.js';
import type { Db } from './client.js';
import { websubSubscriptions as table } from './schema/feeds.js';

export const websubStore = (db: Db) => {
  const find = async (condition: ReturnType<typeof eq>): Promise<Subscription | undefined> => {
    const [row] = await db.select().from(table).where(condition);
    if (!row) return undefined;
    const { feedId, hubUrl, topic, secret, token, state, dueAt, leaseExpiresAt, pushesInARow } = row;
    return { feedId, hubUrl, topic, secret, token, state, dueAt, pushesInARow, ...(leaseExpiresAt ? { leaseExpiresAt } : {}) };
  };
  return {
    /** The subscription of a feed; undefined when no hub was asked for it. */
    findSubscription: (feedId: number) => find(eq(table.feedId, feedId)),

    /** The subscription whose callback holds this token. */
    findByToken: (token: string) => find(eq(table.token, token)),

    /** Writes down what a hub is about to be asked: it may verify before it answers. A renewal keeps the lease that runs. */
    async saveAsked(asked: Pick<Subscription, 'feedId' | 'hubUrl' | 'topic' | 'secret' | 'token' | 'dueAt'>): Promise<void> {
      const other = sql`${table.token} <> excluded.token`;
      await db
        .insert(table)
        .values(asked)
        .onConflictDoUpdate({
          target: table.feedId,
          set: {
            ...asked,
            state: sql`case when ${other} then 'asked' else ${table.state} end`,
            leaseExpiresAt: sql`case when ${other} then null else ${table.leaseExpiresAt} end`,
            pushesInARow: sql`case when ${other} then 0 else ${table.pushesInARow} end`,
            problem: null,
          },
        });
    },

    /** The hub verified: the lease begins. */
    async saveLease(feedId: number, { leaseExpiresAt, dueAt }: { leaseExpiresAt: Date; dueAt: Date }): Promise<void> {
      await db.update(table).set({ state: 'live', problem: null, leaseExpiresAt, dueAt }).where(eq(table.feedId, feedId));
    },

    /** The hub will not, or could not be asked; it is asked again when the row falls due. */
    async saveRefusal(feedId: number, { problem, denied }: { problem: string; denied: boolean }): Promise<void> {
      await db
        .update(table)
        .set({ problem, ...(denied ? { state: 'denied' as const, leaseExpiresAt: null } : {}) })
        .where(eq(table.feedId, feedId));
    },

    /** The feed names no hub any more. */
    async deleteSubscription(feedId: number): Promise<void> {
      await db.delete(table).where(eq(table.feedId, feedId));
    },

    /** Counts towards the hub what it brought, and against it what a poll had to find. */
    async countDelivery(feedId: number, { via, news }: { via: 'poll' | 'push'; news: boolean }): Promise<void> {
      if (via === 'poll' && !news) return;
      await db
        .update(table)
        .set(
          via === 'poll'
            ? { pushesInARow: 0 }
            : { lastPushAt: sql`now()`, ...(news ? { pushesInARow: sql`${table.pushesInARow} + 1` } : {}) },
        )
        .where(eq(table.feedId, feedId));
    },
  };
};
