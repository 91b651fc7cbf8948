import { type SQL, sql } from 'drizzle-orm';
import type { PerQueue } from '../src/jobs/queues.js';
import type { Db, Executor } from './client.js';
import { afterGapSql, earliestTurnSql, interval, LIVE_LEASES, leaseEndSql, type Politeness } from './turns.js';

/** What one claim took: the ids of rows whose lease is now ours. */
export interface Claimed {
  feeds: number[];
  articles: number[];
  /** How long each row had been due, in ms; rows that are under way and went first are left out. */
  waitsMs: { feeds: number[]; articles: number[] };
}

/** The most rows to claim, of each kind. */
export type Room = Pick<PerQueue, 'feeds' | 'articles'>;

/** How much to claim, and for how long. */
export interface ClaimOptions extends Politeness {
  /** The most rows to claim, of each kind. */
  room: Room;
  leaseMs: number;
}

/** When a host has due rows but their queue is full, it is considered again after this, in ms. */
const NO_ROOM_WAIT_MS = 5_000;

/**
 * One in this many articles of a host is the oldest that is due; the others are the newest. So news does not wait behind a
 * backlog, and a backlog shrinks however much news there is.
 */
const BACKLOG_EVERY = 4;
/** `due_at` of articles that are under way and go first (FIRST_IN_LINE in src/jobs/article-content.ts). */
const FIRST_IN_LINE = sql`'epoch'::timestamptz`;

interface HostTurn extends Record<string, unknown> {
  host: string;
  fed_last: boolean;
  /** The next article is the oldest of the backlog, not the newest. */
  from_backlog: boolean;
}

interface ClaimedRow extends Record<string, unknown> {
  kind: 'feed' | 'article';
  id: string;
  /** Null for an article that is under way. */
  wait_ms: number | null;
}

/**
 * Claims what is due: at most one row of each host whose turn it is. The row's `due_at` and the host's turn move to the end of
 * a lease. The host gets its next turn when the job ends (`endTurn`) or, if the job was lost, when the lease ends.
 *
 * Two statements in one transaction, not one: READ COMMITTED gives each statement its own snapshot, so the second, which
 * starts when the hosts are locked, sees articles that were committed in between, and a host never loses its turn while it has
 * work. The cost depends on the hosts that are due, never on the backlog: `hosts_turn` gives them in order, `feeds_host_due`
 * and `articles_host_due` one row of each.
 */
export async function claimDue(db: Db, options: ClaimOptions): Promise<Claimed> {
  return db.transaction(async (tx) => {
    const turns = await lockHostsInTurn(tx, options.room);
    const claimed = turns.length === 0 ? [] : (await tx.execute<ClaimedRow>(claimSql(turns, options))).rows;
    const hostless = await claimHostlessArticles(tx, options);
    const of = (kind: 'feed' | 'article') => claimed.filter((row) => row.kind === kind);
    const ids = (rows: readonly ClaimedRow[]) => rows.map(({ id }) => Number(id));
    const waits = (rows: readonly ClaimedRow[]) => rows.flatMap(({ wait_ms: wait }) => wait ?? []);
    return {
      feeds: ids(of('feed')),
      articles: [...ids(of('article')), ...hostless],
      waitsMs: { feeds: waits(of('feed')), articles: waits(of('article')) },
    };
  });
}

async function lockHostsInTurn(tx: Executor, room: Room): Promise<HostTurn[]> {
  const { rows } = await tx.execute<HostTurn>(sql`
    select host, fed_last, (article_turns + 1) % ${BACKLOG_EVERY}::int = 0 as from_backlog from feedmill_data.hosts
    where turn_at <= now()
    order by turn_at
    limit ${Math.max(room.feeds, room.articles)}
    for update skip locked`);
  return rows;
}

/** The SQL of the claim: picks one due row of each locked host, leases it, and moves the turns of all these hosts. */
const claimSql = (turns: readonly HostTurn[], options: ClaimOptions): SQL => sql`
  with picked as materialized (${pickDueRowsSql(turns, options.room)}
  ), leased_feeds as (
    update feedmill_data.feeds set due_at = ${leaseEndSql(options.leaseMs)}
    from picked where picked.kind = 'feed' and feeds.id = picked.id
  ), leased_articles as (
    update feedmill_data.articles set due_at = ${leaseEndSql(options.leaseMs)}
    from picked where picked.kind = 'article' and articles.id = picked.id
  ), busy as (${moveBusyHostsSql(options)}
  ), idle as (${moveIdleHostsSql(turns, options)}
  )
  select kind, id, wait_ms from picked`;

