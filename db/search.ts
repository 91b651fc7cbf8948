import { sql } from 'drizzle-orm';
import type { Db, Executor } from './client.js';

/**
 * Changes per transaction: about a tenth of a second of work, since a long transaction holds back the change cursor for all
 * consumers.
 */
const BATCH = 50;

/**
 * Updates what is derived from stored records: the words for full-text search, merged duplicates of one story, and clusters of
 * records with the same text. It follows the change cursor like any consumer. Any number of processes may call it; one at a time
 * works.
 * @param simhash the fingerprint of a text; undefined for a text too short to have one.
 * @returns whether there may be more to do.
 */
export async function indexRecords(db: Db, simhash: (text: string) => bigint | undefined): Promise<boolean> {
  return db.transaction(async (tx) => {
    // Looks before it locks, since a row lock uses up a transaction id.
    if (!(await hasChanges(tx)) || !(await lockIndex(tx))) return false;
    const { rows: changes } = await tx.execute<{ cursor: string; record_id: string; text_changed: boolean }>(sql`
      select cursor, record_id, operation = 'insert' or coalesce(fields && '{title,content_text}', false) as text_changed
      from feedmill.changes((select search_cursor from feedmill_data.contract), ${BATCH})`);
    const last = changes.at(-1);
    if (!last) return false;
    const ids = new Set(changes.filter((change) => change.text_changed).map(({ record_id: id }) => id));
    // One after the other, since a batch may hold two records with the same text.
    for (const { id, content_text: text } of await indexWords(tx, [...ids])) {
      if ((await mergeSameStory(tx, id)) === id) await assignCluster(tx, id, simhash(text ?? ''));
    }
    await tx.execute(sql`update feedmill_data.contract set search_cursor = ${last.cursor}`);
    return changes.length === BATCH;
  });
}

async function hasChanges(tx: Executor): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    select 1 from feedmill.changes((select search_cursor from feedmill_data.contract), 1)`);
  return rows.length > 0;
}

/** A row that only our own user may lock: any role that may connect could take an advisory lock and stop the indexing. */
async function lockIndex(tx: Executor): Promise<boolean> {
  const { rows } = await tx.execute(sql`select 1 from feedmill_data.contract for no key update skip locked`);
  return rows.length > 0;
}

/** Writes the words of the given records. @returns those that exist, with their texts, in the order of their ids. */
async function indexWords(tx: Executor, ids: readonly string[]): Promise<{ id: string; content_text: string | null }[]> {
  const { rows } = await tx.execute<{ id: string; content_text: string | null }>(sql`
    with indexed as (
      insert into feedmill_data.search as s (article_id, words)
      select id, feedmill_data.search_vector(title, content_text) from feedmill_data.articles
      where id = any (${sql.param(ids)}::bigint[]) and stored_at is not null
      -- So that none of them is deleted before its words and its fingerprint are there.
      for key share
      on conflict (article_id) do update set words = excluded.words
    )
    select id, content_text from feedmill_data.articles
    where id = any (${sql.param(ids)}::bigint[]) and stored_at is not null order by id`);
  return rows;
}

/** Merges a record with one of the same story. @returns the record that is left; null when this one is gone already. */
async function mergeSameStory(tx: Executor, id: string): Promise<string | null> {
  const { rows } = await tx.execute<{ kept: string | null }>(sql`select feedmill_data.merge_same_story(${id}::bigint) as kept`);
  return rows[0]?.kept ?? null;
}

async function assignCluster(tx: Executor, id: string, hash: bigint | undefined): Promise<void> {
  if (hash === undefined) return;
  await tx.execute(sql`select feedmill_data.assign_cluster(${id}::bigint, ${hash.toString()}::bigint)`);
}
