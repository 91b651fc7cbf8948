import { type SQL, sql } from 'drizzle-orm';
import type { LeasedRow } from '../src/jobs/leased-row.js';
import type { QueueName } from '../src/jobs/queues.js';
import type { Db, Executor } from './client.js';
import { type Fence, isUnderLease } from './fence.js';
import { recordReextractionFault } from './reextractions.js';
import { endTurn, interval, type Politeness } from './turns.js';

/** Longest error message that is stored, in characters. */
const MAX_MESSAGE = 500;
const SENTENCES = {
  bug: 'This is a bug in Feedmill; please report it',
  unclear: 'The database gave up. If it does so only for this, the document is the cause; please report it',
};
/** First and longest wait of a row that we fail to process, in ms; the wait doubles with each fault in a row. */
const FIRST_WAIT_MS = 5 * 60_000;
const MAX_WAIT_MS = 24 * 3_600_000;

/**
 * Records that a job failed because of our own bug, or perhaps because of its document, in the row that it worked on, and frees its host. The row waits longer each
 * time, so that a document that we can't process is not tried at every lease. A feed is not blamed: its failures and its
 * error stay as they are. An article's attempts count, so that it is left alone in the end. A stale job's fault is not recorded.
 */
export async function recordFault(
  db: Db,
  politeness: Politeness,
  queue: QueueName,
  row: LeasedRow,
  { error, kind }: { error: Error; kind: 'bug' | 'unclear' },
): Promise<void> {
  const text = `${SENTENCES[kind]}: ${toFaultMessage(error)}`;
  if (queue === 'reextractions') {
    await recordReextractionFault(db, row, text);
    return;
  }
  const { turn } = row;
  await db.transaction(async (tx) => {
    await (queue === 'articles' ? markArticle(tx, row, text) : markFeed(tx, row, text));
    if (turn) await endTurn(tx, turn, {}, [], politeness);
  });
}

/** What an error says, for a column. That of a query repeats the query, so its cause says more. */
export function toFaultMessage(error: Error): string {
  const { message } = error.cause instanceof Error ? error.cause : error;
  return message.replaceAll('\0', '').slice(0, MAX_MESSAGE);
}

/** When a row is due again, given the consecutive faults before this one. */
export const afterFaultSql = (before: SQL): SQL =>
  sql`now() + ${interval(sql`least(${MAX_WAIT_MS}::float8, ${FIRST_WAIT_MS}::float8 * 2 ^ least(${before}, 20))`)}`;

const markArticle = (tx: Executor, row: Fence, text: string) =>
  tx.execute(sql`
    update feedmill_data.articles
    set error = 'fault', error_text = ${text}, updated_at = now(), due_at = ${afterFaultSql(sql`greatest(attempts - 1, 0)`)}
    where ${isUnderLease(sql`articles`, row)}`);

const markFeed = (tx: Executor, row: Fence, text: string) =>
  tx.execute(sql`
    with failed as (
      update feedmill_data.feeds
      set faults = faults + 1, attempts = 0, polled_at = now(), due_at = ${afterFaultSql(sql`faults`)}, due_reasons = array[${text}]
      where ${isUnderLease(sql`feeds`, row)} returning id
    )
    insert into feedmill_data.polls (feed_id, started_at, duration_ms, outcome, error)
    select id, now(), 0, 'fault', ${text} from failed`);
