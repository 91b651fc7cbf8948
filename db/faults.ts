import { sql } from 'drizzle-orm';
import type { QueueName } from '../src/jobs/queues.js';
import type { Db } from './client.js';
import { interval } from './turns.js';

/** Longest error message that is stored, in characters: a failed query repeats all of its parameters. */
const MAX_MESSAGE = 500;
/** First and longest wait of a feed that we fail to process, in ms; the wait doubles with each failure in a row. */
const FIRST_WAIT_MS = 5 * 60_000;
const MAX_WAIT_MS = 24 * 3_600_000;

/**
 * Records that a job failed through a fault of ours, in the row that it worked on, and makes a feed wait longer each time. An
 * article needs no wait: its attempt was counted when it started, so it is due at the end of its lease and given up in the end.
 */
export async function recordFault(db: Db, queue: QueueName, id: number, error: Error): Promise<void> {
  const message = error.message.replaceAll('\0', '').slice(0, MAX_MESSAGE);
  const text = `This is a bug in Feedmill; please report it: ${message}`;
  if (queue === 'articles') {
    await db.execute(
      sql`update feedmill_data.articles set error = 'fault', error_text = ${text}, updated_at = now() where id = ${id}`,
    );
    return;
  }
  const waitMs = sql`least(${MAX_WAIT_MS}::float8, ${FIRST_WAIT_MS}::float8 * 2 ^ least(failures, 20))`;
  await db.execute(sql`
    with failed as (
      update feedmill_data.feeds
      set failures = failures + 1, attempts = 0, failing_since = coalesce(failing_since, now()), last_error = ${text},
          polled_at = now(), due_at = now() + ${interval(waitMs)}
      where id = ${id} and due_at is not null returning id
    )
    insert into feedmill_data.polls (feed_id, started_at, duration_ms, outcome, error)
    select id, now(), 0, 'fault', ${text} from failed`);
}
