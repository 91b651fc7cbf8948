import { sql } from 'drizzle-orm';
import type { Executor } from './client.js';

/** Limits of what is read, so that it takes milliseconds at any size. Hosts are taken by their turns, the longest overdue first. */
const MAX_HOSTS = 10_000;
const MAX_ARTICLES_PER_HOST = 1_000;
const MAX_ROWS = 100_000;

/** Rows that are due and not claimed, at most 100,000, and how long ago the oldest of them fell due, in seconds (0: none is due). */
export interface Due extends Record<string, unknown> {
  rows: number;
  age: number;
}

/** Feeds or re-extractions that are due. */
export async function readDueRows(tx: Executor, table: 'feeds' | 'reextractions'): Promise<Due> {
  return readDue(
    tx,
    sql`select due_at from feedmill_data.${sql.identifier(table)} where due_at <= now() order by due_at limit ${MAX_ROWS}`,
  );
}

/** Articles that are due, found by the indexes that the claim uses: no scan of the articles. */
export async function readDueArticles(tx: Executor): Promise<Due> {
  return readDue(
    tx,
    sql`
    select due.due_at
    from (select host from feedmill_data.hosts where turn_at is not null order by turn_at limit ${MAX_HOSTS}) as waiting
    cross join lateral (
      select due_at from feedmill_data.articles where articles.host = waiting.host and due_at <= now()
      order by due_at limit ${MAX_ARTICLES_PER_HOST}
    ) as due
    union all
    (select due_at from feedmill_data.articles where host is null and due_at <= now() order by due_at limit ${MAX_HOSTS})
    limit ${MAX_ROWS}`,
  );
}

/** A row that is under way has the epoch as its `due_at` (db/claim.ts), which is no age. */
async function readDue(tx: Executor, due: ReturnType<typeof sql>): Promise<Due> {
  const { rows } = await tx.execute<Due>(sql`
    select count(*)::int as rows,
           coalesce(extract(epoch from now() - min(due_at) filter (where due_at > 'epoch')), 0)::float8 as age
    from (${due}) as due`);
  const [row] = rows;
  if (!row) throw new Error('the query gave no row');
  return row;
}
