import { sql } from 'drizzle-orm';
import type { FeedEntry } from '../src/feeds/feed.js';
import type { FeedRow } from '../src/jobs/subscribed-feed.js';
import type { Executor } from './client.js';
import { type EntryOptions, newestFirst, toArticleHost } from './entry-articles.js';

/**
 * How many more entries the feed may bring in these 24 hours. Articles count too: a feed that changes the links of its entries
 * adds articles without new entries.
 */
export async function countRoom(tx: Executor, maxPerDay: number, feedId: number): Promise<number> {
  const aDayAgo = sql`now() - interval '24 hours'`;
  const { rows } = await tx.execute<{ entries: number; articles: number }>(sql`
    select (select count(*)::int from (
        select 1 from feedmill_data.entries where feed_id = ${feedId} and first_seen_at > ${aDayAgo} limit ${maxPerDay}) as today) as entries,
      -- With a condition on stored_at, which follows from the other one, for the index articles_feed_stored.
      (select count(*)::int from (
        select 1 from feedmill_data.articles
        where feed_id = ${feedId} and first_seen_at > ${aDayAgo} and (stored_at is null or stored_at > ${aDayAgo})
        limit ${maxPerDay}) as today) as articles`);
  return maxPerDay - Math.max(rows[0]?.entries ?? 0, rows[0]?.articles ?? 0);
}

/**
 * The entries that are left out because their feed links to too many hosts that we have never asked: a hostile feed could send
 * us to a thousand names at once, each with a turn of its own. The newest entries are taken first.
 */
export async function findBeyondNewHosts(
  tx: Executor,
  { maxNewHosts, toHostKey }: EntryOptions,
  feed: Pick<FeedRow, 'content'>,
  found: readonly FeedEntry[],
): Promise<Set<FeedEntry>> {
  const hosts = new Map(found.map((entry) => [entry, toArticleHost(feed, entry, toHostKey)]));
  const names = [...new Set([...hosts.values()].filter((host) => host !== null))];
  if (names.length <= maxNewHosts) return new Set();
  const { rows } = await tx.execute<{ host: string }>(
    sql`select host from feedmill_data.hosts where host = any (${sql.param(names)}::text[])`,
  );
  const allowed = new Set<string | null>([null, ...rows.map(({ host }) => host)]);
  let room = maxNewHosts;
  for (const entry of newestFirst(found)) {
    const host = hosts.get(entry) ?? null;
    if (allowed.has(host) || room === 0) continue;
    allowed.add(host);
    room -= 1;
  }
  return new Set(found.filter((entry) => !allowed.has(hosts.get(entry) ?? null)));
}
