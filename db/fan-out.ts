import { type SQL, sql } from 'drizzle-orm';
import type { Db, Executor } from './client.js';

/** Changes read in one transaction. Few, since a long transaction holds back the change cursor for all consumers. */
const BATCH = 100;
/**
 * Messages that may wait for one delivery. The change cursor remembers the rest, so a receiver that has been down for a week costs
 * no more room than this.
 */
const MAX_WAITING = 1_000;

/**
 * Writes the messages for the changes of records that deliveries were not told of yet, a batch for each delivery. It follows the
 * change cursor like any consumer, with a cursor per delivery; the messages and the cursor are written in one transaction. Any
 * number of processes may call it.
 * @param onProblem is told of a delivery that failed, which stops no other
 * @returns whether there may be more to write.
 */
export async function fanOut(db: Db, onProblem: (error: Error) => void): Promise<boolean> {
  await replaceLostCursors(db, onProblem);
  const { rows } = await db.execute<{ id: string }>(sql`
    select d.id from feedmill_data.deliveries d, feedmill_data.parse_cursor(d.cursor) as told
    where d.cursor is not null and d.paused_at is null
      and exists (select from feedmill_data.changes c where (c.epoch, c.tx, c.id) > (told.epoch, told.tx, told.id))
      and (select count(*) from (select from feedmill_data.messages m where m.delivery_id = d.id and m.dead_at is null
           limit ${MAX_WAITING}) as waiting) < ${MAX_WAITING}`);
  let more = false;
  for (const { id } of rows) {
    const filled = await db
      .transaction((tx) => writeMessages(tx, id))
      .catch((error: unknown) => {
        onProblem(error instanceof Error ? error : new Error(String(error)));
        return false;
      });
    more ||= filled;
  }
  return more;
}

const LOST =
  'The database was restored to a state before the last change that the receiver was told of. ' +
  'Changes that it knows may be lost. It is told of all that follow.';
const EXPIRED =
  'Changes that the receiver was not told of were deleted, because they were KEEP_CHANGES_DAYS days old. ' +
  'It is told of all that follow; to have what it missed, it needs a copy of all records.';

/**
 * Gives each delivery that can't go on from its cursor another one: the last change that was deleted for its age, or, if the cursor is
 * ahead of the database, the last change before it. What is missing can't be told. The delivery shows that as its last error.
 */
async function replaceLostCursors(db: Db, onProblem: (error: Error) => void): Promise<void> {
  const { rows } = await db.execute<{ id: string; problem: string }>(sql`
    with lost as (
      select d.id, d.cursor, c.expired_cursor, (told.epoch, told.tx, told.id) < (expired.epoch, expired.tx, expired.id) as missed, (
        select concat_ws('.', c.epoch, c.tx, c.id) from feedmill_data.changes c
        where (c.epoch, c.tx, c.id) < (told.epoch, told.tx, told.id)
          -- Only what changes() gives out: a transaction that still runs may add changes before the others.
          and (c.tx < pg_snapshot_xmin(pg_current_snapshot()) or c.epoch < (select epoch from feedmill_data.contract))
        order by c.epoch desc, c.tx desc, c.id desc limit 1) as last
      from feedmill_data.deliveries d, feedmill_data.parse_cursor(d.cursor) as told,
        feedmill_data.contract c, feedmill_data.parse_cursor(c.expired_cursor) as expired
      where d.cursor is not null and (told.epoch, told.tx, told.id) <> (expired.epoch, expired.tx, expired.id)
        and (d.cursor <> '0.0.0' or c.expired_cursor is not null)
        and not exists (select from feedmill_data.changes c where (c.epoch, c.tx, c.id) = (told.epoch, told.tx, told.id))
    )
    update feedmill_data.deliveries d
    set cursor = case when missed then expired_cursor else coalesce(lost.last, expired_cursor, '0.0.0') end,
        last_error = case when missed then ${EXPIRED} else ${LOST} end, last_error_at = now()
    from lost where d.id = lost.id and d.cursor = lost.cursor
    returning d.id, d.last_error as problem`);
  for (const { id, problem } of rows) onProblem(new Error(`delivery ${id}: ${problem}`));
}

