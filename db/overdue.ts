import { type SQL, sql } from 'drizzle-orm';
import type { Config } from '../src/config.js';
import type { Executor } from './client.js';
import { KEEP_DEAD_DAYS } from './delivery-results.js';
import { OUTAGE_DAYS, UNUSED_DAYS } from './expiry.js';
import { MIN_PAGE_DAYS } from './pages.js';
import { KEEP_OUTCOME_DAYS } from './reextractions.js';

/** How long things are kept, in days; 0: for ever, except for pages. */
export type Keeping = Pick<Config, 'clusterDays' | 'keepChangesDays' | 'keepPagesDays' | 'keepPollsDays' | 'retentionDays'>;

/** After how many days the rows of a table end, 0: never; and the time that the age of the oldest one counts from. */
interface End {
  days: number;
  oldest: SQL;
}

/** A range of ids has its partitions for a day longer than articles (db/contract/05-partitions.sql). */
const RANGE_DAYS = 1;

/**
 * How many seconds ago the oldest row of each table should have been deleted; 0: none should. By the indexes that deleting uses. Without
 * tombstones, which only the polls of their feeds delete.
 */
export async function readOverdue(db: Executor, keeping: Keeping): Promise<Record<string, number>> {
  const ends = Object.entries(listEnds(keeping)).filter(([, { days }]) => days > 0);
  const columns = ends.map(
    ([table, { days, oldest }]) => sql`
      greatest(extract(epoch from now() - ${days}::int * interval '1 day' - (${oldest})), 0)::float8 as ${sql.identifier(table)}`,
  );
  const { rows } = await db.execute<Record<string, number>>(sql`select ${sql.join(columns, sql`, `)}`);
  const [row] = rows;
  if (!row) throw new Error('the query of what is overdue gave no row');
  return row;
}

const listEnds = ({
  clusterDays,
  keepChangesDays,
  keepPagesDays,
  keepPollsDays,
  retentionDays,
}: Keeping): Record<string, End> => ({
  articles: {
    days: retentionDays,
    oldest: sql`least(
      (select stored_at from feedmill_data.articles where stored_at is not null order by stored_at limit 1),
      (select updated_at from feedmill_data.articles
       where error is not null and stored_at is null and due_at is null and updated_at < now() - ${retentionDays}::int * interval '1 day'
       order by updated_at limit 1))`,
  },
  changes: {
    days: keepChangesDays,
    oldest: sql`
      select c.changed_at from feedmill_data.contract, feedmill_data.parse_cursor(expired_cursor) as last, feedmill_data.changes c
      where (c.epoch, c.tx, c.id) > (last.epoch, last.tx, last.id) order by c.epoch, c.tx, c.id limit 1`,
  },
  fingerprint_keys: {
    days: clusterDays,
    oldest: sql`
      select stored_at from feedmill_data.articles
      where id >= (select min(article_id) from feedmill_data.fingerprint_keys) and stored_at is not null order by id limit 1`,
  },
  hosts: {
    days: UNUSED_DAYS,
    oldest: sql`select next_at from feedmill_data.hosts where turn_at is null and gap_ms is null order by next_at limit 1`,
  },
  id_ranges: {
    days: RANGE_DAYS,
    oldest: sql`
      select next.first_seen_at from feedmill_data.id_ranges r cross join lateral (
        select first_seen_at from feedmill_data.articles where id >= r.upper order by id limit 1) next
      where not exists (select from feedmill_data.articles a where a.id >= r.lower and a.id < r.upper) order by r.lower limit 1`,
  },
  messages: {
    days: KEEP_DEAD_DAYS,
    oldest: sql`select dead_at from feedmill_data.messages where dead_at is not null order by dead_at limit 1`,
  },
  outages: {
    days: OUTAGE_DAYS,
    oldest: sql`select ended_at from feedmill_data.outages where ended_at is not null order by ended_at limit 1`,
  },
  pages: {
    days: Math.max(keepPagesDays, MIN_PAGE_DAYS),
    oldest: sql`select fetched_at from feedmill_data.pages order by fetched_at limit 1`,
  },
  polls: { days: keepPollsDays, oldest: sql`select started_at from feedmill_data.polls order by started_at limit 1` },
  reextractions: {
    days: KEEP_OUTCOME_DAYS,
    oldest: sql`select done_at from feedmill_data.reextractions where done_at is not null order by done_at limit 1`,
  },
  robots: { days: UNUSED_DAYS, oldest: sql`select asked_at from feedmill_data.robots order by asked_at limit 1` },
});
