import { sql } from 'drizzle-orm';
import type { Db, Executor } from './client.js';
import { giveTurns, isLeased, LIVE_LEASES, type Politeness, slotFreeSql } from './turns.js';

/** Only requests within this window count towards an outage. */
const WINDOW = sql`interval '2 minutes'`;
/** With fewer hosts than this, nothing can be concluded. */
const MIN_HOSTS = 3;
/** An outage is suspected when this share of the hosts can't be reached… */
const BEGINS_AT = 0.8;
/** …and ends when the share has fallen below this. */
const ENDS_BELOW = 0.5;
/** How many recently healthy hosts are asked to confirm an outage. */
const WITNESSES = 5;
/** A host that answered within this time is recently healthy. */
const RECENTLY = sql`interval '1 day'`;
/** A suspected outage that the witnesses have not confirmed within this time is dropped. */
const PATIENCE = sql`interval '1 minute'`;
/** After a false alarm, no outage is suspected for this long. */
const CALM = sql`interval '10 minutes'`;
/** What an outage held up is tried again within this time, spread at random, in seconds. */
const RETRY_SECONDS = 30;

const FAILING = sql`unreachable_at > coalesce(reached_at, '-infinity')`;
/**
 * How many hosts were asked in the window, and how many of them could not be reached at the last attempt. A host that never
 * answered is no evidence, unless no host ever answered.
 */
const COUNTS = sql`
  select count(*) as asked, count(*) filter (where ${FAILING}) as failing
  from feedmill_data.hosts
  where (reached_at > now() - ${WINDOW} or unreachable_at > now() - ${WINDOW})
    and (reached_at is not null or not exists (select 1 from feedmill_data.hosts where reached_at is not null))`;

/**
 * Our own outages: when most hosts can't be reached, the fault is on our side, and no feed is blamed for it. A few hosts of
 * one provider also fail together, and may be all that was asked recently. So an outage is only suspected at first, and hosts
 * that were healthy are asked to confirm it.
 */
export const outageStore = (db: Db, politeness: Politeness) => ({
  inOutage: () => isInOutage(db),
  reviewOutage: () => reviewOutage(db, politeness),
});

async function isInOutage(db: Db): Promise<boolean> {
  const { rows } = await db.execute(sql`select 1 from feedmill_data.outages where ended_at is null and believed_at is not null`);
  return rows.length > 0;
}

/**
 * Suspects, confirms or ends an outage, by what the hosts of the window say. It is cheap and safe to run from many processes.
 * When an outage is confirmed, what failed before is undone: failures, attempts, waits of hosts.
 * In one transaction: no outage is suspected whose witnesses were not asked, and none confirmed whose failures were not undone.
 * @returns what happened; undefined if nothing did.
 */
const reviewOutage = (db: Db, politeness: Politeness): Promise<'began' | 'ended' | undefined> =>
  db.transaction(async (tx) => {
    if (await suspectOutage(tx)) await callWitnesses(tx, politeness);
    const { rows } = await tx.execute<{ believed: boolean; ended: boolean }>(CONFIRM_OR_END_OUTAGE);
    if (rows[0]?.believed) {
      await undoFailures(tx, politeness);
      return 'began';
    }
    return rows[0]?.ended ? 'ended' : undefined;
  });

async function suspectOutage(tx: Executor): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    with counts as (${COUNTS})
    insert into feedmill_data.outages (started_at) select now() from counts
    where asked >= ${MIN_HOSTS} and failing >= ${BEGINS_AT}::float8 * asked
      and not exists (select 1 from feedmill_data.outages where ended_at > now() - ${CALM} and believed_at is null)
    on conflict do nothing returning id`);
  return rows.length > 0;
}

/** Confirms or ends the open outage, by what its witnesses and the hosts of the window say. */
const CONFIRM_OR_END_OUTAGE = sql`
  with counts as (${COUNTS}), open as (
    select *,
      (select count(*) from feedmill_data.hosts where host = any (witnesses) and reached_at > outages.started_at) as well,
      (select count(*) from feedmill_data.hosts
       where host = any (witnesses) and ${FAILING} and unreachable_at > outages.started_at) as silent
    from feedmill_data.outages where ended_at is null for update
  ), believed as (
    update feedmill_data.outages set believed_at = now() from open
    where outages.id = open.id and open.believed_at is null
      and open.well = 0 and open.silent >= least(cardinality(open.witnesses), ${MIN_HOSTS}) returning outages.id
  ), ended as (
    update feedmill_data.outages set ended_at = now() from open, counts
    where outages.id = open.id and (
      (open.believed_at is null and (open.well > 0 or open.started_at < now() - ${PATIENCE}) and not exists (select 1 from believed))
      or (open.believed_at is not null and counts.asked > 0 and counts.failing < ${ENDS_BELOW}::float8 * counts.asked)
    ) returning open.believed_at is not null as believed
  )
  select exists (select 1 from believed) as believed, exists (select 1 from ended where believed) as ended`;

/** Makes one feed of each of a few recently healthy hosts due now. If there is no such host, the outage has no witnesses. */
async function callWitnesses(tx: Executor, politeness: Politeness): Promise<void> {
  const { rows } = await tx.execute<{ host: string }>(sql`
    with witnesses as (
      select host from feedmill_data.hosts
      where reached_at > now() - ${RECENTLY} and not coalesce(${FAILING}, false)
        and exists (select 1 from feedmill_data.feeds where feeds.host = hosts.host and due_at is not null)
      order by reached_at desc limit ${WITNESSES}
    ), kept as (
      update feedmill_data.outages set witnesses = array(select host from witnesses) where ended_at is null
    )
    update feedmill_data.feeds set due_at = least(due_at, now())
    where id in (
      select (select id from feedmill_data.feeds where feeds.host = witnesses.host and due_at is not null order by due_at limit 1)
      from witnesses)
      and due_at is not null and not ${isLeased(sql`feeds`)}
    returning host`);
  const hosts = rows.map(({ host }) => host);
  await giveTurns(tx, hosts, politeness);
}

/** Undoes what failed while the outage was not confirmed yet: of polls, of articles, and of hosts. */
async function undoFailures(tx: Executor, { hostConcurrency }: Politeness): Promise<void> {
  const soon = sql`now() + random() * ${RETRY_SECONDS}::int * interval '1 second'`;
  await tx.execute(sql`
    with blamed as (
      update feedmill_data.polls set outcome = 'self-outage'
      where outcome = 'unreachable' and started_at > now() - ${WINDOW} returning feed_id
    )
    update feedmill_data.feeds set failures = greatest(failures - 1, 0), due_at = least(due_at, ${soon})
    where id in (select feed_id from blamed) and due_at is not null and not ${isLeased(sql`feeds`)}`);
  await tx.execute(sql`
    update feedmill_data.articles set attempts = greatest(attempts - 1, 0), due_at = least(due_at, ${soon})
    where error = 'unreachable' and updated_at > now() - ${WINDOW} and due_at is not null and not ${isLeased(sql`articles`)}`);
  await tx.execute(sql`
    update feedmill_data.hosts set trouble = greatest(trouble - 1, 0), blocked_until = null,
      turn_at = greatest(least(turn_at, ${soon}), next_at, ${slotFreeSql(LIVE_LEASES, hostConcurrency)})
    where unreachable_at > now() - ${WINDOW} and unreachable_at > coalesce(reached_at, '-infinity')`);
}
