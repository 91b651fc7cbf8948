import { sql } from 'drizzle-orm';
import type { PerQueue } from '../src/jobs/queues.js';
import type { Db } from './client.js';
import { earliestTurn, gapMs, interval, LIVE_LEASES, type Politeness, slotFree } from './hosts.js';

/** What one claim took: ids of rows whose lease is ours now. */
export interface Claimed {
  feeds: number[];
  articles: number[];
}

export interface ClaimOptions extends Politeness {
  /** How many rows of each kind there is room for: none of a kind is taken beyond it. */
  room: PerQueue;
  leaseMs: number;
}

/** A host whose due rows there is no room for is looked at again after this, in ms. */
const NO_ROOM_MS = 5_000;

/**
 * Claims what is due, at most one row of each host whose turn it is: moves the row's `due_at`, and its host's turn, to the
 * end of a lease. A host is looked at again when its job ends (`releaseHost`) or, if that job was lost, when the lease ends.
 *
 * Two statements in one transaction, not one: the second takes its snapshot after the hosts are locked, so an article
 * committed in between is seen, and a host's turn is never emptied while it has work (READ COMMITTED gives each statement
 * a snapshot of its own). The cost follows the hosts that are due, never the backlog: `hosts_turn` gives them in order,
 * `feeds_host_due` and `articles_host_due` give one row of each.
 */
export async function claimDue(db: Db, { room, leaseMs, hostGapMs, hostConcurrency }: ClaimOptions): Promise<Claimed> {
  // To the millisecond, as far as JavaScript reads it: the lease of a row and that of its host are told to be one by this instant.
  const leaseEnd = sql`date_trunc('milliseconds', now() + ${interval(leaseMs)})`;
  return db.transaction(async (tx) => {
    const { rows: turns } = await tx.execute<{ host: string; fed_last: boolean }>(sql`
      select host, fed_last from feedmill_data.hosts
      where turn_at <= now()
      order by turn_at
      limit ${Math.max(room.feeds, room.articles)}
      for update skip locked`);
    const hosts = turns.map(({ host }) => host);
    const picked =
      hosts.length === 0
        ? []
        : (
            await tx.execute<{ kind: 'feed' | 'article'; id: string }>(sql`
      with picked as materialized (
        select turn.host, due.kind, due.id
        from unnest(${sql.param(hosts)}::text[], ${sql.param(turns.map((turn) => turn.fed_last))}::boolean[]) as turn (host, fed_last)
        cross join lateral (
          -- Feeds and pages of a host take turns: neither many feeds nor a long backlog keeps the other waiting.
          -- What is being changed is passed over: whoever changes it holds the row and then wants its host, which is locked here.
          select case when turn.fed_last then 2 else 0 end as rank, 'feed' as kind, id from (select id from feedmill_data.feeds
            where feeds.host = turn.host and due_at <= now() and ${room.feeds > 0} order by due_at limit 1 for update skip locked) as feed
          union all
          select 1 as rank, 'article' as kind, id from (select id from feedmill_data.articles
            where articles.host = turn.host and due_at <= now() and ${room.articles > 0} order by due_at limit 1 for update skip locked) as article
          order by rank limit 1
        ) as due
      ), leased_feeds as (
        update feedmill_data.feeds set due_at = ${leaseEnd}
        from picked where picked.kind = 'feed' and feeds.id = picked.id
      ), leased_articles as (
        update feedmill_data.articles set due_at = ${leaseEnd}
        from picked where picked.kind = 'article' and articles.id = picked.id
      ), busy as (
        -- Another request may run beside this one only where HOST_CONCURRENCY allows, and then a gap after it began.
        update feedmill_data.hosts set
          fed_last = exists (select 1 from picked where picked.host = hosts.host and picked.kind = 'feed'),
          leases = ${LIVE_LEASES} || ${leaseEnd},
          next_at = now() + ${interval(gapMs(hostGapMs))},
          turn_at = greatest(now() + ${interval(gapMs(hostGapMs))},
            ${earliestTurn(sql`(${LIVE_LEASES} || ${leaseEnd})`, hostConcurrency)})
        where hosts.host = any (array(select host from picked))
      ), idle as (
        -- Nothing due, or no room for it: its turn is when something will be, a little later, or never (null).
        update feedmill_data.hosts set turn_at = (
          select greatest(${earliestTurn(LIVE_LEASES, hostConcurrency)}, case when min(next.due_at) <= now() then now() + ${interval(NO_ROOM_MS)} else min(next.due_at) end) from (
            (select due_at from feedmill_data.feeds where feeds.host = hosts.host and due_at is not null order by due_at limit 1)
            union all
            (select due_at from feedmill_data.articles where articles.host = hosts.host and due_at is not null order by due_at limit 1)
          ) as next having count(*) > 0
        )
        where hosts.host = any (${sql.param(hosts)}::text[]) and hosts.host <> all (array(select host from picked))
      )
      select kind, id from picked`)
          ).rows;
    // Articles that need no page need no turn: they wait for no host.
    const { rows: hostless } = await tx.execute<{ id: string }>(sql`
      update feedmill_data.articles set due_at = ${leaseEnd}
      where id in (
        select id from feedmill_data.articles
        where host is null and due_at <= now()
        order by due_at limit ${room.articles} for update skip locked
      )
      returning id`);
    const ids = (kind: 'feed' | 'article') => picked.filter((row) => row.kind === kind).map((row) => Number(row.id));
    return { feeds: ids('feed'), articles: [...ids('article'), ...hostless.map((row) => Number(row.id))] };
  });
}

/** How long until some host's turn, or some hostless article, in ms (0: now); undefined when nothing is pending. */
export async function msUntilNextTurn(db: Db): Promise<number | undefined> {
  const { rows } = await db.execute<{ ms: number | null }>(sql`
    select extract(epoch from least(
      (select min(turn_at) from feedmill_data.hosts where turn_at is not null),
      (select min(due_at) from feedmill_data.articles where due_at is not null and host is null)
    ) - now())::float8 * 1000 as ms`);
  const wait = rows[0]?.ms;
  return wait === null || wait === undefined ? undefined : Math.max(0, wait);
}

/** Rows whose work was broken off: due at once, at the next turn of their hosts, and the attempt does not count. */
export async function giveBack(
  db: Db,
  kind: 'feeds' | 'articles',
  ids: readonly number[],
  { hostGapMs, hostConcurrency }: Politeness,
): Promise<void> {
  if (ids.length === 0) return;
  const table = kind === 'feeds' ? sql`feedmill_data.feeds` : sql`feedmill_data.articles`;
  await db.execute(sql`
    with broken_off as materialized (
      select id, host, due_at as lease from ${table} where id = any (${sql.param([...ids])}::bigint[]) and due_at is not null for update
    ), freed as (
      update ${table} rows set due_at = now(), attempts = greatest(attempts - 1, 0) from broken_off where rows.id = broken_off.id
    ), left_over as (
      select host, array(
        select lease from unnest(hosts.leases) as lease
        where lease > now() and lease not in (select lease from broken_off where broken_off.host = hosts.host) order by lease
      ) as leases
      from feedmill_data.hosts where host in (select host from broken_off) for update
    )
    update feedmill_data.hosts set
      leases = left_over.leases,
      next_at = now() + ${interval(gapMs(hostGapMs))},
      turn_at = greatest(now() + ${interval(gapMs(hostGapMs))}, hosts.blocked_until, ${slotFree(sql`left_over.leases`, hostConcurrency)})
    from left_over where hosts.host = left_over.host`);
}
