import { sql } from 'drizzle-orm';
import type { Db } from './client.js';
import { isLeased, LIVE_LEASES, type Politeness, slotFree } from './hosts.js';

/** Hosts that were asked within this window tell whether the fault is ours. */
const WINDOW = sql`interval '2 minutes'`;
/** With fewer hosts than this nothing can be told. */
const MIN_HOSTS = 3;
/** An outage begins when so large a share of the hosts can't be reached… */
const BEGINS_AT = 0.8;
/** …and ends when it has fallen below this. */
const ENDS_BELOW = 0.5;
/** After an outage begins or ends, what it held up is tried within this, in seconds. */
const RETRY_SECONDS = 30;

/**
 * How many hosts were asked in the window, and how many of them could not be reached at the last try. A host that never
 * answered says nothing of us, unless no host ever did.
 */
const COUNTS = sql`
  select count(*) as asked, count(*) filter (where unreachable_at > coalesce(reached_at, '-infinity')) as failing
  from feedmill_data.hosts
  where (reached_at > now() - ${WINDOW} or unreachable_at > now() - ${WINDOW})
    and (reached_at is not null or not exists (select 1 from feedmill_data.hosts where reached_at is not null))`;

/** Our own outages: when most hosts can't be reached, the fault is on this side, and counts against no feed. */
export const outageStore = (db: Db, politeness: Politeness) => ({
  async inOutage(): Promise<boolean> {
    return (await db.execute(sql`select 1 from feedmill_data.outages where ended_at is null`)).rows.length > 0;
  },

  /**
   * Begins or ends an outage by what the hosts of the window say; cheap, and safe from many processes.
   * What failed before it was noticed is taken back: failures, attempts, waits of hosts.
   * @returns what happened; undefined as a rule.
   */
  async reviewOutage(): Promise<'began' | 'ended' | undefined> {
    const { rows } = await db.execute<{ began: boolean; ended: boolean }>(sql`
      with counts as (${COUNTS}), began as (
        insert into feedmill_data.outages (started_at) select now() from counts
        where asked >= ${MIN_HOSTS} and failing >= ${BEGINS_AT}::float8 * asked
        on conflict do nothing returning id
      ), ended as (
        update feedmill_data.outages set ended_at = now() from counts
        where ended_at is null and asked > 0 and failing < ${ENDS_BELOW}::float8 * asked returning id
      )
      select exists (select 1 from began) as began, exists (select 1 from ended) as ended`);
    if (rows[0]?.began) {
      await takeBackFailures(db, politeness);
      return 'began';
    }
    return rows[0]?.ended ? 'ended' : undefined;
  },
});

async function takeBackFailures(db: Db, { hostConcurrency }: Politeness): Promise<void> {
  const soon = sql`now() + random() * ${RETRY_SECONDS}::int * interval '1 second'`;
  await db.execute(sql`
    with blamed as (
      update feedmill_data.polls set outcome = 'self-outage' where outcome = 'unreachable' and started_at > now() - ${WINDOW} returning feed_id
    )
    update feedmill_data.feeds set failures = greatest(failures - 1, 0), due_at = least(due_at, ${soon})
    where id in (select feed_id from blamed) and due_at is not null and not ${isLeased(sql`feeds`)}`);
  await db.execute(sql`
    update feedmill_data.articles set attempts = greatest(attempts - 1, 0), due_at = least(due_at, ${soon})
    where error = 'unreachable' and updated_at > now() - ${WINDOW} and due_at is not null and not ${isLeased(sql`articles`)}`);
  await db.execute(sql`
    update feedmill_data.hosts set trouble = greatest(trouble - 1, 0), blocked_until = null,
      turn_at = greatest(least(turn_at, ${soon}), next_at, ${slotFree(LIVE_LEASES, hostConcurrency)})
    where unreachable_at > now() - ${WINDOW} and unreachable_at > coalesce(reached_at, '-infinity')`);
}
