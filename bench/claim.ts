// What a tick of the poller costs when one host has a million pages pending, and whether that delays the others.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { claimDue } from '../db/claim.js';
import { openDb } from '../db/client.js';
import { openEmbedded } from '../db/embedded.js';
import { migrateSchema } from '../db/migrate.js';

const HOSTS = 10_000;
const PENDING = 1_000_000;
/** Rows that a tick has room for, of each kind. */
const ROOM = 500;

/** Prints how long ticks take until all hosts had their turn, with a backlog on one of them and without. */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'feedmill-bench-'));
  const postgres = await openEmbedded(join(folder, 'data'), 56_600);
  try {
    await migrateSchema(postgres.url);
    const db = openDb(postgres.url, { onError: console.error });
    console.log(`${HOSTS} hosts with a feed and a page due each, ticks of ${ROOM}`);
    for (const backlog of [0, PENDING]) {
      await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts cascade`);
      await db.execute(sql`
        insert into feedmill_data.hosts (host, turn_at) select 'h' || n, now() - interval '1 minute' + n * interval '1 ms' from generate_series(1, ${HOSTS}::int) n`);
      await db.execute(
        sql`insert into feedmill_data.feeds (url, host, due_at) select 'u' || n, 'h' || n, now() from generate_series(1, ${HOSTS}::int) n`,
      );
      await db.execute(sql`
        insert into feedmill_data.articles (url, host, feed_id, due_at)
        select 'a' || n, 'h' || case when n <= ${HOSTS}::int then n else 1 end, (select min(id) from feedmill_data.feeds), now() - interval '1 hour'
        from generate_series(1, ${HOSTS + backlog}::int) n`);
      await db.execute(sql`analyze feedmill_data.hosts`);
      await db.execute(sql`analyze feedmill_data.feeds`);
      await db.execute(sql`analyze feedmill_data.articles`);
      const ticks: number[] = [];
      let claimed = 0;
      while (claimed < HOSTS) {
        const started = performance.now();
        const { feeds, articles } = await claimDue(db, {
          room: { feeds: ROOM, articles: ROOM },
          leaseMs: 3_600_000,
          hostGapMs: 1_000,
          hostConcurrency: 1,
        });
        ticks.push(performance.now() - started);
        claimed += feeds.length + articles.length;
        if (feeds.length + articles.length === 0) throw new Error(`only ${claimed} hosts had their turn`);
      }
      const sorted = ticks.toSorted((a, b) => a - b);
      const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
      console.log(
        `${backlog.toLocaleString('en').padStart(9)} pages behind one host: ${ticks.length} ticks until each host had its turn, ` +
          `median ${median.toFixed(0)} ms, longest ${(sorted.at(-1) ?? 0).toFixed(0)} ms`,
      );
    }
    await db.$client.end();
  } finally {
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
}
