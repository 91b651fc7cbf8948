import { sql } from 'drizzle-orm';
import { errorCode } from '../src/text/error-code.js';
import { toSite } from '../src/text/site.js';
import { type Executor, inSavepoint } from './client.js';

/**
 * Gives a feed the address that its old one permanently redirects to. If another feed already has that address, the two are
 * merged where both are on one site; what is left of a feed that was removed goes to this one then. Otherwise the feed is retired and keeps what it has: anybody can redirect to anybody's feed,
 * and must not pass his entries off as theirs.
 */
export async function moveFeed(
  tx: Executor,
  feed: { id: number; url: string },
  target: { url: string; host: string },
): Promise<void> {
  const staysOnSite = toSite(feed.url) === toSite(target.url);
  const known = await findOther(tx, feed.id, target.url);
  if (known?.removed && staysOnSite) await mergeFeeds(tx, known.id, feed.id);
  if ((!known || (known.removed && staysOnSite)) && (await takeAddress(tx, feed, target))) {
    if (!staysOnSite) await endPushes(tx, feed.id);
    return;
  }
  // Looked for again: of two feeds that move to the same address at once, the second finds the first here.
  const other = await findOther(tx, feed.id, target.url);
  if (other === undefined) throw new Error(`The feed that has taken ${target.url} is gone again.`);
  if (staysOnSite) return mergeFeeds(tx, feed.id, other.id);
  await retireMovedFeed(tx, feed.id, target.url, other.removed ? 'was removed' : 'is subscribed already');
}

async function findOther(tx: Executor, feedId: number, url: string): Promise<{ id: number; removed: boolean } | undefined> {
  const { rows } = await tx.execute<{ id: string; removed: boolean }>(sql`
    select id, removed_at is not null as removed from feedmill_data.feeds where url = ${url} and id <> ${feedId} for update`);
  return rows[0] && { id: Number(rows[0].id), removed: rows[0].removed };
}

async function retireMovedFeed(tx: Executor, feedId: number, url: string, state: string): Promise<void> {
  const why = `The feed has moved for good to ${url}, which ${state}. It is no longer polled.`;
  await tx.execute(sql`
    update feedmill_data.feeds
    set due_at = null, due_reasons = array[${why}::text], last_error = ${why}, moved_to = null, moved_since = null, moved_polls = 0
    where id = ${feedId}`);
}

/**
 * Gives the feed its new address; false if another feed was faster. The unique key decides, in a savepoint: a lock on the
 * address would have to be one that every role that may connect could take. Headers, which may be secrets, stay with the origin
 * that they are for; at another one the feed has been read without them.
 */
async function takeAddress(
  tx: Executor,
  feed: { id: number; url: string },
  { url, host }: { url: string; host: string },
): Promise<boolean> {
  const staysAtOrigin = new URL(feed.url).origin === new URL(url).origin;
  try {
    await inSavepoint(tx, () =>
      tx.execute(sql`
        update feedmill_data.feeds set url = ${url}, host = ${host}, moved_to = null, moved_since = null, moved_polls = 0,
          headers = case when ${staysAtOrigin} then headers end
        where id = ${feed.id}`),
    );
    return true;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    return false;
  }
}

/** The hub was named by the old site: what it pushes would now pass for the new site's. The next poll asks the hub that is named there. */
async function endPushes(tx: Executor, feedId: number): Promise<void> {
  await tx.execute(sql`delete from feedmill_data.websub_subscriptions where feed_id = ${feedId}`);
}

/** SQLSTATE 23505; Drizzle wraps the error of the driver. */
const isUniqueViolation = (error: unknown): boolean => error instanceof Error && errorCode(error.cause) === '23505';

/**
 * Hands everything of feed `from` to feed `into` and deletes `from`. An entry that both have stays as `into` has it. Articles before
 * their entries, as everywhere.
 */
async function mergeFeeds(tx: Executor, from: number, into: number): Promise<void> {
  await tx.execute(sql`update feedmill_data.articles set feed_id = ${into} where feed_id = ${from}`);
  await tx.execute(sql`
    update feedmill_data.entries e set feed_id = ${into} where feed_id = ${from}
    and not exists (select 1 from feedmill_data.entries o where o.feed_id = ${into} and o.key = e.key)`);
  await tx.execute(sql`update feedmill_data.polls set feed_id = ${into} where feed_id = ${from}`);
  await tx.execute(sql`delete from feedmill_data.feeds where id = ${from}`);
}
