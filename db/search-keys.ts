import { type SQL, sql } from 'drizzle-orm';
import { type SearchKeys, toSearchKeys } from '../src/text/search-words.js';
import type { Executor } from './client.js';
import { limitLockWaits } from './partitions.js';

/** A record with its words. */
export interface SplitRecord {
  id: number;
  text: string | null;
  keys: SearchKeys;
}

/** Reads the stored records that `condition` selects from `articles a`, and splits them into words. */
export async function readSplitRecords(db: Executor, condition: SQL): Promise<SplitRecord[]> {
  const { rows } = await db.execute<{ id: string; title: string | null; text: string | null }>(sql`
    select id, title, (feedmill_data.body_of(a)).content_text as text from feedmill_data.articles a
    where ${condition} and stored_at is not null order by id`);
  return rows.map(({ id, title, text }) => ({ id: Number(id), text, keys: toSearchKeys(title, text) }));
}

/**
 * New records wait in the pending list of the index, in kB: about 8 kB each. A word that many of them have is then merged once. A
 * search reads the list, in 5 µs a record.
 */
const PENDING_KB = 8_192;
/** Memory to merge them with, in kB: all at once. With less, Postgres merges what fits, and again. */
const MERGE_KB = 65_536;

/** Writes the words of records whose rows in `articles` are locked. */
export async function writeSearchKeys(tx: Executor, records: readonly Pick<SplitRecord, 'id' | 'keys'>[]): Promise<void> {
  if (records.length === 0) return;
  await tx.execute(sql`
    select set_config('gin_pending_list_limit', ${`${PENDING_KB}kB`}, true), set_config('work_mem', ${`${MERGE_KB}kB`}, true)`);
  const ids = sql.param(records.map(({ id }) => id));
  // Postgres has no arrays of arrays that differ in length.
  const toText = (keys: readonly number[]) => `{${keys}}`;
  await tx.execute(sql`delete from feedmill_data.search where article_id = any (${ids}::bigint[])`);
  await tx.execute(sql`
    insert into feedmill_data.search_keys (article_id, title, keys)
    select id, title::integer[], keys::integer[] || feedmill_data.search_block_key(id)
    from unnest(
      ${ids}::bigint[],
      ${sql.param(records.map(({ keys }) => toText(keys.title)))}::text[],
      ${sql.param(records.map(({ keys }) => toText(keys.all)))}::text[]) as row (id, title, keys)
    on conflict (article_id) do update set title = excluded.title, keys = excluded.keys`);
}

/**
 * Takes records whose ids are above `after`, up to `upTo`, out of the table of the program before, and locks them. Whoever else indexes
 * one of them waits for the end of the transaction, so that what it writes counts.
 */
export async function takeFormerWords(tx: Executor, after: number, upTo: number): Promise<number[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    with locked as materialized (
      select id from feedmill_data.articles
      where id in (select article_id from feedmill_data.search where article_id > ${after} and article_id <= ${upTo})
      order by id for key share
    )
    delete from feedmill_data.search where article_id in (select id from locked) returning article_id as id`);
  return rows.map(({ id }) => Number(id));
}

/** Gives the room of that table back once it is empty: fails while a session reads it for long. */
export async function dropFormerWords(tx: Executor): Promise<void> {
  // From the end: the beginning of the index is full of rows that were taken out.
  const { rows: left } = await tx.execute(sql`select from feedmill_data.search order by article_id desc limit 1`);
  if (left.length > 0) return;
  await limitLockWaits(tx);
  await tx.execute(sql`truncate feedmill_data.search`);
}