/** Writes one batch for a delivery that no other process is writing for. @returns whether there may be more */
async function writeMessages(tx: Executor, id: string): Promise<boolean> {
  // The changes may still wait for an older transaction. A row lock uses up a transaction id, so it looks before it locks, and
  // reads the cursor again once it is locked.
  const isBehind = sql`exists (select from feedmill.changes(d.cursor, 1))`;
  const { rows: behind } = await tx.execute(sql`select from feedmill_data.deliveries d where id = ${id} and ${isBehind}`);
  if (behind.length === 0) return false;
  const { rows: locked } = await tx.execute<{ cursor: string }>(sql`
    select cursor from feedmill_data.deliveries where id = ${id} and paused_at is null for no key update skip locked`);
  const [delivery] = locked;
  if (!delivery) return false;
  const { rows } = await tx.execute<{ changes: number; cursor: string | null }>(writeBatch(id, delivery.cursor));
  const [{ changes, cursor } = { changes: 0, cursor: null }] = rows;
  if (cursor !== null) await tx.execute(sql`update feedmill_data.deliveries set cursor = ${cursor} where id = ${id}`);
  return changes === BATCH;
}

/** Whether a change says only that its record has a cluster of its own, as each gets soon after it is stored: that is no news to a receiver. */
const isAlone = (change: SQL): SQL => sql`(${change}.fields is not distinct from '{cluster_id}' and exists (
  select from feedmill_data.fingerprints f where f.article_id = ${change}.record_id and f.cluster_id = ${change}.record_id))`;

/** Whether the receiver knows the record that a change is about. */
const IS_KNOWN = sql`(num_nonnulls(d.feed_ids, d.folder, d.query) = 0 or exists (
  select from feedmill_data.delivery_records r where r.delivery_id = d.id and r.record_id = page.record_id))`;
/** A record that another feed shows is news only to a receiver that has not been told of it, also not by an earlier change of the page. */
const IS_SHOWN_AGAIN = sql`(${IS_KNOWN} or exists (
  select from page earlier where earlier.record_id = page.record_id and earlier.n < page.n and earlier.is_current
    and not ${isAlone(sql`earlier`)}))`;

/**
 * A change to a record that has been deleted since is left out: the deletion follows, and is a message of its own. A delivery with
 * a filter is told of the deletion of the records that it was told of.
 */
const writeBatch = (id: string, cursor: string) => sql`
  with page as materialized (
    select p.n, p.cursor, p.record_id, p.fields, p.changed_at, p.operation, p.operation = c.operation as is_current
    from feedmill.changes(${cursor}, ${BATCH}) with ordinality as p (cursor, operation, record_id, fields, changed_at, n)
    cross join feedmill_data.parse_cursor(p.cursor) as key
    join feedmill_data.changes c on (c.epoch, c.tx, c.id) = (key.epoch, key.tx, key.id)
  ), wanted as materialized (
    select page.*, d.id as delivery_id, d.events, num_nonnulls(d.feed_ids, d.folder, d.query) > 0 as is_filtered,
      'record.' || case page.operation when 'insert' then 'stored' when 'update' then 'changed' else 'deleted' end as type
    from page join feedmill_data.deliveries d on d.id = ${id}
    where page.is_current
      and not ${isAlone(sql`page`)}
      and not (page.fields is not distinct from '{sightings}' and ${IS_SHOWN_AGAIN})
      and (${IS_KNOWN} or exists (
        select from feedmill_data.articles a where a.id = page.record_id
          and (d.query is null
            or feedmill_data.search_vector(a.title, (feedmill_data.body_of(a)).content_text) @@ feedmill_data.search_query(d.query))
          and exists (
            select from feedmill_data.feeds f
            where feedmill_data.is_delivered(d, f.id, f.folder)
              and (f.id = a.feed_id or f.id in (select e.feed_id from feedmill_data.entries e where e.article_id = a.id)))))
  ), remembered as (
    insert into feedmill_data.delivery_records (delivery_id, record_id)
    select delivery_id, record_id from wanted where is_filtered and operation <> 'delete' on conflict do nothing
  ), forgotten as (
    delete from feedmill_data.delivery_records r using wanted w
    where w.operation = 'delete' and (r.delivery_id, r.record_id) = (w.delivery_id, w.record_id)
  ), written as (
    insert into feedmill_data.messages (delivery_id, type, subject, record_id, data, occurred_at)
    select delivery_id, type, 'record:' || record_id, record_id,
      jsonb_strip_nulls(jsonb_build_object('id', record_id, 'changed_fields', to_jsonb(fields))), changed_at
    from wanted where type = any (events) order by n
  )
  select count(*)::int as changes, (array_agg(cursor order by n desc))[1] as cursor from page`;
