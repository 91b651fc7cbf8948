import { eq, type SQL, sql } from 'drizzle-orm';
import type { StoredRobots } from '../src/hosts/check-robots.js';
import { LATENCY_WEIGHT, MAX_LATENCY_GAP_MS, type Turn } from '../src/hosts/turn.js';
import { type HostVerdict, MAX_TROUBLE_WAIT_MS } from '../src/hosts/verdict.js';
import type { Db, Executor } from './client.js';
import { robots } from './schema/hosts.js';

/** Channel that wakes the poller when something may be due earlier than it thinks. */
export const WAKE_CHANNEL = 'feedmill_wake';

/** Politeness towards hosts, as the settings have it. */
export interface Politeness {
  /** Between the end of a request to a host and the start of the next, where the host has no gap of its own. */
  hostGapMs: number;
  /** Requests to one host at once. */
  hostConcurrency: number;
}

/** So many milliseconds. */
export const interval = (ms: number | SQL): SQL => sql`make_interval(secs => ${ms}::float8 / 1000)`;

/** The leases of a row of `hosts` that have not ended. */
export const LIVE_LEASES: SQL = sql`array(select lease from unnest(hosts.leases) as lease where lease > now() order by lease)`;

/** A host's gap, in ms: what its user wants, else the setting, and then never less than robots.txt asks or than it takes to answer. */
export const gapMs = (defaultGapMs: number): SQL => sql`coalesce(hosts.gap_ms,
  greatest(${defaultGapMs}::int, hosts.crawl_delay_ms, least(coalesce(hosts.latency_ms, 0), ${defaultGapMs === 0 ? 0 : MAX_LATENCY_GAP_MS}::int)))`;

/** When one of these live leases gives way to another request; null: at once. */
export const slotFree = (leases: SQL, hostConcurrency: number): SQL =>
  sql`case when cardinality(${leases}) >= ${hostConcurrency}::int then (${leases})[1 + cardinality(${leases}) - ${hostConcurrency}::int] end`;

/**
 * Whether a row of `table` (feeds or articles) is claimed: its `due_at` is then the end of a lease that its host knows too.
 * Any other `due_at` is a time at which it is wanted.
 */
export const isLeased = (table: SQL): SQL =>
  sql`exists (select 1 from feedmill_data.hosts where hosts.host = ${table}.host and ${table}.due_at = any (hosts.leases))`;

/**
 * Whether a claimed row's work may still begin: in the first half of its lease, so that it ends within it (LEASE is at least twice
 * FETCH_TIMEOUT). A job that waited longer is stale: its host may have gone on to another.
 */
export const mayStart = (table: SQL, leaseMs: number): SQL =>
  sql`${table}.due_at > now() + ${interval(leaseMs / 2)} and ${isLeased(table)}`;

/** When a host with these live leases may be asked next. */
export const earliestTurn = (leases: SQL, hostConcurrency: number): SQL =>
  sql`greatest(now(), hosts.next_at, hosts.blocked_until, ${slotFree(leases, hostConcurrency)})`;

/** Wakes the poller on commit. Postgres sends one notification a transaction, however often this is called in it. */
export const wakePoller = async (tx: Executor): Promise<void> => {
  await tx.execute(sql`select pg_notify(${WAKE_CHANNEL}, '')`);
};

/**
 * Gives each of the hosts a turn as soon as its gap allows, making its row where there is none.
 * In sorted order, so that two processes never lock the same hosts crosswise.
 */
export async function giveTurns(tx: Executor, hosts: Iterable<string>, { hostConcurrency }: Politeness): Promise<void> {
  const names = [...new Set(hosts)].sort();
  if (names.length === 0) return;
  await tx.execute(sql`
    insert into feedmill_data.hosts as hosts (host, turn_at)
    select name, now() from unnest(${sql.param(names)}::text[]) as name order by name
    on conflict (host) do update set turn_at = least(hosts.turn_at, ${earliestTurn(LIVE_LEASES, hostConcurrency)})`);
  await wakePoller(tx);
}

/**
 * Ends a request to a host: the next may start one gap from now. The claim then finds what is due, or that nothing is.
 */
