import { sql } from 'drizzle-orm';
import type { Executor } from './client.js';

/** NOTIFY channel that wakes the poller when something may be due earlier than it expects. */
export const WAKE_CHANNEL = 'feedmill_wake';

/**
 * Wakes the poller when the transaction commits. Postgres sends one notification per transaction, however often this is called.
 */
export const wakePoller = async (tx: Executor): Promise<void> => {
  await tx.execute(sql`select pg_notify(${WAKE_CHANNEL}, '')`);
};
