import { type SQL, sql } from 'drizzle-orm';
import type { Message, Receiver } from '../src/deliveries/event.js';
import type { Db, Executor } from './client.js';
import { interval } from './turns.js';

/** Messages that one process sends to one receiver now: one to a webhook, or all that a mail lists. */
export interface ClaimedMessages {
  receiver: Receiver;
  messages: [Message, ...Message[]];
  /** When the claim ends, and the fencing token: what its process finds out counts only while the messages still have it. */
  leaseEnd: string;
  /** The database's time. */
  now: Date;
}

/** How messages are claimed. */
export interface ClaimOptions {
  /** The most requests to claim messages for. At least 1. */
  room: number;
  leaseMs: number;
  /** Whether this process can send mails. */
  withMail: boolean;
}

/** Events in one mail. */
const MAX_DIGEST = 500;

/**
 * Claims messages that are due. A receiver gets no more requests at a time than its concurrency, whatever the number of processes,
 * and only one while it is failing. Of the messages about one subject, only the first is claimed, so their order is kept.
 * Two statements, since the second must see what was committed before the locks of the first.
 */
export const claimMessages = (db: Db, options: ClaimOptions): Promise<ClaimedMessages[]> =>
  db.transaction(async (tx) => {
    const receivers = await lockReceivers(tx, options);
    if (receivers.length === 0) return [];
    const { rows } = await tx.execute<ClaimedRow>(claim(receivers, options));
    const isUseless = ({ type, record_id, record }: ClaimedRow) => record_id !== null && !record && type !== 'record.deleted';
    await deleteMessages(tx, rows.filter(isUseless));
    return groupByRequest(rows.filter((row) => !isUseless(row)));
  });

/**
 * Receivers that can be sent something now. Those that have waited longest come first, so one that has all the requests it may
 * have, or waits for the answer to an earlier message, must not be among them: it would keep the room from the others.
 */
async function lockReceivers(tx: Executor, { withMail, room }: ClaimOptions): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select id from feedmill_data.deliveries d
    where paused_at is null and next_at <= now() and (kind = 'webhook' or ${withMail})
      and exists (select from feedmill_data.messages m where ${isReady(sql`d`)})
      and ${running(sql`d`)} < ${mostRunning(sql`d`)}
    order by next_at limit ${room} for no key update skip locked`);
  return rows.map(({ id }) => id);
}

/** Whether message `m` to a receiver is due, and the first about its subject; a mail lists all there are. */
const isReady = (receiver: SQL): SQL => sql`
  m.delivery_id = ${receiver}.id and m.dead_at is null and m.due_at <= now()
  and (${receiver}.kind = 'mail' or not exists (
    select from feedmill_data.messages e
    where e.delivery_id = ${receiver}.id and e.subject = m.subject and e.id < m.id and e.dead_at is null))`;

/** Messages to a receiver that are being sent. */
const running = (receiver: SQL): SQL => sql`(
  select count(*) from feedmill_data.messages m
  where m.delivery_id = ${receiver}.id and m.dead_at is null and m.lease_end > now())`;

/** The most requests to a receiver at the same time. */
const mostRunning = (receiver: SQL): SQL =>
  sql`case when ${receiver}.kind = 'mail' or ${receiver}.failures > 0 then 1 else ${receiver}.concurrency end`;

interface ClaimedRow extends Record<string, unknown> {
  id: string;
  uid: string;
  type: Message['type'];
  record_id: string | null;
  record: Record<string, unknown> | null;
  data: Record<string, unknown>;
  occurred_at: string;
  attempts: number;
  lease_end: string;
  now: string;
  delivery_id: string;
  kind: Receiver['kind'];
  url: string;
  secret: string;
  failures: number;
}

/** Deletes messages about records that have been deleted since they were written: there is nothing to tell but the deletion. */
async function deleteMessages(tx: Executor, rows: readonly ClaimedRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`delete from feedmill_data.messages where id = any (${sql.param(rows.map(({ id }) => id))}::bigint[])`);
}

/**
 * Claims for locked receivers, with an equal share of the room for each. A claim uses up the rate of its receiver: as many messages
 * as were claimed, or one mail.
 */
const claim = (receivers: readonly string[], { room, leaseMs }: ClaimOptions) => sql`
  with receiver as materialized (
    select d.*, greatest(0, ${mostRunning(sql`d`)} - ${running(sql`d`)}) as free
    from feedmill_data.deliveries d where d.id = any (${sql.param([...receivers])}::bigint[])
  ), picked as materialized (
    select m.id, m.delivery_id from receiver r cross join lateral (
      select m.id, m.delivery_id from feedmill_data.messages m
      where ${isReady(sql`r`)}
      order by m.id
      limit case
        when r.kind = 'mail' then r.free * ${MAX_DIGEST}::int
        else least(r.free, greatest(1, r.rate_per_minute / 60), ${Math.max(1, Math.floor(room / receivers.length))}::int)
      end
    ) as m
  ), paced as (
    update feedmill_data.deliveries d
    set next_at = now() + case d.kind
      when 'mail' then d.digest_minutes * interval '1 minute'
      else taken.messages * interval '1 minute' / d.rate_per_minute end
    from (select delivery_id, count(*) as messages from picked group by delivery_id) as taken where d.id = taken.delivery_id
  ), claimed as (
    update feedmill_data.messages m
    set attempts = m.attempts + 1, due_at = now() + ${interval(leaseMs)}, lease_end = now() + ${interval(leaseMs)}
    from picked where m.id = picked.id returning m.*
  )
  select m.id, m.uid, m.type, m.record_id, m.data, m.occurred_at, m.attempts, m.lease_end::text as lease_end, now() as now,
    r.id as delivery_id, r.kind, r.url, r.secret, r.failures, to_jsonb(record) as record
  from claimed m join receiver r on r.id = m.delivery_id
  left join feedmill.records record on record.id = m.record_id and m.type <> 'record.deleted'
  order by m.id`;

/** One request per message to a webhook, one for all messages of a mail. */
function groupByRequest(rows: readonly ClaimedRow[]): ClaimedMessages[] {
  const requests: ClaimedMessages[] = [];
  const mails = new Map<string, ClaimedMessages>();
  for (const row of rows) {
    const mail = mails.get(row.delivery_id);
    if (mail) {
      mail.messages.push(toMessage(row));
      continue;
    }
    const request = toRequest(row);
    requests.push(request);
    if (row.kind === 'mail') mails.set(row.delivery_id, request);
  }
  return requests;
}

const toRequest = (row: ClaimedRow): ClaimedMessages => ({
  receiver: { id: Number(row.delivery_id), kind: row.kind, url: row.url, secret: row.secret, failures: row.failures },
  messages: [toMessage(row)],
  leaseEnd: row.lease_end,
  now: new Date(row.now),
});

/** A record is told as it is now. */
const toMessage = ({ id, uid, type, data, record, occurred_at, attempts }: ClaimedRow): Message => ({
  id: Number(id),
  uid,
  type,
  occurredAt: new Date(occurred_at),
  data: { ...record, ...data },
  attempts,
});
