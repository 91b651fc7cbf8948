import { sql } from 'drizzle-orm';
import { toSite } from '../src/text/site.js';
import type { Executor } from './client.js';

/**
 * Gives a feed the address that its old one permanently redirects to. If another feed already has that address, the two are
 * merged where both are on one site. Otherwise the feed is retired and keeps what it has: anybody can redirect to anybody's feed,
 * and must not pass his entries off as theirs.
 */
export async function moveFeed(
  tx: Executor,
  feed: { id: number; url: string },
  { url, host }: { url: string; host: string },
): Promise<void> {
  // Two feeds that move to the same address at once are serialized here, so that the second finds the first.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${url}, 0))`);
  const { rows } = await tx.execute<{ id: string }>(
    sql`select id from feedmill_data.feeds where url = ${url} and id <> ${feed.id} for update`,
  );
  const [other] = rows;
  if (other && toSite(feed.url) === toSite(url)) return mergeFeeds(tx, feed.id, Number(other.id));
  if (other) return retireMovedFeed(tx, feed.id, url);
  await tx.execute(sql`
    update feedmill_data.feeds set url = ${url}, host = ${host}, moved_to = null, moved_since = null, moved_polls = 0
    where id = ${feed.id}`);
}

async function retireMovedFeed(tx: Executor, feedId: number, url: string): Promise<void> {
  const why = `The feed has moved for good to ${url}, which is subscribed already. It is no longer polled.`;
  await tx.execute(sql`
    update feedmill_data.feeds
    set due_at = null, due_reasons = array[${why}::text], last_error = ${why}, moved_to = null, moved_since = null, moved_polls = 0
    where id = ${feedId}`);
}

/** Hands everything of feed `from` to feed `into` and deletes `from`. An entry that both have stays as `into` has it. */
async function mergeFeeds(tx: Executor, from: number, into: number): Promise<void> {
  await tx.execute(sql`
    update feedmill_data.entries e set feed_id = ${into} where feed_id = ${from}
    and not exists (select 1 from feedmill_data.entries o where o.feed_id = ${into} and o.key = e.key)`);
  await tx.execute(sql`update feedmill_data.articles set feed_id = ${into} where feed_id = ${from}`);
  await tx.execute(sql`update feedmill_data.polls set feed_id = ${into} where feed_id = ${from}`);
  await tx.execute(sql`delete from feedmill_data.feeds where id = ${from}`);
}
