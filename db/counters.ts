import { sql } from 'drizzle-orm';
import type { Db } from './client.js';

/** Changes that are folded into the counts in one transaction. */
const FOLD_BATCH = 10_000;
/** Feeds that are counted in one transaction: about as many articles as one that folds has changes. */
const COUNT_BATCH = 20;
/** Feeds that are measured in one transaction: about a tenth of a second of work. */
const MEASURE_BATCH = 100;
/** Feeds that are audited in one snapshot, which a long transaction would keep open. */
const AUDIT_BATCH = 100;

/** Adds what writers have noted to the counts of their feeds. @returns whether there may be more to do */
export async function foldCounts(db: Db): Promise<boolean> {
  // Looks before it locks.
  if ((await db.execute(sql`select 1 from feedmill_data.count_changes limit 1`)).rows.length === 0) return false;
  const { rows: counting } = await db.execute<{ counted: number }>(
    sql`select feedmill_data.count_new_feeds(${COUNT_BATCH}) as counted`,
  );
  const { rows } = await db.execute<{ taken: number }>(sql`select feedmill_data.fold_counts(${FOLD_BATCH}) as taken`);
  return counting[0]?.counted === COUNT_BATCH || rows[0]?.taken === FOLD_BATCH;
}

/** Measures how often feeds publish and how late their records are, where that is due. @returns whether there may be more to do */
export async function measureFeeds(db: Db): Promise<boolean> {
  const { rows } = await db.execute<{ measured: number }>(
    sql`select feedmill_data.measure_feeds(${MEASURE_BATCH})::int as measured`,
  );
  return rows[0]?.measured === MEASURE_BATCH;
}

/** A feed whose counts differ from the articles that it has. */
export interface WrongCounts extends Record<string, unknown> {
  feed_id: number;
  url: string;
  counted: Counts;
  found: Counts;
}
interface Counts {
  pending: number;
  stored: number;
  failed: number;
}

/** What is wrong in one part of the feeds. */
export interface CountsAudit {
  /** Feeds looked at so far, and feeds in all. */
  done: number;
  total: number;
  wrong: WrongCounts[];
}

/**
 * Compares the counts of all feeds with their articles, a hundred feeds at a time in the order of their ids, each part in one
 * snapshot. Writers go on meanwhile.
 * @param repair counts the feeds anew that are wrong
 */
export async function* auditCounts(db: Db, { repair }: { repair: boolean }): AsyncGenerator<CountsAudit> {
  const { rows } = await db.execute<{ total: number }>(sql`select count(*)::int as total from feedmill_data.feeds`);
  const total = rows[0]?.total ?? 0;
  for (let [after, done] = [0, 0]; ; ) {
    const feeds = (
      await db.execute<{ id: string }>(sql`
        select id from feedmill_data.feeds where id > ${after} order by id limit ${AUDIT_BATCH}`)
    ).rows.map(({ id }) => Number(id));
    const last = feeds.at(-1);
    if (last === undefined) return;
    const wrong = await findWrongCounts(db, feeds);
    if (repair && wrong.length > 0) {
      await db.execute(sql`select feedmill_data.recount_feeds(${sql.param(wrong.map((one) => one.feed_id))}::bigint[])`);
    }
    after = last;
    done += feeds.length;
    yield { done, total: Math.max(total, done), wrong };
  }
}

async function findWrongCounts(db: Db, ids: readonly number[]): Promise<WrongCounts[]> {
  const { rows } = await db.execute<WrongCounts>(sql`
    select f.id::int as feed_id, feedmill_data.without_secrets(f.url) as url,
           json_build_object('pending', c.pending, 'stored', c.stored, 'failed', c.failed) as counted,
           json_build_object('pending', t.pending, 'stored', t.stored, 'failed', t.failed) as found
    from feedmill_data.count_articles(${sql.param(ids)}::bigint[]) t
    join feedmill_data.current_counts c on c.feed_id = t.feed_id
    join feedmill_data.feeds f on f.id = t.feed_id
    where (c.pending, c.stored, c.failed) is distinct from (t.pending, t.stored, t.failed) order by f.id`);
  return rows;
}
