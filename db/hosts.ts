import { eq, sql } from 'drizzle-orm';
import type { RobotsFound, StoredRobots } from '../src/hosts/check-robots.js';
import type { Turn } from '../src/hosts/turn.js';
import { present } from '../src/text/present.js';
import type { Db } from './client.js';
import { robots } from './schema/hosts.js';
import { LIVE_LEASES } from './turns.js';

/** What we know of hosts and origins: robots.txt and gaps between requests. Their turns are in turns.ts. */
export const hostStore = (db: Db) => ({
  loadRobots: (origin: string) => loadRobots(db, origin),
  saveRobots: (turn: Turn, origin: string, found: RobotsFound) => saveRobots(db, turn, origin, found),
  setGap: (host: string, ms: number) => setGap(db, host, ms),
});

/** The stored robots.txt of an origin; empty when it was never read. */
async function loadRobots(db: Db, origin: string): Promise<StoredRobots> {
  const [row] = await db.select().from(robots).where(eq(robots.origin, origin));
  return present({
    read: row?.body != null && row.fetchedAt ? { rules: row.body, at: row.fetchedAt } : null,
    redirect: row?.hopUrl ? { url: row.hopUrl, count: row.hops } : null,
  });
}

/**
 * Saves what a turn found out about a robots.txt, with the crawl delay of the host that the rules are for. Does nothing when the
 * turn is over, since another job may have read it again.
 */
async function saveRobots(db: Db, { host, leaseEnd }: Turn, origin: string, { read, redirect }: RobotsFound): Promise<void> {
  const columns = {
    ...(read && { body: read.rules, fetchedAt: sql`now()` }),
    hopUrl: redirect?.url ?? null,
    hops: redirect?.count ?? 0,
    askedAt: sql`now()`,
  };
  await db.transaction(async (tx) => {
    const { rows } = await tx.execute(sql`
      select 1 from feedmill_data.hosts
      where host = ${host} and ${leaseEnd.toISOString()}::timestamptz = any (${LIVE_LEASES}) for update`);
    if (rows.length === 0) return;
    await tx
      .insert(robots)
      .values({ origin, ...columns })
      .onConflictDoUpdate({ target: robots.origin, set: columns });
    if (!read) return;
    await tx.execute(sql`update feedmill_data.hosts set crawl_delay_ms = ${read.crawlDelayMs} where host = ${read.host}`);
  });
}

/** Sets the user's own gap for a host, in ms; it takes precedence over robots.txt. */
async function setGap(db: Db, host: string, ms: number): Promise<void> {
  await db.execute(sql`
    insert into feedmill_data.hosts (host, gap_ms) values (${host}, ${ms})
    on conflict (host) do update set gap_ms = excluded.gap_ms`);
}
