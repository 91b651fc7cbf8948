import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { articleStore } from '../../db/articles.js';
import { claimDue, msUntilNextTurn } from '../../db/claim.js';
import { openDb } from '../../db/client.js';
import { recordFault } from '../../db/faults.js';
import { feedStore } from '../../db/feeds.js';
import { giveBack } from '../../db/give-back.js';
import { migrateSchema, NewerSchemaError } from '../../db/migrate.js';
import { reportStore } from '../../db/reports.js';
import type { FeedEntry } from '../../src/feeds/feed.js';
import { createDatabase, lease, until } from '../database.js';

const { db, url } = await createDatabase();
const options = { leaseMs: 60_000, hostGapMs: 0, hostConcurrency: 1, toHostKey: (address: string) => new URL(address).host };
const feeds = feedStore(db, options);
const articles = articleStore(db, options);
const claim = (limit = 100) => claimDue(db, { ...options, room: { feeds: limit, articles: limit } });

const entry = (feedHost: string, n: number, more: Partial<FeedEntry> = {}): FeedEntry => ({
  key: `k${n}`,
  canonicalUrl: `https://${feedHost}/${n}`,
  title: `T${n}`,
  authors: [],
  categories: [],
  enclosures: [],
  contentHash: `h${n}`,
  ...more,
});
const poll = {
  via: 'poll' as const,
  durationMs: 1,
  outcome: 'news' as const,
  bytes: 1,
  entriesSeen: 0,
  entriesNew: 0,
  possibleGap: false,
  reasons: [],
  unchangedInRow: 0,
  failures: 0,
  move: { kind: 'keep' } as const,
  host: {},
};
const record = {
  title: 't',
  authors: [],
  excerpt: '',
  contentHtml: '',
  contentText: '',
  wordCount: 0,
  contentSource: 'page' as const,
  readingMinutes: 1,
  tags: [],
  pageCount: 1,
};

async function subscribe(host: string, content: 'page' | 'feed' = 'page') {
  const [added] = await feeds.addFeeds([{ url: `https://${host}/feed`, content }]);
  if (!added) throw new Error('not added');
  return { id: added.id, content, url: added.url };
}
/** Takes a feed up as a worker does, claimed or not. */
async function started(id: number) {
  await lease(db, 'feeds', id);
  const feed = await feeds.startFeed(id);
  if (!feed) throw new Error('nothing to start');
  return feed;
}
async function endPoll({ id }: { id: number }) {
  await feeds.recordPoll(await started(id), { ...poll, startedAt: new Date(), dueAt: new Date(Date.now() + 3_600_000) });
}

