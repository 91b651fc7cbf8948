import { type SQL, sql } from 'drizzle-orm';
import type { HostVerdict } from '../src/jobs/pipeline.js';
import type { Db, Executor } from './client.js';

/** Channel that wakes the poller when something may be due earlier than it thinks. */
export const WAKE_CHANNEL = 'feedmill_wake';

/** Wakes the poller on commit. Postgres sends one notification a transaction, however often this is called in it. */
export const wakePoller = async (tx: Executor): Promise<void> => {
  await tx.execute(sql`select pg_notify(${WAKE_CHANNEL}, '')`);
};

/**
 * Gives each of the hosts a turn as soon as its gap allows, making its row where there is none.
 * In sorted order, so that two processes never lock the same hosts crosswise.
 */
export async function giveTurns(tx: Executor, hosts: Iterable<string>): Promise<void> {
  const names = [...new Set(hosts)].sort();
  if (names.length === 0) return;
  await tx.execute(sql`
    insert into feedmill_data.hosts as hosts (host, turn_at)
    select name, now() from unnest(${sql.param(names)}::text[]) as name order by name
    on conflict (host) do update set turn_at = least(hosts.turn_at, greatest(now(), hosts.next_at, hosts.blocked_until))`);
  await wakePoller(tx);
}

/**
 * Ends a host's turn: its next request may start one gap from now. The claim then finds what is due, or that nothing is.
 */
export async function releaseHost(tx: Executor, host: string, { blockForMs }: HostVerdict, defaultGapMs: number): Promise<void> {
  const gap: SQL = sql`make_interval(secs => coalesce(gap_ms, ${defaultGapMs})::float8 / 1000)`;
  const blocked: SQL =
    blockForMs === undefined
      ? sql`blocked_until`
      : sql`greatest(blocked_until, now() + make_interval(secs => ${blockForMs / 1000}::float8))`;
  await tx.execute(sql`
    update feedmill_data.hosts
    set next_at = now() + ${gap}, blocked_until = ${blocked}, turn_at = greatest(now() + ${gap}, ${blocked})
    where host = ${host}`);
  await wakePoller(tx);
}

/** What a host's robots.txt said, and when. */
export interface StoredRobots {
  text: string;
  fetchedAt: Date;
}

export const hostStore = (db: Db) => ({
  /** The robots.txt kept for a host; undefined when none was fetched yet. */
  async findRobots(host: string): Promise<StoredRobots | undefined> {
    const { rows } = await db.execute<{ robots_txt: string | null; robots_fetched_at: Date | string | null }>(
      sql`select robots_txt, robots_fetched_at from feedmill_data.hosts where host = ${host}`,
    );
    const row = rows[0];
    return row?.robots_fetched_at ? { text: row.robots_txt ?? '', fetchedAt: new Date(row.robots_fetched_at) } : undefined;
  },

  async keepRobots(host: string, { text, fetchedAt }: StoredRobots): Promise<void> {
    await db.execute(sql`
      update feedmill_data.hosts set robots_txt = ${text}, robots_fetched_at = ${fetchedAt.toISOString()}::timestamptz
      where host = ${host}`);
  },

  /** Sets a gap of the host's own, in ms; longer where robots.txt asks for more, or shorter for one's own sites. */
  async setGap(host: string, gapMs: number): Promise<void> {
    await db.execute(sql`
      insert into feedmill_data.hosts (host, gap_ms) values (${host}, ${gapMs}) on conflict (host) do update set gap_ms = ${gapMs}`);
  },
});
