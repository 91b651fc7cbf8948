import { type SQL, sql } from 'drizzle-orm';
import type { Asked, FailureSelection, RecordSelection, RetryResults, RunProgress } from '../src/jobs/replay-selection.js';
import type { Db } from './client.js';
import { loadRecordToExtract } from './record-to-extract.js';

/** Articles that one statement selects or makes due: it takes a fraction of a second. */
const BATCH = 2_000;
/** Different reasons that are listed of a run. */
const MAX_REASONS = 10;

/** Articles and records that the owner has tried or extracted again. What changes them is in db/contract/55-replay.sql. */
export const replayStore = (db: Db) => ({
  /** How many failed articles are selected, by the code of the failure. */
  countFailures: (selection: FailureSelection): Promise<{ kind: string; articles: number }[]> => countFailures(db, selection),
  readFailureIds: (selection: FailureSelection) => readIds(db, failed(selection)),
  retryArticles: (ids: readonly number[]): Promise<number> => retryArticles(db, ids),
  /** Which of these articles were not tried since then. */
  findUntried: (ids: readonly number[], since: Date): Promise<number[]> => findUntried(db, ids, since),
  loadRetryResults: (ids: readonly number[]): Promise<RetryResults> => loadRetryResults(db, ids),

  countSelected: (selection: RecordSelection): Promise<number> => countSelected(db, selection),
  readRecordIds: (selection: RecordSelection) => readIds(db, stored(selection)),
  /** @param run the run that they are added to; absent for a new one */
  reextractRecords: (ids: readonly number[], options: { refetch: boolean; run?: number }): Promise<Asked> =>
    reextractRecords(db, ids, options),
  loadRunProgress: (run: number): Promise<RunProgress> => loadRunProgress(db, run),
  /** Why records of a run were kept or failed, the most frequent reasons first. */
  loadRunReasons: (run: number): Promise<{ reason: string; records: number }[]> => loadRunReasons(db, run),
  loadRecordToExtract: (id: number) => loadRecordToExtract(db, id),
});

const all = (conditions: readonly (SQL | undefined)[]): SQL =>
  sql.join(
    conditions.filter((condition) => condition !== undefined),
    sql` and `,
  );

const isOneOf = (column: SQL, values: readonly (number | string)[] | undefined, type: SQL): SQL | undefined =>
  values && sql`${column} = any (${sql.param([...values])}::${type}[])`;

const moment = (date: Date): SQL => sql`${date.toISOString()}::timestamptz`;

const failed = ({ ids, kinds, hosts, feedIds, since }: FailureSelection): SQL =>
  all([
    sql`a.error is not null and a.error <> 'bad-link'`,
    isOneOf(sql`a.id`, ids, sql`bigint`),
    isOneOf(sql`a.error`, kinds, sql`text`),
    isOneOf(sql`feedmill_data.host_name(a.url)`, hosts, sql`text`),
    isOneOf(sql`a.feed_id`, feedIds, sql`bigint`),
    since && sql`a.updated_at >= ${moment(since)}`,
  ]);

const stored = ({ ids, sites, hosts, feedIds, since, until, extractorBefore }: RecordSelection): SQL =>
  all([
    sql`a.stored_at is not null`,
    isOneOf(sql`a.id`, ids, sql`bigint`),
    isOneOf(sql`a.site`, sites, sql`text`),
    isOneOf(sql`feedmill_data.host_name(a.url)`, hosts, sql`text`),
    isOneOf(sql`a.feed_id`, feedIds, sql`bigint`),
    since && sql`a.stored_at >= ${moment(since)}`,
    until && sql`a.stored_at < ${moment(until)}`,
    extractorBefore === undefined ? undefined : sql`coalesce(a.extractor_version, 0) < ${extractorBefore}`,
  ]);

