import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { claimDue, msUntilNextTurn } from '../../db/claim.js';
import { openDb } from '../../db/client.js';
import { giveBack } from '../../db/give-back.js';
import { feedEntry } from '../builders.js';
import { createDatabase, leasedRows, until } from '../database.js';
import { createWorker } from './worker.js';

const { db, url } = await createDatabase();
const { options, feeds, claim, subscribe, endPoll, startPoll } = createWorker(db);

beforeEach(async () => {
  await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts cascade`);
});

describe('claimDue', () => {
  it('claims a due feed once, until its lease ends', async () => {
    const feed = await subscribe('a.example');
    expect((await claim()).feeds).toEqual([feed.id]);
    expect((await claim()).feeds).toEqual([]);
    await db.execute(sql`update feedmill_data.feeds set due_at = now(); update feedmill_data.hosts set turn_at = now()`);
    expect((await claim()).feeds).toEqual([feed.id]);
  });

  it('tells how long each row had been due, except one under way', async () => {
    const feed = await subscribe('a.example');
    const claimAll = async () => {
      await db.execute(sql`update feedmill_data.hosts set leases = '{}', turn_at = now()`);
      return (await claim()).waitsMs;
    };
    await db.execute(sql`update feedmill_data.feeds set due_at = now() - interval '1 hour'`);
    const { feeds: waits } = await claimAll();
    expect(waits[0]).toBeGreaterThanOrEqual(3_600_000);
    await endPoll(feed.id);
    await feeds.addEntries(feed, [feedEntry(1, { host: 'a.example' })]);
    await db.execute(sql`update feedmill_data.articles set due_at = 'epoch'`);
    expect(await claimAll()).toEqual({ feeds: [], articles: [] });
  });

  it('claims one row per host, so that a backlog delays no other host', async () => {
    const busy = await subscribe('busy.example');
    const calm = await subscribe('calm.example');
    await claim();
    await feeds.addEntries(
      busy,
      Array.from({ length: 500 }, (_, n) => feedEntry(n, { host: 'busy.example' })),
    );
    await feeds.addEntries(calm, [feedEntry(1, { host: 'calm.example' })]);
    await endPoll(busy.id);
    await endPoll(calm.id);
    const { articles: claimed } = await claim();
    const { rows } = await db.execute<{ host: string }>(
      sql`select host from feedmill_data.articles where id = any (${sql.param(claimed)}::bigint[]) order by host`,
    );
    expect(rows.map(({ host }) => host)).toEqual(['busy.example', 'calm.example']);
    expect((await claim()).articles).toEqual([]);
  });

  it('claims the newest article first, every fourth time the oldest, and one under way before both', async () => {
    const feed = await subscribe('a.example');
    await claim();
    await endPoll(feed.id);
    await db.execute(sql`
      insert into feedmill_data.articles (url, host, feed_id, due_at)
      select 'backlog ' || n, 'a.example', ${feed.id}, now() - interval '1 day' + n * interval '1 second' from generate_series(1, 2000) n`);
    const dated = (n: number, day: string) => feedEntry(n, { publishedAt: new Date(`2026-03-0${day}T00:00:00Z`) });
    await feeds.addEntries(feed, [dated(1, '1'), dated(3, '3'), dated(2, '2')]);
    const claimNext = async () => {
      await db.execute(sql`update feedmill_data.hosts set leases = '{}', turn_at = now()`);
      const [id] = (await claim()).articles;
      const { rows } = await db.execute<{ url: string }>(sql`select url from feedmill_data.articles where id = ${id}`);
      return rows[0]?.url;
    };
    const claimSome = async (count: number) => {
      const urls: unknown[] = [];
      for (let n = 0; n < count; n += 1) urls.push(await claimNext());
      return urls;
    };
    expect(await claimSome(4)).toEqual(['https://a.example/3', 'https://a.example/2', 'https://a.example/1', 'backlog 1']);
    await db.execute(
      sql`update feedmill_data.articles set due_at = 'epoch' where url in ('backlog 7', 'backlog 8', 'backlog 9')`,
    );
    const underWay = await claimSome(3);
    expect(underWay.sort()).toEqual(['backlog 7', 'backlog 8', 'backlog 9']);
    expect(await claimSome(3)).toEqual(['backlog 2', 'backlog 2000', 'backlog 1999']);
  });

  it('alternates between the feeds and the articles of a host', async () => {
    const [one, two] = [await subscribe('a.example'), await feeds.addFeeds([{ url: 'https://a.example/other' }])];
    await claim();
    await feeds.addEntries(
      one,
      [1, 2, 3].map((n) => feedEntry(n)),
    );
    const kinds: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      // All of its feeds are always due.
      await db.execute(
        sql`update feedmill_data.feeds set due_at = now() - interval '1 hour'; update feedmill_data.hosts set leases = '{}', turn_at = now()`,
      );
      const claimed = await claim();
      kinds.push(claimed.feeds.length > 0 ? 'feed' : 'article');
    }
    expect(two).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'article')).toHaveLength(3);
  });

  it('claims nothing for a full queue, and lets no feed wait for articles that no worker takes', async () => {
    const claimUpTo = (feedRoom: number, articleRoom: number) => claim({ room: { feeds: feedRoom, articles: articleRoom } });
    const busy = await subscribe('busy.example');
    const calm = await subscribe('calm.example');
    await claim();
    await feeds.addEntries(
      busy,
      [1, 2, 3].map((n) => feedEntry(n, { host: 'busy.example' })),
    );
    await endPoll(busy.id);
    await endPoll(calm.id);
    await db.execute(sql`update feedmill_data.feeds set due_at = now() where id = ${calm.id}; `);
    await db.execute(sql`update feedmill_data.hosts set turn_at = now()`);
    expect(await claimUpTo(10, 0)).toEqual({
      feeds: [calm.id],
      articles: [],
      waitsMs: { feeds: [expect.any(Number)], articles: [] },
    });
    // A host without room gets its next turn soon, but not at once.
    expect(await msUntilNextTurn(db)).toBeGreaterThan(4_000);
    await db.execute(sql`update feedmill_data.hosts set turn_at = now() where leases = '{}'`);
    expect((await claimUpTo(0, 10)).articles).toHaveLength(1);
  });

  it('keeps the gap between two concurrent requests to a host, even when a new feed falls due', async () => {
    const two = { hostGapMs: 60_000, hostConcurrency: 2 };
    const one = await subscribe('a.example');
    expect((await claim(two)).feeds).toEqual([one.id]);
    await feeds.addFeeds([{ url: 'https://a.example/other' }]);
    expect((await claim(two)).feeds).toEqual([]);
  });

  it('gives each row to one of many concurrent claims', async () => {
    for (let n = 0; n < 60; n += 1) await subscribe(`h${n}.example`);
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim({ room: { feeds: 10, articles: 10 } })));
    const ids = claims.flatMap((claimed) => claimed.feeds);
    for (let more = await claim(); more.feeds.length > 0; more = await claim()) ids.push(...more.feeds);
    expect(new Set(ids).size).toBe(60);
    expect(ids).toHaveLength(60);
  });

  it('waits while a host is blocked', async () => {
    const feed = await subscribe('a.example');
    await claim();
    await endPoll(feed.id, {
      outcome: 'throttled',
      dueAt: new Date(),
      host: { reached: true, trouble: { waitMs: 600_000, baseMs: 1 } },
    });
    expect((await claim()).feeds).toEqual([]);
    expect(await msUntilNextTurn(db)).toBeGreaterThan(500_000);
  });

  it('claims articles that need no page without a turn', async () => {
    const feed = await subscribe('a.example', 'feed');
    await claim();
    await feeds.addEntries(
      feed,
      [1, 2, 3].map((n) => feedEntry(n)),
    );
    expect((await claim()).articles).toHaveLength(3);
  });

  it('claims a row that was given back at once', async () => {
    const feed = await subscribe('a.example');
    await claim();
    await giveBack(db, 'feeds', await leasedRows(db, 'feeds', [feed.id]), options);
    expect((await claim()).feeds).toEqual([feed.id]);
  });

  it('claims a row whose job was interrupted by our own trouble when its lease ends, without counting the attempt', async () => {
    const feed = await subscribe('a.example');
    await claim();
    await giveBack(db, 'feeds', [await startPoll(feed.id)], options, 'at lease end');
    const { rows } = await db.execute(sql`
      select attempts, due_at > now() as waits, cardinality(leases) as leases from feedmill_data.feeds join feedmill_data.hosts using (host)`);
    expect(rows).toEqual([{ attempts: 0, waits: true, leases: 0 }]);
    await db.execute(sql`update feedmill_data.feeds set due_at = now(); update feedmill_data.hosts set turn_at = now()`);
    expect((await claim()).feeds).toEqual([feed.id]);
  });
});

it('scans no table sequentially, even with many rows', async () => {
  await db.execute(sql`
    insert into feedmill_data.hosts (host, turn_at) select 'h' || n, now() + (n - 200) * interval '1 second' from generate_series(1, 20000) n;
    insert into feedmill_data.feeds (url, host, due_at) select 'u' || n, 'h' || n % 20000, now() + n * interval '1 second' from generate_series(1, 20000) n;
    insert into feedmill_data.articles (url, host, feed_id, due_at)
      select 'a' || n, nullif('h' || n % 20000, 'h7'), (select min(id) from feedmill_data.feeds), now() from generate_series(1, 50000) n;
    analyze feedmill_data.hosts; analyze feedmill_data.feeds; analyze feedmill_data.articles`);
  const countScans = async () => {
    await db.execute(sql`select pg_stat_force_next_flush()`);
    const { rows } = await db.execute<{ scans: string }>(
      sql`select sum(seq_scan) as scans from pg_stat_user_tables where schemaname = 'feedmill_data'`,
    );
    return Number(rows[0]?.scans);
  };
  // A connection publishes its statistics when it ends, so the claims run on a connection of their own.
  const claimer = openDb(url, { max: 1, onError: () => undefined });
  await claimer.execute(sql`select count(*) from feedmill_data.polls`);
  const pid = (await claimer.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)).rows[0]?.pid;
  const before = await countScans();
  const claimed = await claimDue(claimer, { ...options, room: { feeds: 100, articles: 100 } });
  expect(claimed.articles.length).toBeGreaterThan(90);
  await msUntilNextTurn(claimer);
  const leased = await leasedRows(db, 'articles', claimed.articles);
  await giveBack(claimer, 'articles', leased, options);
  await claimer.$client.end();
  await until(
    async () => (await db.execute(sql`select 1 from pg_stat_activity where pid = ${pid}`)).rows.length === 0,
    'the end of the connection',
  );
  // The one scan is the count above, which proves that scans are counted.
  expect(await countScans()).toBe(before + 1);
});
