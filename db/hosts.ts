import { eq, sql } from 'drizzle-orm';
import type { StoredRobots } from '../src/hosts/check-robots.js';
import { present } from '../src/text/present.js';
import type { Db } from './client.js';
import { robots } from './schema/hosts.js';

/** What we know of hosts and origins: robots.txt and gaps between requests. Their turns are in turns.ts. */
export const hostStore = (db: Db) => ({
  loadRobots: (origin: string) => loadRobots(db, origin),
  saveRobots: (origin: string, stored: StoredRobots) => saveRobots(db, origin, stored),
  setGap: (host: string, ms: number) => setGap(db, host, ms),
  setCrawlDelay: (host: string, ms: number | null) => setCrawlDelay(db, host, ms),
});

/** The stored robots.txt of an origin; empty when it was never read. */
async function loadRobots(db: Db, origin: string): Promise<StoredRobots> {
  const [row] = await db.select().from(robots).where(eq(robots.origin, origin));
  return present({
    read: row?.body != null && row.fetchedAt ? { rules: row.body, at: row.fetchedAt } : null,
    redirect: row?.hopUrl ? { url: row.hopUrl, count: row.hops } : null,
  });
}

async function saveRobots(db: Db, origin: string, { read, redirect }: StoredRobots): Promise<void> {
  const columns = {
    body: read?.rules ?? null,
    fetchedAt: read?.at ?? null,
    hopUrl: redirect?.url ?? null,
    hops: redirect?.count ?? 0,
  };
  await db
    .insert(robots)
    .values({ origin, ...columns })
    .onConflictDoUpdate({ target: robots.origin, set: columns });
}

/** Sets the user's own gap for a host, in ms; it takes precedence over robots.txt. */
async function setGap(db: Db, host: string, ms: number): Promise<void> {
  await db.execute(sql`
    insert into feedmill_data.hosts (host, gap_ms) values (${host}, ${ms})
    on conflict (host) do update set gap_ms = excluded.gap_ms`);
}

/** Saves the crawl delay from a host's robots.txt, in ms; null: it asks for none. */
async function setCrawlDelay(db: Db, host: string, ms: number | null): Promise<void> {
  await db.execute(sql`update feedmill_data.hosts set crawl_delay_ms = ${ms} where host = ${host}`);
}
