import { sql } from 'drizzle-orm';
import type { PerQueue } from '../src/jobs/queues.js';
import type { Db, Executor } from './client.js';
import { readDueArticles, readDueRows } from './due.js';
import { type Keeping, readOverdue } from './overdue.js';

/** What the database says about the whole installation, for metrics. Times are in seconds. */
export interface Gauges {
  /** Rows that are due and not claimed; at most 100,000 are counted. */
  due: PerQueue;
  /** How long ago the oldest of them fell due; 0 when none is due. */
  dueAgeS: PerQueue;
  /** Hosts that have something pending, by state. */
  hosts: Record<'turn_overdue' | 'blocked' | 'in_trouble', number>;
  /** How long the first host in line has been waiting for a claim; 0 when none does. */
  turnOverdueS: number;
  /** Feeds by the state that the view shows. */
  feeds: Record<string, number>;
  outage: boolean;
  /** How long the next records have been waiting to be indexed; 0 when there are none. */
  searchLagS: number;
  /** Records that could not be indexed, by our own fault, and were put aside; at most 100,000 are counted. */
  indexFaults: number;
  /** How long the oldest change has been hidden from cursors by a transaction that still runs; 0 when none is. */
  changesHeldBackS: number;
  deliveries: {
    /** Age of the oldest event that a receiver has not been told of; 0 when there is none. Paused ones do not count. */
    lagS: number;
    /** Messages that were given up; at most 100,000 are counted. */
    deadLetters: number;
  };
  /** How many seconds ago the oldest row of a table should have been deleted; 0: none should. */
  overdueS: Record<string, number>;
  databaseBytes: number;
  /** Our tables, each with its partitions. `rows` is Postgres' own estimate. */
  tables: { name: string; bytes: number; rows: number }[];
}

/** Limit of what is counted, so that it takes milliseconds at any size. */
const MAX_COUNTED = 100_000;
/** Records that wait to be indexed, by id as they are claimed: a few batches. */
const MAX_UNINDEXED = 1_000;
/** Time limit of one statement, in ms: metrics must not make a struggling database worse. */
const TIMEOUT_MS = 5_000;

/** Reads all gauges. No statement scans the articles: what is due is found by the indexes that the claim uses. */
export async function readGauges(db: Db, keeping: Keeping): Promise<Gauges> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select set_config('statement_timeout', ${String(TIMEOUT_MS)}, true)`);
    const [feeds, articles] = [await readDueRows(tx, 'feeds'), await readDueArticles(tx)];
    const reextractions = await readDueRows(tx, 'reextractions');
    return {
      due: { feeds: feeds.rows, articles: articles.rows, reextractions: reextractions.rows },
      dueAgeS: { feeds: feeds.age, articles: articles.age, reextractions: reextractions.age },
      ...(await readHosts(tx)),
      feeds: await countFeeds(tx),
      ...(await readCursors(tx)),
      deliveries: await readDeliveries(tx),
      overdueS: await readOverdue(tx, keeping),
      ...(await readSizes(tx)),
    };
  });
}

async function readHosts(tx: Executor): Promise<Pick<Gauges, 'hosts' | 'turnOverdueS'>> {
  const { overdue, ...hosts } = await readOne<Gauges['hosts'] & { overdue: number }>(
    tx,
    sql`
    select count(*) filter (where turn_at <= now())::int as turn_overdue,
           count(*) filter (where blocked_until > now())::int as blocked,
           count(*) filter (where trouble > 0)::int as in_trouble,
           coalesce(extract(epoch from now() - min(turn_at) filter (where turn_at <= now())), 0)::float8 as overdue
    from feedmill_data.hosts where turn_at is not null`,
  );
  return { hosts, turnOverdueS: overdue };
}

async function countFeeds(tx: Executor): Promise<Record<string, number>> {
  const { rows } = await tx.execute<{ state: string; feeds: number }>(sql`
    select state, count(*)::int as feeds from feedmill.feeds group by state`);
  return Object.fromEntries(rows.map(({ state, feeds }) => [state, feeds]));
}

async function readCursors(tx: Executor): Promise<Pick<Gauges, 'outage' | 'searchLagS' | 'indexFaults' | 'changesHeldBackS'>> {
  return readOne(
    tx,
    sql`
    select
      exists (select from feedmill_data.outages where ended_at is null and believed_at is not null) as outage,
      coalesce((
        select extract(epoch from now() - min(since))
        from (select since from feedmill_data.unindexed where faults = 0 order by article_id limit ${MAX_UNINDEXED}) as next
      ), 0)::float8 as "searchLagS",
      (select count(*)::int from (
        select from feedmill_data.unindexed where faults > 0 limit ${MAX_COUNTED}) as aside) as "indexFaults",
      coalesce((
        select extract(epoch from now() - changed_at) from feedmill_data.changes
        where epoch = (select epoch from feedmill_data.contract) and tx >= pg_snapshot_xmin(pg_current_snapshot())
        order by tx, id limit 1
      ), 0)::float8 as "changesHeldBackS"`,
  );
}

async function readDeliveries(tx: Executor): Promise<Gauges['deliveries']> {
  return readOne(
    tx,
    sql`
    select coalesce(max(extract(epoch from now() - least(waiting.oldest, unread.oldest))), 0)::float8 as "lagS",
      (select count(*)::int from (
        select from feedmill_data.messages where dead_at is not null limit ${MAX_COUNTED}) as dead) as "deadLetters"
    from feedmill_data.deliveries d
    left join lateral (
      select occurred_at as oldest from feedmill_data.messages m
      where m.delivery_id = d.id and m.dead_at is null order by m.id limit 1
    ) as waiting on true
    left join lateral (
      select c.changed_at as oldest
      from feedmill_data.changes c, feedmill_data.parse_cursor(d.cursor) as r
      where (c.epoch, c.tx, c.id) > (r.epoch, r.tx, r.id) order by c.epoch, c.tx, c.id limit 1
    ) as unread on d.cursor is not null
    where d.paused_at is null and d.problem is null`,
  );
}

async function readSizes(tx: Executor): Promise<Pick<Gauges, 'databaseBytes' | 'tables'>> {
  const { bytes } = await readOne<{ bytes: number }>(tx, sql`select pg_database_size(current_database())::float8 as bytes`);
  const { rows } = await tx.execute<{ name: string; bytes: number; rows: number }>(sql`
    select coalesce(parent.relname, c.relname) as name, sum(pg_total_relation_size(c.oid))::float8 as bytes,
      sum(greatest(c.reltuples, 0))::float8 as rows
    from pg_class c left join pg_inherits i on i.inhrelid = c.oid left join pg_class parent on parent.oid = i.inhparent
    where c.relnamespace = 'feedmill_data'::regnamespace and c.relkind = 'r' group by 1 order by 1`);
  return { databaseBytes: bytes, tables: rows };
}

async function readOne<Row>(tx: Executor, query: ReturnType<typeof sql>): Promise<Row> {
  const { rows } = await tx.execute(query);
  const [row] = rows;
  if (!row) throw new Error('a query of the metrics gave no row');
  return row as Row;
}
