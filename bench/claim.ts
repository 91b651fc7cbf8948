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
