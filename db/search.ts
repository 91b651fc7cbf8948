import { sql } from 'drizzle-orm';
import type { Db } from './client.js';

/** Changes taken at once: a tenth of a second's work, since a transaction that runs holds the change cursor up for all. */
const BATCH = 50;

/**
 * Brings what is found out about records after they are stored a step further: their words for the full-text search, which are the same story, and which say the same. It follows
 * the change cursor, like any consumer; safe from many processes, of which one at a time does it.
 * @param simhash the fingerprint of a text; undefined where it has none. @returns whether there may be more.
 */
export async function indexRecords(db: Db, simhash: (text: string) => bigint | undefined): Promise<boolean> {
  return db.transaction(async (tx) => {
    const { rows: locked } = await tx.execute<{ ours: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtext('feedmill search')) as ours`,
    );
    if (!locked[0]?.ours) return false;
    const { rows: changes } = await tx.execute<{ cursor: string; record_id: string; news: boolean }>(sql`
      select cursor, record_id, operation = 'insert' or coalesce(fields && '{title,content_text}', false) as news
      from feedmill.changes((select search_cursor from feedmill_data.contract), ${BATCH})`);
    const last = changes.at(-1);
    if (!last) return false;
    const ids = [...new Set(changes.filter(({ news }) => news).map(({ record_id: id }) => id))];
    const { rows: texts } = await tx.execute<{ id: string; content_text: string | null }>(sql`
      with indexed as (
        insert into feedmill_data.search as s (article_id, words)
        select id, feedmill_data.search_vector(title, content_text) from feedmill_data.articles
        where id = any (${sql.param(ids)}::bigint[]) and stored_at is not null
        on conflict (article_id) do update set words = excluded.words
      )
      select id, content_text from feedmill_data.articles
      where id = any (${sql.param(ids)}::bigint[]) and stored_at is not null order by id`);
    for (const { id, content_text: text } of texts) {
      const { rows: merged } = await tx.execute<{ kept: string | null }>(
        sql`select feedmill_data.merge_same_story(${id}::bigint) as kept`,
      );
      if (merged[0]?.kept !== id) continue;
      const hash = simhash(text ?? '');
      // One after the other: two that say the same may come in one batch.
      if (hash !== undefined)
        await tx.execute(sql`select feedmill_data.assign_cluster(${id}::bigint, ${hash.toString()}::bigint)`);
    }
    await tx.execute(sql`update feedmill_data.contract set search_cursor = ${last.cursor}`);
    return changes.length === BATCH;
  });
}
