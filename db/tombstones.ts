import { sql } from 'drizzle-orm';
import type { Executor } from './client.js';

/**
 * How long a tombstone is kept after its feed's document was first read without it, in days. Some feeds bring old items back for a
 * while; one that is back after a quarter of a year was published again, and may be stored again.
 */
const KEEP_DAYS = 90;
/** Rows that one poll notes as gone, and that it deletes: a feed with a long history gets there in a few polls. */
const BATCH = 1_000;

/**
 * Compares the tombstones of a feed with a document that was just read: notes which it no longer holds, and deletes those that it has
 * not held for a long time. Only a poll knows that; so the tombstones of a feed that is not read (unchanged, paused, removed) stay.
 * Costs what the document holds, not what the feed ever held, since each tombstone is noted once.
 * @param keys of all entries in the document
 * @param returned keys of those tombstones that it holds again
 */
export async function reviewTombstones(
  tx: Executor,
  feedId: number,
  { keys, returned }: Record<'keys' | 'returned', readonly string[]>,
): Promise<void> {
  if (returned.length > 0)
    await tx.execute(sql`
      update feedmill_data.entries set gone_since = null
      where feed_id = ${feedId} and key = any (${sql.param([...returned])}::text[]) and article_id is null`);
  await tx.execute(sql`
    with gone as (
      update feedmill_data.entries set gone_since = now() where id = any (array(
        select id from feedmill_data.entries
        where feed_id = ${feedId} and article_id is null and gone_since is null and key <> all (${sql.param([...keys])}::text[])
        limit ${BATCH}))
    )
    delete from feedmill_data.entries where id = any (array(
      select id from feedmill_data.entries
      where feed_id = ${feedId} and article_id is null and gone_since < now() - ${KEEP_DAYS}::int * interval '1 day'
      order by gone_since limit ${BATCH}))`);
}
