import type { FeedSettings, ManagedFeed, RecordCounts, RemovedFeed, Trial } from '../src/cli/feed-manager.js';
import { errorCode } from '../src/text/error-code.js';
import type { Db } from './client.js';

/** Tries of a change that other sessions made impossible for the moment. */
const MAX_TRIES = 3;
/** SQLSTATE of a deadlock: a worker and we each wanted a row that the other had locked. */
const DEADLOCK = '40P01';
/** SQLSTATEs of what the functions refuse: a value that can't be, a duration that is none, or a state that passes. */
const REFUSALS: ReadonlySet<string> = new Set(['22023', '22007', '22008', '22015', '55000']);
/** Records deleted in one transaction. Few, since a long transaction holds back the change cursor for all consumers. */
const RECORDS_PER_BATCH = 500;

/** A change that a function refused, because of a value or for the moment. */
export class ChangeRefused extends Error {}

/** Calls the functions of schema feedmill_admin that manage feeds (db/contract/50-manage.sql and 51-feed-settings.sql). */
export const manageStore = (db: Db) => ({
  pauseFeeds: (ids: readonly number[], trial?: Trial) =>
    call<ManagedFeed>(db, 'select * from feedmill_admin.pause_feeds($1)', [ids], trial),
  resumeFeeds: (ids: readonly number[], trial?: Trial) =>
    call<ManagedFeed>(db, 'select * from feedmill_admin.resume_feeds($1)', [ids], trial),
  setFeeds: (ids: readonly number[], settings: FeedSettings, trial?: Trial) =>
    call<ManagedFeed>(db, 'select * from feedmill_admin.set_feeds($1, $2)', [ids, JSON.stringify(settings)], trial),
  moveFolder: (from: string, to: string, trial?: Trial) =>
    call<ManagedFeed>(db, 'select * from feedmill_admin.move_folder($1, $2)', [from, to], trial),
  removeFeeds: (ids: readonly number[], trial?: Trial) =>
    call<RemovedFeed>(db, 'select * from feedmill_admin.remove_feeds($1)', [ids], trial),
  countRecords: (ids: readonly number[]) => countRecords(db, ids),
  removeFeedsWithRecords: (ids: readonly number[], onProgress: (deleted: number) => void) =>
    removeFeedsWithRecords(db, ids, onProgress),
});

/**
 * Calls a function in a transaction of its own. On trial, the transaction is rolled back: what would change is then exactly what
 * the function says. Not through Drizzle, whose errors repeat the parameters, which may be secret.
 * @throws {ChangeRefused} with the function's message when it refuses
 */
async function call<Row>(db: Db, statement: string, values: unknown[], trial?: Trial): Promise<Row[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await callOnce<Row>(db, statement, values, trial);
    } catch (error) {
      if (errorCode(error) === DEADLOCK && tries < MAX_TRIES) continue;
      throw asRefusal(error);
    }
  }
}

/** The refusal that an error of Postgres stands for, with `about` before its message; other errors as they are. */
export const asRefusal = (error: unknown, about = ''): unknown =>
  error instanceof Error && REFUSALS.has(errorCode(error))
    ? new ChangeRefused(`${about}${error.message}.`, { cause: error })
    : error;

async function callOnce<Row>(db: Db, statement: string, values: unknown[], trial?: Trial): Promise<Row[]> {
  const client = await db.$client.connect();
  let failed = true;
  try {
    await client.query('begin');
    const { rows } = await client.query(statement, values);
    await client.query(trial ? 'rollback' : 'commit');
    failed = false;
    return rows as Row[];
  } finally {
    // Closing the connection also ends its transaction.
    client.release(failed);
  }
}

/** How many records would go with these feeds, and how many would stay, because other feeds show them. */
async function countRecords(db: Db, ids: readonly number[]): Promise<RecordCounts> {
  const { rows } = await db.$client.query<RecordCounts>(
    `select coalesce(sum(records - shared), 0)::float8 as deleted, coalesce(sum(shared), 0)::float8 as kept
     from unnest($1::bigint[]) as id, feedmill_data.count_records(id, $1)`,
    [ids],
  );
  return rows[0] ?? { deleted: 0, kept: 0 };
}

/**
 * Removes feeds with their records, in batches. May be interrupted at any point and called again, with the same feeds, since the
 * last batch removes what is left of them.
 */
async function removeFeedsWithRecords(
  db: Db,
  ids: readonly number[],
  onProgress: (deleted: number) => void,
): Promise<RecordCounts> {
  await call(db, 'select * from feedmill_admin.remove_feeds($1)', [ids]);
  const total = { deleted: 0, kept: 0 };
  for (;;) {
    const [batch] = await call<{ deleted: string; kept: string }>(db, 'select * from feedmill_admin.delete_records($1, $2)', [
      ids,
      RECORDS_PER_BATCH,
    ]);
    const [deleted, kept] = [Number(batch?.deleted), Number(batch?.kept)];
    if (deleted + kept === 0) break;
    total.deleted += deleted;
    total.kept += kept;
    onProgress(total.deleted);
  }
  await call(db, 'select * from feedmill_admin.remove_feeds($1, true)', [ids]);
  return total;
}
