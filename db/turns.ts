import { type SQL, sql } from 'drizzle-orm';
import { type HostVerdict, MAX_TROUBLE_WAIT_MS } from '../src/hosts/host-wait.js';
import { LATENCY_WEIGHT, MAX_LATENCY_GAP_MS, type Turn } from '../src/hosts/turn.js';
import type { Db, Executor } from './client.js';
import { wakePoller } from './wake.js';

/** The settings of politeness that the SQL needs. */
export interface Politeness {
  /** Gap between the end of a request to a host and the start of the next, in ms, for hosts that have no gap of their own. */
  hostGapMs: number;
  /** Concurrent requests to one host. */
  hostConcurrency: number;
}

/** Milliseconds as a Postgres interval. */
export const interval = (ms: number | SQL): SQL => sql`make_interval(secs => ${ms}::float8 / 1000)`;

/**
 * The end of a lease that starts now. In whole milliseconds, as JavaScript reads it: rows and hosts recognize a lease by this
 * time.
 */
export const leaseEndSql = (leaseMs: number): SQL => sql`date_trunc('milliseconds', now() + ${interval(leaseMs)})`;

/** The leases in a row of `hosts` that have not ended. */
export const LIVE_LEASES: SQL = sql`array(select lease from unnest(hosts.leases) as lease where lease > now() order by lease)`;

/**
 * A host's gap, in ms: the user's own for it, else the default, but no less than robots.txt asks for or than the host takes to
 * answer.
 */
const gapMsSql = (defaultGapMs: number): SQL => sql`coalesce(hosts.gap_ms,
  greatest(${defaultGapMs}::int, hosts.crawl_delay_ms, least(coalesce(hosts.latency_ms, 0), ${defaultGapMs === 0 ? 0 : MAX_LATENCY_GAP_MS}::int)))`;

/**
 * One gap of the host from now, but not before its next turn: `now()` is when the transaction started, and while it waited for
 * the host, another may have started a request.
 */
export const afterGapSql = (defaultGapMs: number): SQL =>
  sql`greatest(hosts.next_at, now() + ${interval(gapMsSql(defaultGapMs))})`;

/** When one of these live leases makes room for another request; null: there is room now. */
export const slotFreeSql = (leases: SQL, hostConcurrency: number): SQL =>
  sql`case when cardinality(${leases}) >= ${hostConcurrency}::int then (${leases})[1 + cardinality(${leases}) - ${hostConcurrency}::int] end`;

/** When a host with these live leases may be asked next. */
export const earliestTurnSql = (leases: SQL, hostConcurrency: number): SQL =>
  sql`greatest(now(), hosts.next_at, hosts.blocked_until, ${slotFreeSql(leases, hostConcurrency)})`;

/**
 * Whether a row of `table` (feeds or articles) is claimed: its `due_at` is the end of a lease that its host has too.
 * Any other `due_at` is the time at which the row falls due.
 */
export const isLeased = (table: SQL): SQL =>
  sql`exists (select 1 from feedmill_data.hosts where hosts.host = ${table}.host and ${table}.due_at = any (hosts.leases))`;

/**
 * Whether the work on a claimed row may start: only in the first half of its lease, so that it ends within it (config.ts keeps
 * the lease at least twice as long as the timeout of a fetch). A job that waited longer is stale: its host may have gone to
 * another. A row without a host counts as claimed when it falls due within a lease's time.
 */
export const mayStart = (table: SQL, leaseMs: number): SQL => sql`${table}.due_at > now() + ${interval(leaseMs / 2)}
  and case when ${table}.host is null then ${table}.due_at <= now() + ${interval(leaseMs)} else ${isLeased(table)} end`;

/**
 * Gives each host a turn as soon as its gap allows, and adds the hosts that are new. Hosts are locked in sorted order, so that
 * two processes can't deadlock.
 */
export async function giveTurns(tx: Executor, hosts: Iterable<string>, { hostConcurrency }: Politeness): Promise<void> {
  const names = [...new Set(hosts)].sort();
  if (names.length === 0) return;
  await tx.execute(sql`
    insert into feedmill_data.hosts as hosts (host, turn_at)
    select name, now() from unnest(${sql.param(names)}::text[]) as name order by name
    on conflict (host) do update set turn_at = least(hosts.turn_at, ${earliestTurnSql(LIVE_LEASES, hostConcurrency)})`);
  await wakePoller(tx);
}