/**
 * One due row of each host. Its feeds and articles alternate, so that neither many feeds nor a long backlog delays the other.
 * Articles are read from either end of `articles_host_due`: the oldest end holds those that are under way, then the backlog.
 * Locked rows are skipped: whoever changes one holds it and then waits for its host, which is locked here.
 */
const pickDueRowsSql = (turns: readonly HostTurn[], room: Room): SQL => sql`
  select turn.host, due.kind, due.id,
    case when due.due_at > ${FIRST_IN_LINE} then extract(epoch from now() - due.due_at)::float8 * 1000 end as wait_ms
  from unnest(
    ${sql.param(turns.map(({ host }) => host))}::text[],
    ${sql.param(turns.map((turn) => turn.fed_last))}::boolean[],
    ${sql.param(turns.map((turn) => turn.from_backlog))}::boolean[]
  ) as turn (host, fed_last, from_backlog)
  cross join lateral (
    select case when turn.fed_last then 3 else 0 end as rank, 'feed' as kind, id, due_at
    from (select id, due_at from feedmill_data.feeds
      where feeds.host = turn.host and due_at <= now() and ${room.feeds > 0}
      order by due_at limit 1 for update skip locked) as feed
    union all
    select 1 as rank, 'article' as kind, id, due_at
    from (select id, due_at from feedmill_data.articles
      where articles.host = turn.host and due_at <= case when turn.from_backlog then now() else ${FIRST_IN_LINE} end
      and ${room.articles > 0}
      order by due_at limit 1 for update skip locked) as oldest
    union all
    select 2 as rank, 'article' as kind, id, due_at
    from (select id, due_at from feedmill_data.articles
      where articles.host = turn.host and due_at <= now() and not turn.from_backlog and ${room.articles > 0}
      order by due_at desc limit 1 for update skip locked) as newest
    order by rank limit 1
  ) as due`;

/** Hosts that got a row: a second request may run beside it only where HOST_CONCURRENCY allows, and one gap after it started. */
function moveBusyHostsSql({ leaseMs, hostGapMs, hostConcurrency }: ClaimOptions): SQL {
  const leases = sql`(${LIVE_LEASES} || ${leaseEndSql(leaseMs)})`;
  return sql`
    update feedmill_data.hosts set
      fed_last = exists (select 1 from picked where picked.host = hosts.host and picked.kind = 'feed'),
      article_turns = article_turns
        + (select count(*) from picked where picked.host = hosts.host and picked.kind = 'article'),
      leases = ${leases},
      next_at = ${afterGapSql(hostGapMs)},
      turn_at = greatest(${afterGapSql(hostGapMs)}, ${earliestTurnSql(leases, hostConcurrency)})
    where hosts.host = any (array(select host from picked))`;
}

/** Hosts that got no row: their next turn is when a row falls due, a little later where there was no room, or never (null). */
const moveIdleHostsSql = (turns: readonly HostTurn[], { hostConcurrency }: ClaimOptions): SQL => sql`
  update feedmill_data.hosts set turn_at = (
    select greatest(${earliestTurnSql(LIVE_LEASES, hostConcurrency)},
      case when min(next.due_at) <= now() then now() + ${interval(NO_ROOM_WAIT_MS)} else min(next.due_at) end)
    from (
      (select due_at from feedmill_data.feeds where feeds.host = hosts.host and due_at is not null order by due_at limit 1)
      union all
      (select due_at from feedmill_data.articles where articles.host = hosts.host and due_at is not null order by due_at limit 1)
    ) as next having count(*) > 0
  )
  where hosts.host = any (${sql.param(turns.map(({ host }) => host))}::text[])
    and hosts.host <> all (array(select host from picked))`;

/** Claims articles that need no page, and so no turn of any host. */
async function claimHostlessArticles(tx: Executor, { room, leaseMs }: ClaimOptions): Promise<number[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    update feedmill_data.articles set due_at = ${leaseEndSql(leaseMs)}
    where id in (
      select id from feedmill_data.articles
      where host is null and due_at <= now()
      order by due_at limit ${room.articles} for update skip locked
    )
    returning id`);
  return rows.map(({ id }) => Number(id));
}

/**
 * Time until the next turn of any host, or until a hostless article is due, in ms (0: now); undefined when nothing is pending.
 */
export async function msUntilNextTurn(db: Db): Promise<number | undefined> {
  const { rows } = await db.execute<{ ms: number | null }>(sql`
    select extract(epoch from least(
      (select min(turn_at) from feedmill_data.hosts where turn_at is not null),
      (select min(due_at) from feedmill_data.articles where due_at is not null and host is null)
    ) - now())::float8 * 1000 as ms`);
  const wait = rows[0]?.ms;
  return wait === null || wait === undefined ? undefined : Math.max(0, wait);
}
