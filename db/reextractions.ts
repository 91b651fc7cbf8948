import { type SQL, sql } from 'drizzle-orm';
import type { LeasedRow, Written } from '../src/jobs/leased-row.js';
import type { StartedReextraction } from '../src/jobs/reextract-record.js';
import type { Reextraction, ReextractionOutcome } from '../src/jobs/reextraction.js';
import { toRecordColumns } from './article-columns.js';
import type { Db, Executor } from './client.js';
import type { Fence } from './fence.js';
import { ARTICLE_VERSION, loadStarted } from './record-to-extract.js';
import { articles } from './schema/articles.js';
import { interval, leaseEndSql } from './turns.js';

/** Longest note that is stored, in characters. */
const MAX_NOTE = 500;
/** How long a record waits whose reading was stopped for taking too long, in ms: the machine may be busy. */
const AGAIN_WAIT_MS = 60_000;
/** How long the outcome of a re-extraction is kept, in days: long enough to look into a run. */
export const KEEP_OUTCOME_DAYS = 30;
/** Rows deleted per call. */
const BATCH = 1_000;

/** Re-extractions, as the poller and the article workers see them. */
export const reextractionStore = (db: Db, { leaseMs }: { leaseMs: number }) => ({
  /** Claims records to extract again, at most `limit`. The cost does not depend on how many there are. @returns their ids */
  claimReextractions: (limit: number): Promise<number[]> => claim(db, limit, leaseMs),

  /**
   * Starts an attempt at a claimed record, and counts it. Undefined when there is nothing to do or the claim is stale, and while the
   * article's pages are being fetched: then the record is claimed again when this lease ends.
   */
  startReextraction: (id: number): Promise<StartedReextraction | undefined> => start(db, id, leaseMs),

  /** Writes what changed and how it ended, in one transaction; drops it when the job is stale or the article has changed meanwhile. */
  recordReextraction: (started: StartedReextraction, result: Reextraction): Promise<Written> => record(db, started, result),
});

async function claim(db: Db, limit: number, leaseMs: number): Promise<number[]> {
  if (limit === 0) return [];
  const { rows } = await db.execute<{ id: string }>(sql`
    update feedmill_data.reextractions set due_at = ${leaseEndSql(leaseMs)}
    where article_id = any (array(
      select article_id from feedmill_data.reextractions
      where due_at <= now() order by due_at limit ${limit} for update skip locked))
    returning article_id as id`);
  return rows.map(({ id }) => Number(id));
}

/** As with articles without a host (db/turns.ts): in the first half of its lease. */
async function start(db: Db, id: number, leaseMs: number): Promise<StartedReextraction | undefined> {
  const { rows } = await db.execute<{ attempts: number; due_at: Date | string }>(sql`
    update feedmill_data.reextractions set attempts = attempts + 1
    where article_id = ${id} and due_at > now() + ${interval(leaseMs / 2)} and due_at <= now() + ${interval(leaseMs)}
      and exists (select 1 from feedmill_data.articles where id = ${id} and pages_kept = 0)
    returning attempts, due_at`);
  const [row] = rows;
  return row && loadStarted(db, { id, attempts: row.attempts, leaseEnd: new Date(row.due_at) });
}

/** Whether a row is still under this lease: the fence of what its job writes (db/fence.ts). */
const isLeased = ({ id, leaseEnd }: Fence): SQL => sql`article_id = ${id} and due_at = ${leaseEnd.toISOString()}::timestamptz`;

/** The article is locked before its row here, in the order in which deleting an article locks them. */
const record = (db: Db, started: StartedReextraction, result: Reextraction): Promise<Written> =>
  db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ version: string }>(
      sql`select ${ARTICLE_VERSION} as version from feedmill_data.articles a where id = ${started.id} for no key update`,
    );
    if (rows[0]?.version !== started.version) {
      await tx.execute(sql`
        update feedmill_data.reextractions set due_at = now(), attempts = greatest(attempts - 1, 0) where ${isLeased(started)}`);
      return 'stale';
    }
    if (result.kind === 'again') return postpone(tx, started);
    if (!(await end(tx, started, result.kind, noteOf(result)))) return 'stale';
    await updateRecord(tx, started, result);
    return 'written';
  });

const noteOf = (result: Exclude<Reextraction, { kind: 'again' }>): string | null => {
  if (result.kind === 'kept') return result.reason;
  return result.kind === 'changed' ? result.changes.map(({ field }) => field).join(', ') : null;
};

async function postpone(tx: Executor, started: LeasedRow): Promise<Written> {
  const { rowCount } = await tx.execute(sql`
    update feedmill_data.reextractions set due_at = now() + ${interval(AGAIN_WAIT_MS)} where ${isLeased(started)}`);
  return rowCount === 0 ? 'stale' : 'written';
}

/** @returns whether the job still had its lease */
async function end(tx: Executor, row: Fence, outcome: ReextractionOutcome, note: string | null): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    update feedmill_data.reextractions
    set due_at = null, outcome = ${outcome}, note = ${note?.replaceAll('\0', '').slice(0, MAX_NOTE) ?? null}, done_at = now()
    where ${isLeased(row)}`);
  return rowCount !== 0;
}

/** A record that is kept was made by an older version still. The article's own work, its due time and its tries, stays as it is. */
async function updateRecord(tx: Executor, { id, current }: StartedReextraction, result: Reextraction): Promise<void> {
  if (result.kind === 'unchanged')
    await tx.execute(
      sql`update feedmill_data.articles set extractor_version = ${result.record.extractorVersion} where id = ${id}`,
    );
  if (result.kind !== 'changed') return;
  const solved = current.contentSource === 'feed' && result.record.contentSource === 'page';
  await tx
    .update(articles)
    .set({ ...toRecordColumns(result.record), ...(solved && { error: null, errorText: null }) })
    .where(sql`${articles.id} = ${id}`);
}

/** Returns re-extractions that were interrupted. The attempt is not counted; a row no longer under its lease is left as it is. */
export async function giveBackReextractions(db: Db, rows: readonly LeasedRow[], dueAgain: 'now' | 'at lease end'): Promise<void> {
  for (const row of rows)
    await db.execute(sql`
      update feedmill_data.reextractions
      set attempts = greatest(attempts - 1, 0), due_at = ${dueAgain === 'now' ? sql`now()` : sql`due_at`} where ${isLeased(row)}`);
}

/** Ends a re-extraction at which our own bug failed: the same page would fail again. */
export const recordReextractionFault = (db: Db, row: LeasedRow, text: string) => end(db, row, 'fault', text);

/** Deletes the oldest outcomes. @returns whether there may be more to delete */
export async function expireReextractions(db: Db): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    delete from feedmill_data.reextractions where article_id = any (array(
      select article_id from feedmill_data.reextractions where done_at < now() - ${KEEP_OUTCOME_DAYS}::int * interval '1 day'
      order by done_at limit ${BATCH} for update skip locked))`);
  return rowCount === BATCH;
}
