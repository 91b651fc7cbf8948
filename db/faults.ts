import { sql } from 'drizzle-orm';
import type { QueueName } from '../src/jobs/queues.js';
import type { Db } from './client.js';

/** Longest message that is kept, in characters: a failed query repeats all of its parameters. */
const MAX_MESSAGE = 500;
/** A feed that we fail at waits longer each time, from and up to this, in ms. */
const FIRST_WAIT_MS = 5 * 60_000;
const LONGEST_WAIT_MS = 24 * 3_600_000;

/**
 * Writes down that a job failed by a fault of ours, so that its row tells of it and waits longer each time. An article's
 * attempt was counted when it began, so it is due at the end of its lease and given up in the end.
 */
export async function recordFault(db: Db, queue: QueueName, id: number, error: Error): Promise<void> {
  const message = error.message.replaceAll('\0', '').slice(0, MAX_MESSAGE);
  const text = `A fault of Feedmill itself, worth a report to its authors: ${message}`;
  if (queue === 'articles') {
    await db.execute(
      sql`update feedmill_data.articles set error = 'fault', error_text = ${text}, updated_at = now() where id = ${id}`,
    );
    return;
  }
  await db.execute(sql`
    with failed as (
      update feedmill_data.feeds set failures = failures + 1, attempts = 0, failing_since = coalesce(failing_since, now()), last_error = ${text}, polled_at = now(),
        due_at = now() + make_interval(secs => least(${LONGEST_WAIT_MS}::float8, ${FIRST_WAIT_MS}::float8 * 2 ^ least(failures, 20)) / 1000)
      where id = ${id} and due_at is not null returning id
    )
    insert into feedmill_data.polls (feed_id, started_at, duration_ms, outcome, error) select id, now(), 0, 'fault', ${text} from failed`);
}
