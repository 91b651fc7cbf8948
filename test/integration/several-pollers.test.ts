import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, expect, it } from 'vitest';
import type { LeasedRow } from '../../src/jobs/leased-row.js';
import { articleRecord, feedEntry, pollResult } from '../builders.js';
import { createDatabase, openTestDb, until } from '../database.js';
import { createWorker } from './worker.js';

const POLLERS = 3;
const HOSTS = 6;
const FEEDS_PER_HOST = 3;
const ENTRIES = 4;
const POLITENESS = { hostGapMs: 20, hostConcurrency: 2 };
/** Longest request, in ms: longer than a gap, so that hosts have as many requests at once as they may. */
const REQUEST_MS = 60;

const { db, url } = await createDatabase();
/** Each poller has a process of its own in operation, so here a pool of its own. */
const pools = Array.from({ length: POLLERS }, () => openTestDb(url));
afterAll(() => Promise.all(pools.map((pool) => pool.$client.end())));

/** What was asked of each host: when each request was claimed, by the database's clock, and how many ran at once at most. */
function watchRequests() {
  const claims = new Map<string, number[]>();
  const running = new Map<string, number>();
  let most = 0;
  return {
    claims,
    most: () => most,
    async request({ turn }: LeasedRow, leaseMs: number): Promise<void> {
      if (!turn) throw new Error('a request without a turn');
      const { host, leaseEnd } = turn;
      claims.set(host, [...(claims.get(host) ?? []), leaseEnd.getTime() - leaseMs]);
      running.set(host, (running.get(host) ?? 0) + 1);
      most = Math.max(most, running.get(host) ?? 0);
      await pause(REQUEST_MS * Math.random());
      running.set(host, (running.get(host) ?? 0) - 1);
    },
  };
}

it('share hosts: none has more requests at once than HOST_CONCURRENCY, and the gap between two of them holds', async () => {
  const requests = watchRequests();
  const { feeds } = createWorker(db, POLITENESS);
  const added = await feeds.addFeeds(
    Array.from({ length: HOSTS * FEEDS_PER_HOST }, (_, n) => ({ url: `https://h${n % HOSTS}.example/feed/${n}` })),
  );
  const counts = { polls: 0, articles: 0 };
  const wanted = { polls: added.length, articles: added.length * ENTRIES };
  const isDone = () => counts.polls === wanted.polls && counts.articles === wanted.articles;

  /** Claims again and again, and does what it claims at once, as a poller and its workers do. */
  const runPoller = async (pool: (typeof pools)[number]) => {
    const worker = createWorker(pool, POLITENESS);
    const jobs = new Set<Promise<void>>();
    const run = (job: Promise<void>) => void jobs.add(job.finally(() => jobs.delete(job)));
    const poll = async (id: number) => {
      const feed = await worker.feeds.startFeed(id);
      if (!feed) throw new Error(`feed ${id} was claimed twice`);
      await requests.request(feed, worker.options.leaseMs);
      const seen = Array.from({ length: ENTRIES }, (_, n) =>
        feedEntry(n, { key: `${id}.${n}`, normalizedUrl: new URL(`/story/${id}/${n}`, feed.url).href }),
      );
      await worker.feeds.addEntries(feed, seen);
      await worker.feeds.recordPoll(feed, pollResult({ dueAt: new Date(Date.now() + 3_600_000) }));
      counts.polls += 1;
    };
    const read = async (id: number) => {
      const article = await worker.startArticle(id);
      await requests.request(article, worker.options.leaseMs);
      await worker.articles.recordArticle(article, { kind: 'stored', record: articleRecord() }, { reached: true });
      counts.articles += 1;
    };
    while (!isDone()) {
      const claimed = await worker.claim();
      for (const id of claimed.feeds) run(poll(id));
      for (const id of claimed.articles) run(read(id));
      if (claimed.feeds.length + claimed.articles.length === 0) await pause(1);
    }
    await Promise.all(jobs);
  };
  const pollers = pools.map(runPoller);
  await Promise.race([Promise.all(pollers), until(async () => isDone(), 'all polls and articles')]);
  await Promise.all(pollers);

  expect(counts).toEqual(wanted);
  expect(requests.most()).toBe(POLITENESS.hostConcurrency);
  const gaps = [...requests.claims.values()].flatMap((times) => {
    const sorted = times.toSorted((a, b) => a - b);
    return sorted.slice(1).map((time, n) => time - (sorted[n] ?? 0));
  });
  // Leases are cut to milliseconds.
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(POLITENESS.hostGapMs - 1);
  const { rows } = await db.execute(sql`select count(*)::int as n from feedmill.records`);
  expect(rows).toEqual([{ n: wanted.articles }]);
});
