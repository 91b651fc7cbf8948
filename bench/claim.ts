// What a tick of the poller costs while one host has a million pages pending, and whether these delay other hosts.
import { sql } from 'drizzle-orm';
import { claimDue } from '../db/claim.js';
import type { Db } from '../db/client.js';
import { withDatabase } from './database.js';
import { measureMs, median } from './numbers.js';

const HOSTS = 10_000;
const PENDING = 1_000_000;
/** Rows that a tick may claim, of each kind. */
const ROOM = 500;
const OPTIONS = { room: { feeds: ROOM, articles: ROOM }, leaseMs: 3_600_000, hostGapMs: 1_000, hostConcurrency: 1 };
/** Turns of the host with the backlog that are measured alone. */
const TURNS = 500;
const PORT = 56_600;

/** Prints how long ticks take until all hosts have had a turn, with and without a backlog on one of them. */
export async function run(): Promise<void> {
  await withDatabase(PORT, async (db) => {
    console.log(`${HOSTS} hosts, each with a feed and a page that are due, in ticks of ${ROOM}`);
    for (const backlog of [0, PENDING]) {
      await fillTables(db, backlog);
      const ticks = await measureTicks(db);
      console.log(
        `${backlog.toLocaleString('en').padStart(9)} pages pending on one host: ${ticks.length} ticks until each host had a turn, ` +
          `median ${median(ticks).toFixed(0)} ms, longest ${Math.max(...ticks).toFixed(0)} ms`,
      );
      const turns = await measureTurnsOfOneHost(db);
      console.log(
        `          then ${turns.length} turns of that host alone: ` +
          `median ${median(turns).toFixed(1)} ms, longest ${Math.max(...turns).toFixed(1)} ms`,
      );
    }
  });
}

async function fillTables(db: Db, backlog: number): Promise<void> {
  await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts cascade`);
  await db.execute(sql`
    insert into feedmill_data.hosts (host, turn_at)
    select 'h' || n, now() - interval '1 minute' + n * interval '1 ms' from generate_series(1, ${HOSTS}::int) n`);
  await db.execute(sql`
    insert into feedmill_data.feeds (url, host, due_at) select 'u' || n, 'h' || n, now() from generate_series(1, ${HOSTS}::int) n`);
  await db.execute(sql`
    insert into feedmill_data.articles (url, host, feed_id, due_at)
    select 'a' || n, 'h' || case when n <= ${HOSTS}::int then n else 1 end, (select min(id) from feedmill_data.feeds), now() - interval '1 hour'
    from generate_series(1, ${HOSTS + backlog}::int) n`);
  await db.execute(sql`analyze feedmill_data.hosts, feedmill_data.feeds, feedmill_data.articles`);
}

/** Claims until every host has had a turn. @returns the time of each claim, in ms */
async function measureTicks(db: Db): Promise<number[]> {
  const ticks: number[] = [];
  let claimed = 0;
  while (claimed < HOSTS) {
    const before = claimed;
    ticks.push(
      await measureMs(async () => {
        const { feeds, articles } = await claimDue(db, OPTIONS);
        claimed += feeds.length + articles.length;
      }),
    );
    if (claimed === before) throw new Error(`only ${claimed} hosts have had a turn`);
  }
  return ticks;
}

/** Claims from the host with the backlog, again and again. @returns the time of each claim, in ms */
async function measureTurnsOfOneHost(db: Db): Promise<number[]> {
  await db.execute(sql`update feedmill_data.hosts set turn_at = null where host <> 'h1'`);
  const turns: number[] = [];
  for (let n = 0; n < TURNS; n += 1) {
    await db.execute(sql`update feedmill_data.hosts set turn_at = now(), leases = '{}' where host = 'h1'`);
    turns.push(
      await measureMs(async () => {
        await claimDue(db, OPTIONS);
      }),
    );
  }
  return turns;
}