beforeEach(async () => {
  await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts cascade`);
});

describe('the claim', () => {
  it('takes a due feed once, until its lease ends', async () => {
    const feed = await subscribe('a.example');
    expect((await claim()).feeds).toEqual([feed.id]);
    expect((await claim()).feeds).toEqual([]);
    await db.execute(sql`update feedmill_data.feeds set due_at = now(); update feedmill_data.hosts set turn_at = now()`);
    expect((await claim()).feeds).toEqual([feed.id]);
  });

  it('takes one row of a host at a time, and a backlog delays no other host', async () => {
    const busy = await subscribe('busy.example');
    const calm = await subscribe('calm.example');
    await claim();
    await feeds.addEntries(
      busy,
      Array.from({ length: 500 }, (_, n) => entry('busy.example', n)),
    );
    await feeds.addEntries(calm, [entry('calm.example', 1)]);
    await endPoll(busy);
    await endPoll(calm);
    const { articles: claimed } = await claim();
    const { rows } = await db.execute<{ host: string }>(
      sql`select host from feedmill_data.articles where id = any (${sql.param(claimed)}::bigint[]) order by host`,
    );
    expect(rows.map(({ host }) => host)).toEqual(['busy.example', 'calm.example']);
    expect((await claim()).articles).toEqual([]);
  });

  it('lets the feeds and the pages of a host take turns', async () => {
    const [one, two] = [await subscribe('a.example'), await feeds.addFeeds([{ url: 'https://a.example/other' }])];
    await claim();
    await feeds.addEntries(
      one,
      [1, 2, 3].map((n) => entry('a.example', n)),
    );
    const kinds: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      // All of its feeds are always due.
      await db.execute(
        sql`update feedmill_data.feeds set due_at = now() - interval '1 hour'; update feedmill_data.hosts set leases = '{}', turn_at = now()`,
      );
      const claimed = await claim();
      kinds.push(claimed.feeds.length > 0 ? 'feed' : 'page');
    }
    expect(two).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'page')).toHaveLength(3);
  });

  it('takes no row of a kind that there is no room for, and holds up no feed for articles that nobody takes', async () => {
    const room = (feeds: number, articles: number) => claimDue(db, { ...options, room: { feeds, articles } });
    const busy = await subscribe('busy.example');
    const calm = await subscribe('calm.example');
    await claim();
    await feeds.addEntries(
      busy,
      [1, 2, 3].map((n) => entry('busy.example', n)),
    );
    await endPoll(busy);
    await endPoll(calm);
    await db.execute(sql`update feedmill_data.feeds set due_at = now() where id = ${calm.id}; `);
    await db.execute(sql`update feedmill_data.hosts set turn_at = now()`);
    expect(await room(10, 0)).toEqual({ feeds: [calm.id], articles: [] });
    // What has to wait for room is looked at again soon, not all the time.
    expect(await msUntilNextTurn(db)).toBeGreaterThan(4_000);
    await db.execute(sql`update feedmill_data.hosts set turn_at = now() where leases = '{}'`);
    expect((await room(0, 10)).articles).toHaveLength(1);
  });

  it('keeps the gap where a host may have two requests at once, whatever comes in', async () => {
    const two = { ...options, hostGapMs: 60_000, hostConcurrency: 2, room: { feeds: 10, articles: 10 } };
    const one = await subscribe('a.example');
    expect((await claimDue(db, two)).feeds).toEqual([one.id]);
    await feeds.addFeeds([{ url: 'https://a.example/other' }]);
    expect((await claimDue(db, two)).feeds).toEqual([]);
  });

  it('gives every row to one of many claimers at once', async () => {
    for (let n = 0; n < 60; n += 1) await subscribe(`h${n}.example`);
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(10)));
    const ids = claims.flatMap((claimed) => claimed.feeds);
    for (let more = await claim(); more.feeds.length > 0; more = await claim()) ids.push(...more.feeds);
    expect(new Set(ids).size).toBe(60);
    expect(ids).toHaveLength(60);
  });

  it('waits while a host is blocked', async () => {
    const feed = await subscribe('a.example');
    await claim();
    await feeds.recordPoll(await started(feed.id), {
      ...poll,
      outcome: 'throttled',
      startedAt: new Date(),
      dueAt: new Date(),
      host: { reached: true, trouble: { waitMs: 600_000, baseMs: 1 } },
    });
    expect((await claim()).feeds).toEqual([]);
    expect(await msUntilNextTurn(db)).toBeGreaterThan(500_000);
  });

  it('needs no turn for what needs no page', async () => {
    const feed = await subscribe('a.example', 'feed');
    await claim();
    await feeds.addEntries(
      feed,
      [1, 2, 3].map((n) => entry('a.example', n)),
    );
    expect((await claim()).articles).toHaveLength(3);
  });

  it('takes at once what was given back', async () => {
    const feed = await subscribe('a.example');
    await claim();
    await giveBack(db, 'feeds', [feed.id], options);
    expect((await claim()).feeds).toEqual([feed.id]);
  });
});

describe('entries', () => {
  it('are new once, changed when they change, and make their article due again', async () => {
    const feed = await subscribe('a.example');
    await claim();
    expect(await feeds.addEntries(feed, [entry('a.example', 1)])).toMatchObject({ new: 1, changed: 0 });
    expect(await feeds.addEntries(feed, [entry('a.example', 1)])).toMatchObject({ new: 0, changed: 0 });
    await endPoll(feed);
    const [id] = (await claim()).articles;
    const article = await articles.startArticle(id ?? 0);
    if (!article) throw new Error('nothing to start');
    await articles.recordArticle(article, { kind: 'stored', record }, {});
    expect(await articles.startArticle(article.id)).toBeUndefined();
    expect(await feeds.addEntries(feed, [entry('a.example', 1, { title: 'New', contentHash: 'other' })])).toMatchObject({
      new: 0,
      changed: 1,
    });
    expect((await claim()).articles).toEqual([article.id]);
    expect((await articles.startArticle(article.id))?.feed.title).toBe('New');
  });

  it('that are edited at every poll have their page fetched ever more rarely', async () => {
    const feed = await subscribe('a.example');
    await feeds.addEntries(feed, [entry('a.example', 1)]);
    await endPoll(feed);
    const article = await articles.startArticle((await claim()).articles[0] ?? 0);
    if (!article) throw new Error('nothing to start');
    await articles.recordArticle(article, { kind: 'stored', record }, {});
    await db.execute(sql`update feedmill_data.articles set first_seen_at = now() - interval '8 hours'`);
    await feeds.addEntries(feed, [entry('a.example', 1, { contentHash: 'other' })]);
    expect((await claim()).articles).toEqual([]);
    const { rows } = await db.execute(
      sql`select round(extract(epoch from due_at - now()) / 60)::int as minutes from feedmill_data.articles`,
    );
    expect(rows).toEqual([{ minutes: 120 }]);
  });

  it('that are edited while their article is worked on are not lost', async () => {
    const feed = await subscribe('a.example');
    await claim();
    await feeds.addEntries(feed, [entry('a.example', 1)]);
    await endPoll(feed);
    const article = await articles.startArticle((await claim()).articles[0] ?? 0);
    if (!article) throw new Error('nothing to start');
    await feeds.addEntries(feed, [entry('a.example', 1, { contentHash: 'other' })]);
    await articles.recordArticle(article, { kind: 'stored', record }, {});
    expect((await claim()).articles).toEqual([article.id]);
  });

  it('of two feeds are one article', async () => {
    const one = await subscribe('a.example');
    const two = await subscribe('b.example');
    await Promise.all([
      feeds.addEntries(one, [entry('n.example', 1), entry('n.example', 2)]),
      feeds.addEntries(two, [entry('n.example', 2), entry('n.example', 1)]),
    ]);
    const { rows } = await db.execute(
      sql`select (select count(*)::int from feedmill_data.entries) as entries, (select count(*)::int from feedmill_data.articles) as articles`,
    );
    expect(rows).toEqual([{ entries: 4, articles: 2 }]);
  });

  it('without a link have an article each, however long their keys are', async () => {
    const feed = await subscribe('a.example', 'feed');
    const long = (n: number) => ({
      key: `${'新聞の見出し'.repeat(20)}${n}`,
      authors: [],
      categories: [],
      enclosures: [],
      contentHash: `${n}`,
    });
    await feeds.addEntries(feed, [1, 2, 3].map(long));
    const { rows } = await db.execute(sql`select count(*)::int as n from feedmill_data.articles`);
    expect(rows).toEqual([{ n: 3 }]);
  });

  it('whose link is no page end at once, and say why', async () => {
    const feed = await subscribe('a.example');
    const { canonicalUrl: _, ...bad } = entry('a.example', 1, { badLink: 'javascript:alert(1)' });
    await feeds.addEntries(feed, [bad]);
    expect(await reportStore(db).loadStatus()).toMatchObject({ pending: 0, stored: 0, failed: 1 });
    expect(await reportStore(db).loadFailures({ limit: 5 })).toEqual([
      expect.objectContaining({ error: expect.stringContaining('javascript:') }),
    ]);
  });

  it('that share nothing with those before make a possible gap', async () => {
    const feed = await subscribe('a.example');
    expect((await feeds.addEntries(feed, [entry('a.example', 1)])).possibleGap).toBe(false);
    expect((await feeds.addEntries(feed, [entry('a.example', 9)])).possibleGap).toBe(true);
  });
});

it('writes down a fault of our own, and waits longer each time', async () => {
  const { id } = await subscribe('a.example');
  for (let n = 0; n < 3; n += 1) await recordFault(db, 'feeds', id, new Error('no\0thing'));
  const { rows } = await db.execute(sql`
    select failures, last_error, round(extract(epoch from due_at - now()) / 60)::int as minutes,
           (select count(*)::int from feedmill_data.polls where outcome = 'fault') as polls from feedmill_data.feeds`);
  expect(rows).toEqual([{ failures: 3, last_error: expect.stringMatching(/bug in Feedmill.*: nothing/), minutes: 20, polls: 3 }]);
});

it('counts what there is', async () => {
  const feed = await subscribe('a.example');
  await feeds.addEntries(feed, [entry('a.example', 1)]);
  expect(await reportStore(db).loadStatus()).toMatchObject({ feeds: 1, pending: 1, stored: 0, failed: 0 });
});

describe('the migrations', () => {
  it('run from many processes at once', async () => {
    const fresh = await createDatabase({ migrated: false });
    const applied = await Promise.all(Array.from({ length: 5 }, () => migrateSchema(fresh.url)));
    expect(applied.filter(Boolean)).toHaveLength(1);
  });
  it('refuse a schema that is newer than the program', async () => {
    await db.execute(sql`insert into feedmill_data.migrations (hash, created_at) values ('later', 9999999999999)`);
    await expect(migrateSchema(url)).rejects.toBeInstanceOf(NewerSchemaError);
    await db.execute(sql`delete from feedmill_data.migrations where hash = 'later'`);
  });
});

it('reads no table from end to end, with many rows', async () => {
  await db.execute(sql`
    insert into feedmill_data.hosts (host, turn_at) select 'h' || n, now() + (n - 200) * interval '1 second' from generate_series(1, 20000) n;
    insert into feedmill_data.feeds (url, host, due_at) select 'u' || n, 'h' || n % 20000, now() + n * interval '1 second' from generate_series(1, 20000) n;
    insert into feedmill_data.articles (url, host, feed_id, due_at)
      select 'a' || n, nullif('h' || n % 20000, 'h7'), (select min(id) from feedmill_data.feeds), now() from generate_series(1, 50000) n;
    analyze feedmill_data.hosts; analyze feedmill_data.feeds; analyze feedmill_data.articles`);
  const scans = async () => {
    await db.execute(sql`select pg_stat_force_next_flush()`);
    const { rows } = await db.execute<{ scans: string }>(
      sql`select sum(seq_scan) as scans from pg_stat_user_tables where schemaname = 'feedmill_data'`,
    );
    return Number(rows[0]?.scans);
  };
  // A connection counts its scans for all to see when it ends: so the claims run on one of their own.
  const claimer = openDb(url, { max: 1, onError: () => undefined });
  await claimer.execute(sql`select count(*) from feedmill_data.polls`);
  const pid = (await claimer.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)).rows[0]?.pid;
  const before = await scans();
  const claimed = await claimDue(claimer, { ...options, room: { feeds: 100, articles: 100 } });
  expect(claimed.articles.length).toBeGreaterThan(90);
  await msUntilNextTurn(claimer);
  await giveBack(claimer, 'articles', claimed.articles, options);
  await claimer.$client.end();
  await until(
    async () => (await db.execute(sql`select 1 from pg_stat_activity where pid = ${pid}`)).rows.length === 0,
    'the end of the connection',
  );
  // The one scan is the count above, which shows that scans are seen.
  expect(await scans()).toBe(before + 1);
});
