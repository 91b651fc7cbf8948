import { sql } from 'drizzle-orm';
import type { Db } from './client.js';

/** Records deleted in one transaction. Few, since a long transaction holds back the change cursor for all consumers. */
const BATCH = 100;

/**
 * Deletes the oldest records that were stored more than `days` ago, and articles that failed that long ago. Their entries stay
 * as tombstones: the columns that identify them, without content or article. So an item that is still in its feed does not count
 * as new.
 * @returns whether there may be more to delete.
 */
export async function expireRecords(db: Db, days: number): Promise<boolean> {
  const before = sql`now() - ${days}::int * interval '1 day'`;
  return db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ id: string }>(sql`
      select id from feedmill_data.articles where id in (
        (select id from feedmill_data.articles where stored_at < ${before} order by stored_at limit ${BATCH})
        union all
        (select id from feedmill_data.articles
         where error is not null and stored_at is null and due_at is null and updated_at < ${before}
         order by updated_at limit ${BATCH})
      ) order by coalesce(stored_at, updated_at) limit ${BATCH} for update skip locked`);
    if (rows.length === 0) return false;
    const ids = sql.param(rows.map(({ id }) => id));
    await tx.execute(sql`
      update feedmill_data.entries
      set article_id = null, summary_html = null, content_html = null, image_url = null, authors = '{}', categories = '{}',
          enclosures = '[]'
      where article_id = any (${ids}::bigint[])`);
    await tx.execute(sql`delete from feedmill_data.articles where id = any (${ids}::bigint[])`);
    return rows.length === BATCH;
  });
}