/** When a host that made trouble may be asked again: after the wait it asked for, else after one that doubles each time. */
function blockedUntilSql(trouble: HostVerdict['trouble']): SQL {
  if (!trouble) return sql`hosts.blocked_until`;
  const waitMs =
    trouble.waitMs === undefined
      ? sql`least(${trouble.baseMs}::float8 * 2 ^ least(hosts.trouble, 20), ${MAX_TROUBLE_WAIT_MS}::float8)`
      : sql`${trouble.waitMs}`;
  return sql`greatest(hosts.blocked_until, now() + ${interval(waitMs)})`;
}

/**
 * Ends a request to a host. Its next turn is one gap from now; the claim then finds what is due, or that nothing is. What the
 * request says about the host counts only within its lease: in a process that was suspended, timeouts are its own fault.
 */
async function releaseHost(
  tx: Executor,
  { host, leaseEnd }: Turn,
  { trouble, latencyMs, reached }: HostVerdict,
  { hostGapMs, hostConcurrency }: Politeness,
): Promise<void> {
  const ifHeld = (then: SQL, otherwise: SQL) => sql`case when left_over.held then ${then} else ${otherwise} end`;
  const blocked = ifHeld(blockedUntilSql(trouble), sql`hosts.blocked_until`);
  const average = sql`hosts.latency_ms + ${LATENCY_WEIGHT}::float8 * (${latencyMs}::float8 - hosts.latency_ms)`;
  const end = sql`${leaseEnd.toISOString()}::timestamptz`;
  await tx.execute(sql`
    with left_over as materialized (
      select array_remove(${LIVE_LEASES}, ${end}) as leases, ${end} = any (${LIVE_LEASES}) as held
      from feedmill_data.hosts where host = ${host} for update
    )
    update feedmill_data.hosts set
      leases = left_over.leases,
      next_at = ${afterGapSql(hostGapMs)},
      blocked_until = ${blocked},
      turn_at = greatest(${afterGapSql(hostGapMs)}, ${blocked}, ${slotFreeSql(sql`left_over.leases`, hostConcurrency)}),
      trouble = ${ifHeld(trouble ? sql`hosts.trouble + 1` : reached ? sql`0` : sql`hosts.trouble`, sql`hosts.trouble`)},
      latency_ms = ${latencyMs === undefined ? sql`hosts.latency_ms` : ifHeld(sql`coalesce(${average}, ${latencyMs}::float8)::int`, sql`hosts.latency_ms`)},
      reached_at = ${reached === true ? ifHeld(sql`now()`, sql`hosts.reached_at`) : sql`hosts.reached_at`},
      unreachable_at = ${reached === false ? ifHeld(sql`now()`, sql`hosts.unreachable_at`) : sql`hosts.unreachable_at`}
    from left_over where host = ${host}`);
  await wakePoller(tx);
}

/**
 * Ends a turn, and gives one to the hosts that its row waits for now. Hosts are locked in sorted order, so that two jobs
 * that redirect to each other's hosts can't deadlock.
 */
export async function endTurn(
  tx: Executor,
  turn: Turn,
  verdict: HostVerdict,
  next: readonly string[],
  politeness: Politeness,
): Promise<void> {
  const before = next.filter((host) => host < turn.host);
  const after = next.filter((host) => host > turn.host);
  await giveTurns(tx, before, politeness);
  await releaseHost(tx, turn, verdict, politeness);
  await giveTurns(tx, after, politeness);
}

/** Takes a turn of a host now, without a claim; undefined when the host may not be asked yet. */
async function takeTurn(
  db: Db,
  { leaseMs, hostGapMs, hostConcurrency }: { leaseMs: number } & Politeness,
  host: string,
): Promise<Turn | undefined> {
  const leaseEnd = leaseEndSql(leaseMs);
  const leases = sql`(${LIVE_LEASES} || ${leaseEnd})`;
  const gap = afterGapSql(hostGapMs);
  const { rows } = await db.execute<{ lease_end: Date | string }>(sql`
    insert into feedmill_data.hosts as hosts (host, leases) values (${host}, array[${leaseEnd}])
    on conflict (host) do update set leases = ${leases}, next_at = ${gap},
      turn_at = greatest(hosts.turn_at, ${gap}, ${slotFreeSql(leases, hostConcurrency)})
    where ${earliestTurnSql(LIVE_LEASES, hostConcurrency)} <= now()
    returning ${leaseEnd} as lease_end`);
  return rows[0] && { host, leaseEnd: new Date(rows[0].lease_end) };
}

/** Turns taken outside the claim, for requests that no row waits for (a WebSub hub). */
export const turnStore = (db: Db, options: { leaseMs: number } & Politeness) => ({
  takeTurn: (host: string) => takeTurn(db, options, host),
  endTurn: (turn: Turn, verdict: HostVerdict) => db.transaction((tx) => endTurn(tx, turn, verdict, [], options)),
});
