import { sql } from 'drizzle-orm';
import type { NewDelivery, Receiver } from '../src/deliveries/event.js';
import { errorCode } from '../src/text/error-code.js';
import type { Db } from './client.js';

/** SQLSTATE invalid_parameter_value. */
const INVALID_PARAMETER = '22023';

/** What the commands about deliveries do: they call the functions of feedmill_admin, as the owner can. */
export const deliveryAdminStore = (db: Db) => ({
  addDelivery: (delivery: NewDelivery) => addDelivery(db, delivery),
  listDeliveries: () => listDeliveries(db),
  findReceiver: (id: number) => findReceiver(db, id),
  loadDeadLetters: (id: number, limit: number) => loadDeadLetters(db, id, limit),
  pauseDeliveries: (ids: readonly number[]) => call(db, 'pause_deliveries', ids),
  resumeDeliveries: (ids: readonly number[]) => call(db, 'resume_deliveries', ids),
  removeDeliveries: (ids: readonly number[]) => call(db, 'remove_deliveries', ids),
  retryDeliveries: (ids: readonly number[]) => retryDeliveries(db, ids),
});

/** @returns its id and its secret; or what is wrong with it, in a sentence */
async function addDelivery(db: Db, delivery: NewDelivery): Promise<{ id: number; secret: string } | { problem: string }> {
  const { url, events, feedIds, folder, query, secret, ratePerMinute, concurrency, digestMinutes } = delivery;
  const given = [
    sql`url => ${url}`,
    sql`events => ${sql.param([...events])}::text[]`,
    ...(feedIds ? [sql`feed_ids => ${sql.param([...feedIds])}::bigint[]`] : []),
    ...(folder === undefined ? [] : [sql`folder => ${folder}`]),
    ...(query === undefined ? [] : [sql`query => ${query}`]),
    ...(secret === undefined ? [] : [sql`secret => ${secret}`]),
    ...(ratePerMinute === undefined ? [] : [sql`rate_per_minute => ${ratePerMinute}::int`]),
    ...(concurrency === undefined ? [] : [sql`concurrency => ${concurrency}::int`]),
    ...(digestMinutes === undefined ? [] : [sql`digest_minutes => ${digestMinutes}::int`]),
  ];
  try {
    const { rows } = await db.execute<{ delivery_id: string; signing_secret: string }>(
      sql`select * from feedmill_admin.add_delivery(${sql.join(given, sql`, `)})`,
    );
    return { id: Number(rows[0]?.delivery_id), secret: rows[0]?.signing_secret ?? '' };
  } catch (error) {
    // The function says what is wrong with its arguments; Drizzle wraps the error.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (errorCode(cause) !== INVALID_PARAMETER) throw error;
    return { problem: (cause as Error).message };
  }
}

/** All deliveries as the view shows them. */
async function listDeliveries(db: Db): Promise<Record<string, unknown>[]> {
  const { rows } = await db.execute(sql`
    select v.id::int, v.kind, v.receiver, v.events, v.feed_ids::int[], v.folder, v.query, v.state,
      v.problem, v.paused_at, v.waiting::int, v.dead_letters::int,
      extract(epoch from v.lag)::int as lag_seconds, v.failures_in_a_row, v.next_attempt_at, v.last_sent_at, v.last_error,
      v.last_error_at, v.rate_per_minute, v.concurrency, v.digest_minutes, v.created_at
    from feedmill.deliveries v order by v.id`);
  return rows;
}

/** What a test message needs; undefined if there is no such delivery. `now` is the database's time. */
async function findReceiver(db: Db, id: number): Promise<{ receiver: Receiver; now: Date } | undefined> {
  const { rows } = await db.execute<Receiver & { now: string } & Record<string, unknown>>(sql`
    select id::int, kind, url, secret, failures, now() as now from feedmill_data.deliveries where id = ${id}`);
  const [row] = rows;
  if (!row) return undefined;
  const { now, ...receiver } = row;
  return { receiver, now: new Date(now) };
}

/** The newest dead letters of a delivery. */
async function loadDeadLetters(db: Db, id: number, limit: number): Promise<Record<string, unknown>[]> {
  const { rows } = await db.execute(sql`
    select id::int, type, subject, occurred_at, attempts, dead_at, last_error from feedmill_data.messages
    where delivery_id = ${id} and dead_at is not null order by id desc limit ${limit}`);
  return rows;
}

async function call(db: Db, name: 'pause_deliveries' | 'resume_deliveries' | 'remove_deliveries', ids: readonly number[]) {
  const { rows } = await db.execute<{ id: string }>(sql`
    select id from ${sql.raw(`feedmill_admin.${name}`)}(${sql.param([...ids])}::bigint[]) as id`);
  return rows.map(({ id }) => Number(id));
}

/** @returns the number of dead letters that are sent again */
async function retryDeliveries(db: Db, ids: readonly number[]): Promise<number> {
  const { rows } = await db.execute<{ count: string }>(sql`
    select feedmill_admin.retry_deliveries(${sql.param([...ids])}::bigint[]) as count`);
  return Number(rows[0]?.count ?? 0);
}
