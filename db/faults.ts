import { sql } from 'drizzle-orm';
import type { LeasedRow } from '../src/jobs/leased-row.js';
import type { QueueName } from '../src/jobs/queues.js';
import type { Db, Executor } from './client.js';
import { type Fence, isUnderLease } from './fence.js';
import { endTurn, interval, type Politeness } from './turns.js';

/** Longest error message that is stored, in characters: a failed query repeats all of its parameters. */
const MAX_MESSAGE = 500;
/** First and longest wait of a feed that we fail to process, in ms; the wait doubles with each failure in a row. */
const FIRST_WAIT_MS = 5 * 60_000;
const MAX_WAIT_MS = 24 * 3_600_000;

/**
 * Records that a job failed through a fault of ours, in the row that it worked on, frees its host, and makes a feed wait longer
 * each time. An article needs no wait: its attempt was counted when it started, so it is due at the end of its lease and given
 * up in the end. A stale job's fault is not recorded.
 */
export async function recordFault(db: Db, politeness: Politeness, queue: QueueName, row: LeasedRow, error: Error): Promise<void> {
  const message = error.message.replaceAll('\0', '').slice(0, MAX_MESSAGE);
  const text = `This is a bug in Feedmill; please report it: ${message}`;
  const { turn } = row;
  await db.transaction(async (tx) => {
    await (queue === 'articles' ? blameArticle(tx, row, text) : blameFeed(tx, row, text));
    if (turn) await endTurn(tx, turn, {}, [], politeness);
  });
}

const blameArticle = (tx: Executor, row: Fence, text: string) =>
  tx.execute(sql`
    update feedmill_data.articles set error = 'fault', error_text = ${text}, updated_at = now()
    where ${isUnderLease(sql`articles`, row)}`);

function blameFeed(tx: Executor, row: Fence, text: string) {
  const waitMs = sql`least(${MAX_WAIT_MS}::float8, ${FIRST_WAIT_MS}::float8 * 2 ^ least(failures, 20))`;
  return tx.execute(sql`
    with failed as (
      update feedmill_data.feeds
      set failures = failures + 1, attempts = 0, failing_since = coalesce(failing_since, now()), last_error = ${text},
          polled_at = now(), due_at = now() + ${interval(waitMs)}
      where ${isUnderLease(sql`feeds`, row)} returning id
    )
    insert into feedmill_data.polls (feed_id, started_at, duration_ms, outcome, error)
    select id, now(), 0, 'fault', ${text} from failed`);
}
