import { sql } from 'drizzle-orm';
import type { FeedDetails } from '../src/cli/app.js';
import type { FeedSummary } from '../src/feeds/select-feeds.js';
import type { Db } from './client.js';

/** Polls and failed articles that are shown of one feed: the latest. */
const LATEST = 10;

type Row = Record<string, unknown>;

/** What the commands that manage feeds read. */
export const feedDetailsStore = (db: Db) => ({
  loadFeedSummaries: () => loadFeedSummaries(db),
  loadFeedDetails: (id: number) => loadFeedDetails(db, id),
});

async function loadFeedSummaries(db: Db): Promise<FeedSummary[]> {
  const { rows } = await db.execute<Row & FeedSummary>(
    sql`select id::float8, url, title, folder, state from feedmill.feeds order by id`,
  );
  return rows;
}

/** Undefined when there is no such feed. */
async function loadFeedDetails(db: Db, id: number): Promise<FeedDetails | undefined> {
  const { rows } = await db.execute<Row>(sql`
    select v.*, v.id::int, v.records::int, f.poll_every_ms, f.ignore_robots, f.host, h.gap_ms, h.crawl_delay_ms, h.blocked_until,
      -- Only the names: the values are secrets.
      array(select name from jsonb_object_keys(f.headers) as name order by name) as header_names,
      feedmill_data.without_secrets(f.moved_to) as moved_to, f.moved_since, f.faults,
      (select count(*)::int from feedmill_data.entries e where e.feed_id = f.id) as entries,
      (select count(*)::int from feedmill_data.articles a
        where a.feed_id = f.id and a.stored_at is null and a.due_at is not null) as waiting,
      s.hub_url, s.state as hub_state, s.problem as hub_problem, s.lease_expires_at as hub_lease_expires_at,
      s.last_push_at as last_push_at
    from feedmill.feeds v
    join feedmill_data.feeds f on f.id = v.id
    left join feedmill_data.hosts h on h.host = f.host
    left join feedmill_data.websub_subscriptions s on s.feed_id = f.id
    where v.id = ${id}`);
  const [feed] = rows;
  if (!feed) return undefined;
  const { rows: polls } = await db.execute<Row>(sql`
    select started_at, via, outcome, status, duration_ms, bytes, entries_seen, entries_new, error
    from feedmill.polls where feed_id = ${id} order by started_at desc limit ${LATEST}`);
  const { rows: failures } = await db.execute<Row>(sql`
    select record_id::int as id, url, kind, reason, attempts, stored, failed_at
    from feedmill.failures where feed_id = ${id} order by failed_at desc limit ${LATEST}`);
  return { feed, polls, failures };
}
