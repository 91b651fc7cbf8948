import { sql } from 'drizzle-orm';
import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { readGauges } from '../../db/gauges.js';
import { indexRecords } from '../../db/indexer.js';
import { addInstallationGauges, type Installation } from '../../workers/metrics/installation-gauges.js';
import { feedEntry } from '../builders.js';
import { createDatabase, insertFeed, insertRecord } from '../database.js';
import { INDEXING } from './search-index.js';
import { createWorker } from './worker.js';

const { db } = await createDatabase();
const { feeds, claim, subscribe, endPoll } = createWorker(db);

const KEEP = { clusterDays: 14, keepChangesDays: 7, keepPagesDays: 7, keepPollsDays: 30, retentionDays: 90 };

beforeEach(async () => {
  await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts cascade`);
});

describe('readGauges', () => {
  it('is all zero in an empty installation', async () => {
    expect(await readGauges(db, KEEP)).toMatchObject({
      due: { feeds: 0, articles: 0, reextractions: 0 },
      dueAgeS: { feeds: 0, articles: 0, reextractions: 0 },
      hosts: { turn_overdue: 0, blocked: 0, in_trouble: 0 },
      turnOverdueS: 0,
      feeds: {},
      outage: false,
    });
  });

  it('counts what is due, and how long ago it fell due, but not what is claimed, under way or for later', async () => {
    const feed = await subscribe('a.example');
    await subscribe('b.example', 'feed');
    await claim();
    await endPoll(feed.id);
    await feeds.addEntries(
      feed,
      [1, 2, 3, 4].map((n) => feedEntry(n, { host: `${n % 2}.example` })),
    );
    await feeds.addEntries({ ...feed, content: 'feed' }, [feedEntry(5)]);
    const due = (n: number, at: string) => sql`
      update feedmill_data.articles set due_at = ${at}::timestamptz where url like ${`%/${n}`}`;
    await db.execute(sql`update feedmill_data.articles set due_at = now() - interval '1 minute'`);
    await db.execute(due(1, 'epoch'));
    await db.execute(due(2, 'tomorrow'));
    await db.execute(sql`update feedmill_data.articles set due_at = now() - interval '2 hours' where url like '%/3'`);
    await db.execute(sql`update feedmill_data.feeds set due_at = now() - interval '1 day' where url like '%b.example%'`);
    const gauges = await readGauges(db, KEEP);
    expect(gauges.due).toEqual({ feeds: 1, articles: 4, reextractions: 0 });
    expect(Math.round(gauges.dueAgeS.articles / 3600)).toBe(2);
    expect(Math.round(gauges.dueAgeS.feeds / 3600)).toBe(24);
    expect(gauges.feeds).toEqual({ well: 1, 'not polled yet': 1 });
  });

  it('tells which hosts wait for a claim, are blocked, or give us trouble', async () => {
    await db.execute(sql`
      insert into feedmill_data.hosts (host, turn_at, blocked_until, trouble) values
        ('waits', now() - interval '5 minutes', null, 0), ('blocked', now() + interval '1 hour', now() + interval '1 hour', 2),
        ('idle', null, null, 0)`);
    const { hosts, turnOverdueS } = await readGauges(db, KEEP);
    expect(hosts).toEqual({ turn_overdue: 1, blocked: 1, in_trouble: 1 });
    expect(turnOverdueS).toBeGreaterThanOrEqual(300);
  });

  it('tells how far search is behind, and how long a transaction hides changes', async () => {
    const feedId = await insertFeed(db);
    await insertRecord(db, { feedId, url: 'https://a.example/1', text: 'one' });
    await db.execute(sql`update feedmill_data.unindexed set since = now() - interval '1 hour'`);
    expect((await readGauges(db, KEEP)).searchLagS).toBeGreaterThanOrEqual(3_600);
    await db.execute(sql`update feedmill_data.unindexed set faults = 1`);
    expect(await readGauges(db, KEEP)).toMatchObject({ searchLagS: 0, indexFaults: 1 });
    while (await indexRecords(db, INDEXING));
    expect(await readGauges(db, KEEP)).toMatchObject({ searchLagS: 0, changesHeldBackS: 0 });

    const client = await db.$client.connect();
    try {
      await client.query('begin');
      await client.query('select pg_current_xact_id()');
      await insertRecord(db, { feedId, url: 'https://a.example/2', text: 'two' });
      await db.execute(
        sql`update feedmill_data.changes set changed_at = now() - interval '1 hour' where changed_at > now() - interval '1 hour'`,
      );
      expect((await readGauges(db, KEEP)).changesHeldBackS).toBeGreaterThanOrEqual(3_600);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });

  it('tells how far deliveries are behind, except paused ones', async () => {
    expect((await readGauges(db, KEEP)).deliveries).toEqual({ lagS: 0, deadLetters: 0 });
    const feedId = await insertFeed(db);
    await insertRecord(db, { feedId, url: 'https://a.example/1', text: 'one' });
    await db.execute(sql`update feedmill_data.changes set changed_at = now() - interval '2 hours'`);
    await db.execute(sql`
      insert into feedmill_data.deliveries (kind, url, events, cursor, secret, rate_per_minute, concurrency, digest_minutes)
      values ('webhook', 'https://r.example/', '{record.stored}', '0.0.0', 's', 60, 1, 0)`);
    expect((await readGauges(db, KEEP)).deliveries.lagS).toBeGreaterThanOrEqual(7_200);
    await db.execute(sql`update feedmill_data.deliveries set cursor = '0.1.1'`);
    expect((await readGauges(db, KEEP)).deliveries.lagS).toBeGreaterThanOrEqual(7_200);
    await db.execute(sql`update feedmill_data.deliveries set paused_at = now()`);
    expect((await readGauges(db, KEEP)).deliveries.lagS).toBe(0);
  });

  it('shows an outage, and sizes', async () => {
    await db.execute(sql`insert into feedmill_data.outages (believed_at) values (now())`);
    const { outage, databaseBytes, tables } = await readGauges(db, KEEP);
    expect(outage).toBe(true);
    expect(databaseBytes).toBeGreaterThan(1_000_000);
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['articles', 'entries', 'feeds', 'pages']));
  });

  it('scans no articles, however many there are', async () => {
    const feedId = await insertFeed(db);
    await db.execute(sql`
      insert into feedmill_data.articles (url, host, feed_id, due_at)
      select 'https://h' || n % 500 || '/' || n, 'h' || n % 500, ${feedId}, now() - n * interval '1 millisecond'
      from generate_series(1, 20000) n`);
    await db.execute(sql`
      insert into feedmill_data.hosts (host, turn_at) select 'h' || n, now() from generate_series(0, 499) n`);
    await db.execute(sql`analyze feedmill_data.articles, feedmill_data.hosts`);
    const scans = async () =>
      (
        await db.execute<{ n: string }>(sql`
          select seq_scan as n from pg_stat_user_tables where schemaname = 'feedmill_data' and relname = 'articles'`)
      ).rows[0]?.n;
    await db.execute(sql`select pg_stat_force_next_flush()`);
    const before = await scans();
    expect((await readGauges(db, KEEP)).due.articles).toBe(20_000);
    await db.execute(sql`select pg_stat_force_next_flush()`);
    expect(await scans()).toBe(before);
  });
});

describe('the gauges of the installation', () => {
  const installation: Installation = {
    due: { feeds: 1, articles: 2, reextractions: 0 },
    dueAgeS: { feeds: 3, articles: 4, reextractions: 0 },
    waitingJobs: { feeds: 5, articles: 6, reextractions: 0 },
    hosts: { turn_overdue: 7, blocked: 8, in_trouble: 9 },
    turnOverdueS: 10,
    feeds: { well: 11 },
    outage: true,
    searchLagS: 12,
    indexFaults: 19,
    changesHeldBackS: 13,
    deliveries: { lagS: 17, deadLetters: 18 },
    overdueS: { polls: 0, changes: 60 },
    databaseBytes: 14,
    tables: [{ name: 'articles', bytes: 15, rows: 16 }],
  };

  it('are read once for many scrapes, and are absent while they cannot be read', async () => {
    const registry = new Registry();
    const errors: string[] = [];
    let [reads, nowMs] = [0, 0];
    const read = async () => {
      reads += 1;
      if (reads === 2) throw new Error('down');
      return installation;
    };
    addInstallationGauges(registry, read, { onError: ({ message }) => errors.push(message), nowMs: () => nowMs });
    const scrape = async () => (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const first = await scrape();
    expect(first).toEqual(expect.arrayContaining(['feedmill_due_rows{queue="articles"} 2', 'feedmill_outage 1']));
    await scrape();
    expect(reads).toBe(1);
    nowMs += 15_000;
    expect(await scrape()).toEqual(['feedmill_gauge_failures_total 0']);
    expect(await scrape()).toEqual(['feedmill_gauge_failures_total 1']);
    expect(errors).toEqual(['down']);
    nowMs += 15_000;
    expect(await scrape()).toEqual(first.map((line) => line.replace('failures_total 0', 'failures_total 1')));
  });
});

it('leaves the time limit of statements as it was', async () => {
  await readGauges(db, KEEP);
  expect((await db.execute(sql`show statement_timeout`)).rows).toEqual([{ statement_timeout: '0' }]);
});