async function releaseHost(
  tx: Executor,
  { host, leaseEnd }: Turn,
  verdict: HostVerdict,
  { hostGapMs, hostConcurrency }: Politeness,
): Promise<void> {
  const { trouble, latencyMs, reached } = verdict;
  const blocked = trouble
    ? sql`greatest(hosts.blocked_until, now() + ${interval(
        trouble.waitMs === undefined
          ? sql`least(${trouble.baseMs}::float8 * 2 ^ least(hosts.trouble, 20), ${MAX_TROUBLE_WAIT_MS}::float8)`
          : sql`${trouble.waitMs}`,
      )})`
    : sql`hosts.blocked_until`;
  await tx.execute(sql`
    with left_over as materialized (
      select array_remove(${LIVE_LEASES}, ${leaseEnd.toISOString()}::timestamptz) as leases
      from feedmill_data.hosts where host = ${host} for update
    )
    update feedmill_data.hosts set
      leases = left_over.leases,
      next_at = now() + ${interval(gapMs(hostGapMs))},
      blocked_until = ${blocked},
      turn_at = greatest(now() + ${interval(gapMs(hostGapMs))}, ${blocked}, ${slotFree(sql`left_over.leases`, hostConcurrency)}),
      trouble = ${trouble ? sql`hosts.trouble + 1` : reached ? sql`0` : sql`hosts.trouble`},
      latency_ms = ${latencyMs === undefined ? sql`hosts.latency_ms` : sql`coalesce(hosts.latency_ms + ${LATENCY_WEIGHT}::float8 * (${latencyMs}::float8 - hosts.latency_ms), ${latencyMs}::float8)::int`},
      reached_at = ${reached === true ? sql`now()` : sql`hosts.reached_at`},
      unreachable_at = ${reached === false ? sql`now()` : sql`hosts.unreachable_at`}
    from left_over where host = ${host}`);
  await wakePoller(tx);
}

/**
 * Ends a turn, and gives one to the hosts where its row waits now. In sorted order, so that two jobs whose redirects lead
 * crosswise never wait for each other.
 */
export async function endTurn(
  tx: Executor,
  turn: Turn,
  verdict: HostVerdict,
  next: readonly string[],
  politeness: Politeness,
): Promise<void> {
  const others = next.filter((host) => host !== turn.host);
  await giveTurns(
    tx,
    others.filter((host) => host < turn.host),
    politeness,
  );
  await releaseHost(tx, turn, verdict, politeness);
  await giveTurns(
    tx,
    others.filter((host) => host > turn.host),
    politeness,
  );
}

/** Turns beside the claim, for requests that no row waits for. */
export const turnStore = (db: Db, { leaseMs, ...politeness }: { leaseMs: number } & Politeness) => ({
  /** Takes a turn of a host; undefined when it may not be asked just now. */
  async takeTurn(host: string): Promise<Turn | undefined> {
    const end = sql`date_trunc('milliseconds', now() + ${interval(leaseMs)})`;
    const leases = sql`(${LIVE_LEASES} || ${end})`;
    const gap = sql`now() + ${interval(gapMs(politeness.hostGapMs))}`;
    const { rows } = await db.execute<{ lease_end: Date | string }>(sql`
      insert into feedmill_data.hosts as hosts (host, leases) values (${host}, array[${end}])
      on conflict (host) do update set leases = ${leases}, next_at = ${gap}, turn_at = greatest(hosts.turn_at, ${gap}, ${slotFree(leases, politeness.hostConcurrency)})
      where ${earliestTurn(LIVE_LEASES, politeness.hostConcurrency)} <= now()
      returning ${end} as lease_end`);
    return rows[0] && { host, leaseEnd: new Date(rows[0].lease_end) };
  },

  async endTurn(turn: Turn, verdict: HostVerdict): Promise<void> {
    await db.transaction((tx) => endTurn(tx, turn, verdict, [], politeness));
  },
});

export const hostStore = (db: Db) => ({
  /** What is kept of the robots.txt of an origin. */
  async loadRobots(origin: string): Promise<StoredRobots> {
    const [row] = await db.select().from(robots).where(eq(robots.origin, origin));
    return {
      ...(row?.body != null && row.fetchedAt ? { read: { rules: row.body, at: row.fetchedAt } } : {}),
      ...(row?.hopUrl ? { redirect: { url: row.hopUrl, count: row.hops } } : {}),
    };
  },

  async saveRobots(origin: string, { read, redirect }: StoredRobots): Promise<void> {
    const kept = {
      body: read?.rules ?? null,
      fetchedAt: read?.at ?? null,
      hopUrl: redirect?.url ?? null,
      hops: redirect?.count ?? 0,
    };
    await db
      .insert(robots)
      .values({ origin, ...kept })
      .onConflictDoUpdate({ target: robots.origin, set: kept });
  },

  /** Sets a gap of the host's own, in ms, whatever its robots.txt asks. */
  async setGap(host: string, ms: number): Promise<void> {
    await db.execute(sql`
      insert into feedmill_data.hosts (host, gap_ms) values (${host}, ${ms}) on conflict (host) do update set gap_ms = excluded.gap_ms`);
  },

  /** Keeps the gap that the host's robots.txt asks for, in ms; null: none. */
  async setCrawlDelay(host: string, ms: number | null): Promise<void> {
    await db.execute(sql`update feedmill_data.hosts set crawl_delay_ms = ${ms} where host = ${host}`);
  },
});
