import { type SQL, sql } from 'drizzle-orm';
import type { Verdict } from '../src/deliveries/answer.js';
import type { Db, Executor } from './client.js';
import type { ClaimedMessages } from './deliveries.js';
import { interval } from './turns.js';

/** How long a message waits that could not be sent because of others, in ms. */
const POSTPONE_MS = 1_000;

/**
 * Writes what became of messages and their receiver, in one statement. Nothing is written for a message whose lease is another one
 * by now: somebody else sends it.
 * @returns whether the lease still held.
 */
export async function concludeSending(db: Db, claimed: ClaimedMessages, verdict: Verdict): Promise<boolean> {
  const { rows } = await db.execute(sql`
    with concluded as (${changeMessages(claimed, verdict)} returning delivery_id), told as (
      update feedmill_data.deliveries set ${changeReceiver(verdict)}
      where id = ${claimed.receiver.id} and exists (select from concluded)
    )
    select 1 from concluded limit 1`);
  return rows.length > 0;
}

/** Gives messages back that were not sent because the process stops. The attempt does not count. */
export async function giveBackMessages(db: Db, claimed: ClaimedMessages): Promise<void> {
  await db.execute(sql`${changeMessages(claimed, { kind: 'postponed' })}`);
}

const idsOf = ({ messages }: ClaimedMessages): SQL => sql`${sql.param(messages.map(({ id }) => id))}::bigint[]`;

const isHeld = (claimed: ClaimedMessages): SQL =>
  sql`id = any (${idsOf(claimed)}) and lease_end = ${claimed.leaseEnd}::timestamptz`;

function changeMessages(claimed: ClaimedMessages, verdict: Verdict): SQL {
  if (verdict.kind === 'taken') return sql`delete from feedmill_data.messages where ${isHeld(claimed)}`;
  const update = (set: SQL) => sql`update feedmill_data.messages set lease_end = null, ${set} where ${isHeld(claimed)}`;
  if (verdict.kind === 'disabled') return update(sql`due_at = now(), attempts = attempts - 1`);
  if (verdict.kind === 'postponed') return update(sql`due_at = now() + ${interval(POSTPONE_MS)}, attempts = attempts - 1`);
  return sql`
    update feedmill_data.messages m set lease_end = null, last_error = ${verdict.words},
      due_at = coalesce(now() + failed.wait_ms * interval '1 millisecond', m.due_at),
      dead_at = case when failed.wait_ms is null then now() end
    from unnest(${idsOf(claimed)}, ${sql.param([...verdict.waitsMs])}::float8[]) as failed (message_id, wait_ms)
    where m.id = failed.message_id and ${isHeld(claimed)}`;
}

function changeReceiver(verdict: Verdict): SQL {
  switch (verdict.kind) {
    case 'taken':
      return sql`failures = 0, last_sent_at = now()`;
    case 'postponed':
      return sql`next_at = greatest(next_at, now() + ${interval(POSTPONE_MS)})`;
    case 'disabled':
      return sql`paused_at = coalesce(paused_at, now()), problem = ${verdict.words}, last_error = ${verdict.words}, last_error_at = now()`;
    case 'failed':
      // The pause between two mails is for those that were taken.
      return sql`failures = failures + 1,
        next_at = greatest(case kind when 'mail' then now() else next_at end, now() + ${interval(verdict.holdMs)}),
        last_error = ${verdict.words}, last_error_at = now()`;
  }
}

/** How long dead letters, and what paused deliveries wait for, are kept, in days. */
export const KEEP_DEAD_DAYS = 90;
const KEEP_DEAD = sql`${KEEP_DEAD_DAYS}::int * interval '1 day'`;
/** Messages deleted at once. */
const BATCH = 1_000;

/**
 * Deletes dead letters that nobody sent again, and what a delivery that stays paused was never told. Reads no other messages.
 * @returns whether there may be more
 */
export async function expireMessages(db: Executor): Promise<boolean> {
  const dead = await deleteMessages(
    db,
    sql`
    select id from feedmill_data.messages where dead_at < now() - ${KEEP_DEAD} order by dead_at limit ${BATCH} for update skip locked`,
  );
  const untold = await deleteMessages(
    db,
    sql`
    select m.id from feedmill_data.deliveries d cross join lateral (
      select id from feedmill_data.messages
      where delivery_id = d.id and dead_at is null and occurred_at < now() - ${KEEP_DEAD} limit ${BATCH} for update skip locked) m
    where d.paused_at < now() - ${KEEP_DEAD}`,
  );
  return dead || untold;
}

/** Deletes the messages that a query finds. @returns whether it found a batch */
async function deleteMessages(db: Executor, expired: SQL): Promise<boolean> {
  const { rowCount } = await db.execute(sql`delete from feedmill_data.messages where id = any (array(${expired}))`);
  return (rowCount ?? 0) >= BATCH;
}