/** The ids of the selected articles, in batches, in ascending order. */
async function* readIds(db: Db, condition: SQL): AsyncGenerator<number[]> {
  for (let last = 0; ; ) {
    const { rows } = await db.execute<{ id: string }>(sql`
      select a.id from feedmill_data.articles a where ${condition} and a.id > ${last} order by a.id limit ${BATCH}`);
    const ids = rows.map(({ id }) => Number(id));
    if (ids.length > 0) yield ids;
    if (ids.length < BATCH) return;
    last = ids.at(-1) ?? last;
  }
}

async function countFailures(db: Db, selection: FailureSelection): Promise<{ kind: string; articles: number }[]> {
  const { rows } = await db.execute<{ kind: string; articles: number }>(sql`
    select a.error as kind, count(*)::int as articles from feedmill_data.articles a
    where ${failed(selection)} group by 1 order by 2 desc, 1`);
  return rows;
}

async function countSelected(db: Db, selection: RecordSelection): Promise<number> {
  const { rows } = await db.execute<{ records: number }>(
    sql`select count(*)::int as records from feedmill_data.articles a where ${stored(selection)}`,
  );
  return rows[0]?.records ?? 0;
}

async function retryArticles(db: Db, ids: readonly number[]): Promise<number> {
  const { rows } = await db.execute<{ retried: string }>(
    sql`select retried from feedmill_admin.retry_articles(${sql.param([...ids])}::bigint[])`,
  );
  return Number(rows[0]?.retried);
}

/** An article is being tried while it waits for its host's turn, and while it follows a redirect or robots.txt first. */
async function findUntried(db: Db, ids: readonly number[], since: Date): Promise<number[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    select id from feedmill_data.articles where id = any (${sql.param([...ids])}::bigint[])
    and (updated_at < ${moment(since)} or (due_at is not null and (
      due_at <= now() or feedmill_data.is_leased(host, due_at) or (error is null and not revisit))))`);
  return rows.map(({ id }) => Number(id));
}

async function loadRetryResults(db: Db, ids: readonly number[]): Promise<RetryResults> {
  const { rows } = await db.execute<RetryResults & Record<string, unknown>>(sql`
    select count(*) filter (where error is null)::int as solved,
           count(*) filter (where error is not null and due_at is not null)::int as later,
           count(*) filter (where error is not null and due_at is null)::int as failed
    from feedmill_data.articles where id = any (${sql.param([...ids])}::bigint[])`);
  return rows[0] ?? { solved: 0, later: 0, failed: 0 };
}

async function reextractRecords(
  db: Db,
  ids: readonly number[],
  { refetch, run }: { refetch: boolean; run?: number },
): Promise<Asked> {
  const { rows } = await db.execute<Record<'run' | 'marked' | 'refetched' | 'left_out', string>>(
    sql`select * from feedmill_admin.reextract_records(${sql.param([...ids])}::bigint[], ${refetch}, ${run ?? null})`,
  );
  const [row] = rows;
  if (!row) throw new Error('reextract_records gave no row');
  return { run: Number(row.run), marked: Number(row.marked), refetched: Number(row.refetched), leftOut: Number(row.left_out) };
}

async function loadRunProgress(db: Db, run: number): Promise<RunProgress> {
  const { rows } = await db.execute<{ outcome: keyof RunProgress; records: number }>(sql`
    select coalesce(outcome, 'waiting') as outcome, count(*)::int as records
    from feedmill_data.reextractions where run = ${run} group by 1`);
  const counts = Object.fromEntries(rows.map(({ outcome, records }) => [outcome, records]));
  return { waiting: 0, changed: 0, unchanged: 0, kept: 0, fault: 0, ...counts };
}

async function loadRunReasons(db: Db, run: number): Promise<{ reason: string; records: number }[]> {
  const { rows } = await db.execute<{ reason: string; records: number }>(sql`
    select regexp_replace(note, '\\d+', 'N', 'g') as reason, count(*)::int as records
    from feedmill_data.reextractions where run = ${run} and outcome in ('kept', 'fault')
    group by 1 order by 2 desc, 1 limit ${MAX_REASONS}`);
  return rows;
}
