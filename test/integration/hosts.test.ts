import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { articleStore } from '../../db/articles.js';
import { claimDue } from '../../db/claim.js';
import { feedStore } from '../../db/feeds.js';
import { giveBack } from '../../db/give-back.js';
import { hostStore } from '../../db/hosts.js';
import { outageStore } from '../../db/outages.js';
import { reportStore } from '../../db/reports.js';
import { turnStore } from '../../db/turns.js';
import type { FeedEntry } from '../../src/feeds/feed.js';
import type { MovePlan } from '../../src/feeds/move.js';
import type { HostVerdict } from '../../src/hosts/verdict.js';
import type { PollOutcome } from '../../src/jobs/poll-result.js';
import { createDatabase, lease } from '../database.js';

const { db } = await createDatabase();
const options = { leaseMs: 60_000, hostGapMs: 0, hostConcurrency: 1, toHostKey: (url: string) => new URL(url).host };
const feeds = feedStore(db, options);
const articles = articleStore(db, options);
const outages = outageStore(db, options);
const claim = (more: Partial<typeof options> = {}) => claimDue(db, { ...options, ...more, room: { feeds: 100, articles: 100 } });

beforeEach(async () => {
  await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts, feedmill_data.outages cascade`);
});

async function subscribe(host: string) {
  const [added] = await feeds.addFeeds([{ url: `https://${host}/feed` }]);
  if (!added) throw new Error('not added');
  return added.id;
}
const started = async (id: number) => {
  await lease(db, 'feeds', id);
  const feed = await feeds.startFeed(id);
  if (!feed) throw new Error('nothing to start');
  return feed;
};
const endPoll = async (id: number, host: HostVerdict = {}, move: MovePlan = { kind: 'keep' }, error?: PollOutcome) =>
  feeds.recordPoll(await started(id), {
    via: 'poll',
    startedAt: new Date(),
    durationMs: 1,
    outcome: error ?? 'steady',
    bytes: 0,
    entriesSeen: 0,
    entriesNew: 0,
    possibleGap: false,
    reasons: [],
    unchangedInRow: 0,
    dueAt: new Date(),
    failures: error ? 1 : 0,
    ...(error ? { error } : {}),
    move,
    host,
  });
const entry = (host: string, n: number): FeedEntry => ({
  key: `${n}`,
  canonicalUrl: `https://${host}/${n}`,
  authors: [],
  categories: [],
  enclosures: [],
  contentHash: `${n}`,
});
const one = async <T extends Record<string, unknown>>(query: ReturnType<typeof sql>): Promise<T> => {
  const [row] = (await db.execute<T>(query)).rows;
  if (!row) throw new Error('no row');
  return row as T;
};
const waits = (host: string) =>
  one<{ turn: number; blocked: number | null; trouble: number }>(sql`
    select extract(epoch from turn_at - now())::float8 as turn, extract(epoch from blocked_until - now())::float8 as blocked, trouble
    from feedmill_data.hosts where host = ${host}`);

describe('a poll asked for now', () => {
  it('waits for no host that has to be left alone, and says which', async () => {
    const [held, free] = [await subscribe('held.example'), await subscribe('free.example')];
    await endPoll(held, { reached: true, trouble: { waitMs: 600_000, baseMs: 1 } });
    const reports = reportStore(db);
    const since = await reports.readDatabaseTime();
    expect(await feeds.pollNow()).toBe(2);
    expect(await reports.countRemaining(since)).toMatchObject({ feeds: 1 });
    expect(await reports.loadHeldUpFeeds(since)).toEqual([
      expect.objectContaining({ id: held, url: 'https://held.example/feed' }),
    ]);
    expect(await reports.loadHeldUpFeeds(since, [free])).toEqual([]);
  });

  it('leaves a poll alone that is claimed and not yet begun', async () => {
    const id = await subscribe('a.example');
    await claim();
    expect(await feeds.pollNow([id])).toBe(0);
    expect(await feeds.startFeed(id)).toBeDefined();
    expect(await feeds.pollNow([id])).toBe(1);
  });
});

describe('a turn beside the claim', () => {
  const turns = turnStore(db, { ...options, hostGapMs: 60_000 });
  it('is taken where the host is free, and by one alone', async () => {
    const taken = await Promise.all(Array.from({ length: 5 }, () => turns.takeTurn('hub.example')));
    expect(taken.filter(Boolean)).toHaveLength(1);
    const turn = taken.find(Boolean);
    if (turn) await turns.endTurn(turn, { reached: true });
    // Now its gap runs.
    expect(await turns.takeTurn('hub.example')).toBeUndefined();
    await db.execute(sql`update feedmill_data.hosts set next_at = now()`);
    expect(await turns.takeTurn('hub.example')).toBeDefined();
  });
  it('holds the claim off while it runs', async () => {
    await subscribe('hub.example');
    expect(await turns.takeTurn('hub.example')).toBeDefined();
    expect((await claim()).feeds).toEqual([]);
  });
  it('is not to be had while a claim runs', async () => {
    await subscribe('hub.example');
    await claim();
    expect(await turns.takeTurn('hub.example')).toBeUndefined();
  });
});

describe('a feed that was retired', () => {
  it.each([
    [
      'is subscribed to anew',
      async (id: number) => expect(await feeds.addFeeds([{ url: 'https://a.example/feed' }])).toMatchObject([{ id }]),
    ],
    ['is polled again when asked for by name', async (id: number) => expect(await feeds.pollNow([id])).toBe(1)],
  ])('%s', async (_, ask) => {
    const id = await subscribe('a.example');
    await claim();
    await db.execute(sql`update feedmill_data.feeds set due_at = null, failures = 9, missing_since = now()`);
    await db.execute(sql`update feedmill_data.hosts set leases = '{}', turn_at = null`);
    expect(await feeds.pollNow()).toBe(0);
    await ask(id);
    expect((await claim()).feeds).toEqual([id]);
  });
});

describe('a redirect', () => {
  it('goes on at the turn of the host that it leads to, and the next poll begins at the old address', async () => {
    const id = await subscribe('old.example');
    await claim();
    const next = { host: 'new.example', to: { url: 'https://new.example/feed', permanent: true } };
    await feeds.postponePoll(await started(id), next, { reached: true });
    // The other host is busy: the poll waits for it.
    await db.execute(
      sql`update feedmill_data.hosts set blocked_until = now() + interval '1 hour', turn_at = now() + interval '1 hour' where host = 'new.example'`,
    );
    expect((await claim()).feeds).toEqual([]);
    await db.execute(sql`update feedmill_data.hosts set blocked_until = null, turn_at = now() where host = 'new.example'`);
    expect((await claim()).feeds).toEqual([id]);
    expect(await started(id)).toMatchObject({
      url: 'https://old.example/feed',
      turn: { host: 'new.example' },
      redirect: { url: next.to.url, count: 1, permanent: true },
    });
    await endPoll(id);
    const again = await started(id);
    expect(again.turn.host).toBe('old.example');
    expect(again).not.toHaveProperty('redirect');
  });

  it('of a page is no try at it, and keeps the address that was found', async () => {
    const id = await subscribe('a.example');
    await claim();
    await feeds.addEntries(await started(id), [entry('a.example', 1)]);
    await endPoll(id, {}, { kind: 'keep' });
    await db.execute(sql`update feedmill_data.feeds set due_at = null`);
    const [articleId = 0] = (await claim()).articles;
    const article = await articles.startArticle(articleId);
    if (!article) throw new Error('nothing to start');
    await articles.recordArticle(
      article,
      { kind: 'redirected', dueAt: new Date(), to: { url: 'https://b.example/1', host: 'b.example' } },
      {},
    );
    expect((await claim()).articles).toEqual([articleId]);
    expect(await articles.startArticle(articleId)).toMatchObject({
      url: 'https://a.example/1',
      pageUrl: 'https://b.example/1',
      redirects: 1,
      attempts: 1,
      turn: { host: 'b.example' },
    });
  });
});

describe('a permanent redirect', () => {
  it('that held is adopted', async () => {
    const id = await subscribe('old.example');
    await endPoll(id, {}, { kind: 'watch', to: 'https://new.example/feed', since: new Date(), polls: 1 });
    expect((await started(id)).moved).toMatchObject({ to: 'https://new.example/feed', polls: 1 });
    await endPoll(id, {}, { kind: 'adopt', to: 'https://new.example/feed' });
    expect(await started(id)).toMatchObject({ url: 'https://new.example/feed', turn: { host: 'new.example' } });
  });

  it('to a feed that is there already makes the two one, without an entry lost or doubled', async () => {
    const [oldId, newId] = [await subscribe('old.example'), await subscribe('new.example')];
    await feeds.addEntries(await started(oldId), [entry('n.example', 1), entry('n.example', 2)]);
    await feeds.addEntries(await started(newId), [entry('n.example', 2), entry('n.example', 3)]);
    await endPoll(oldId, {}, { kind: 'adopt', to: 'https://new.example/feed' });
    const left = await one(sql`
      select (select array_agg(id::int) from feedmill_data.feeds) as feeds,
             (select array_agg(key order by key) from feedmill_data.entries where feed_id = ${newId}) as keys,
             (select count(*)::int from feedmill_data.articles where feed_id = ${newId}) as articles`);
    expect(left).toEqual({ feeds: [newId], keys: ['1', '2', '3'], articles: 3 });
  });
});

describe('a host', () => {
  it('has as many requests at once as HOST_CONCURRENCY says, and no more', async () => {
    const id = await subscribe('a.example');
    await claim();
    await feeds.addEntries(
      await started(id),
      [1, 2, 3, 4].map((n) => entry('a.example', n)),
    );
    await endPoll(id);
    await db.execute(sql`update feedmill_data.feeds set due_at = null`);
    const two = { hostConcurrency: 2 };
    expect((await claim(two)).articles).toHaveLength(1);
    expect((await claim(two)).articles).toHaveLength(1);
    expect((await claim(two)).articles).toEqual([]);
    const store = articleStore(db, { ...options, ...two });
    const [first] = (
      await db.execute<{ id: string }>(
        sql`select id from feedmill_data.articles where due_at > now() + interval '1 second' limit 1`,
      )
    ).rows;
    const article = await store.startArticle(Number(first?.id));
    if (!article) throw new Error('nothing to start');
    await store.recordArticle(article, { kind: 'failed', problem: { kind: 'missing', text: 'Not found.' } }, {});
    expect((await claim(two)).articles).toHaveLength(1);
    expect((await claim(two)).articles).toEqual([]);
  });

  it.each<[string, HostVerdict[], number]>([
    ['waits as long as Retry-After says', [{ reached: true, trouble: { waitMs: 90_000, baseMs: 1_000 } }], 90],
    ['waits for a first time', [{ reached: false, trouble: { baseMs: 10_000 } }], 10],
    ['waits twice as long each time', Array(4).fill({ reached: false, trouble: { baseMs: 10_000 } }), 80],
    ['waits six hours at the most', Array(25).fill({ reached: false, trouble: { baseMs: 10_000 } }), 21_600],
    [
      'that answered again begins anew',
      [
        { reached: false, trouble: { baseMs: 10_000 } },
        { reached: false, trouble: { baseMs: 10_000 } },
        { reached: true, latencyMs: 5 },
        { reached: true, trouble: { baseMs: 60_000 } },
      ],
      60,
    ],
  ])('in trouble %s', async (_, verdicts, seconds) => {
    const id = await subscribe('a.example');
    await claim();
    for (const verdict of verdicts) await endPoll(id, verdict);
    const { blocked, turn } = await waits('a.example');
    expect(blocked).toBeGreaterThan(seconds * 0.98 - 1);
    expect(blocked).toBeLessThanOrEqual(seconds);
    expect(turn).toBeCloseTo(blocked ?? 0, 1);
    expect((await claim()).feeds).toEqual([]);
  });

  it.each<[string, { own?: number; crawlDelay?: number; latencyMs?: number }, number]>([
    ['the setting', {}, 1],
    ['what robots.txt asks for', { crawlDelay: 5_000 }, 5],
    ['the setting, where robots.txt asks for less', { crawlDelay: 100 }, 1],
    ['as long as it takes to answer', { latencyMs: 3_000 }, 3],
    ['half a minute at the most for slowness', { latencyMs: 200_000 }, 30],
    ['what its user set, whatever else', { own: 50, crawlDelay: 5_000, latencyMs: 3_000 }, 0.05],
  ])('has a gap of %s', async (_, { own, crawlDelay, latencyMs }, seconds) => {
    const id = await subscribe('a.example');
    if (own !== undefined) await hostStore(db).setGap('a.example', own);
    if (crawlDelay !== undefined) await hostStore(db).setCrawlDelay('a.example', crawlDelay);
    const slow = feedStore(db, { ...options, hostGapMs: 1_000 });
    for (let n = 0; n < 2; n += 1) {
      const feed = await started(id);
      await slow.recordPoll(feed, {
        via: 'poll',
        startedAt: new Date(),
        durationMs: 1,
        outcome: 'steady',
        bytes: 0,
        entriesSeen: 0,
        entriesNew: 0,
        possibleGap: false,
        reasons: [],
        unchangedInRow: 0,
        dueAt: new Date(),
        failures: 0,
        move: { kind: 'keep' },
        host: { reached: true, ...(latencyMs === undefined ? {} : { latencyMs }) },
      });
    }
    const { turn } = await waits('a.example');
    expect(turn).toBeGreaterThan(seconds - 0.5);
    expect(turn).toBeLessThanOrEqual(seconds);
  });

  it('keeps a job that overran its lease from freeing the turn of another', async () => {
    const id = await subscribe('a.example');
    await claim();
    const late = await started(id);
    // Its lease has ended, and the host's turn was taken again.
    await db.execute(
      sql`update feedmill_data.hosts set leases = array[now() + interval '1 hour'], turn_at = now() + interval '1 hour'`,
    );
    await feeds.postponePoll(late, { host: 'a.example' }, { reached: true });
    expect((await waits('a.example')).turn).toBeGreaterThan(3_000);
    expect((await claim()).feeds).toEqual([]);
  });

  it('lets no stale job start beside another: what outwaited its lease is claimed again', async () => {
    const id = await subscribe('a.example');
    await claim();
    await feeds.addEntries(
      await started(id),
      [1, 2].map((n) => entry('a.example', n)),
    );
    await endPoll(id);
    await db.execute(sql`update feedmill_data.feeds set due_at = null`);
    const [stale = 0] = (await claim()).articles;
    // Nobody took it up, and its lease ended.
    await db.execute(sql`
      with row as (update feedmill_data.articles set due_at = now() - interval '1 millisecond' where id = ${stale})
      update feedmill_data.hosts set leases = array[now() - interval '1 second'], turn_at = now()`);
    const [other = 0] = (await claim()).articles;
    expect(other).not.toBe(stale);
    expect(await articles.startArticle(stale)).toBeUndefined();
    expect(await articles.startArticle(other)).toBeDefined();
  });

  it('lets no job start in the second half of its lease, nor before a retry is due', async () => {
    const id = await subscribe('a.example');
    await claim();
    await db.execute(sql`
      with half as (select date_trunc('milliseconds', now() + interval '25 seconds') as at), row as (update feedmill_data.feeds set due_at = at from half)
      update feedmill_data.hosts set leases = array[at] from half`);
    expect(await feeds.startFeed(id)).toBeUndefined();
    await db.execute(sql`update feedmill_data.feeds set due_at = now() + interval '1 hour'`);
    expect(await feeds.startFeed(id)).toBeUndefined();
  });

  it('whose job is given back keeps its other jobs, and its gap', async () => {
    const id = await subscribe('a.example');
    await claim();
    await feeds.addEntries(
      await started(id),
      [1, 2, 3].map((n) => entry('a.example', n)),
    );
    await endPoll(id);
    await db.execute(sql`update feedmill_data.feeds set due_at = null`);
    const two = { hostConcurrency: 2, hostGapMs: 10 };
    const [first = 0] = (await claim({ ...two, hostGapMs: 0 })).articles;
    expect((await claim({ ...two, hostGapMs: 0 })).articles).toHaveLength(1);
    await giveBack(db, 'articles', [first], { ...two, hostGapMs: 5_000 });
    const { leases, turn } = await one<{ leases: number; turn: number }>(sql`
      select cardinality(leases) as leases, extract(epoch from turn_at - now())::float8 as turn from feedmill_data.hosts`);
    expect(leases).toBe(1);
    expect(turn).toBeGreaterThan(4);
    expect(turn).toBeLessThanOrEqual(5);
  });
});

describe('when most hosts fail at once', () => {
  it('the fault is ours: nothing counts against them, and it ends when they answer', async () => {
    const hosts = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.example`);
    const ids = await Promise.all(hosts.map(subscribe));
    for (const id of ids) await endPoll(id, { reached: true, latencyMs: 5 });
    expect(await outages.reviewOutage()).toBeUndefined();

    for (const id of ids) await endPoll(id, { reached: false, trouble: { baseMs: 60_000 } }, { kind: 'keep' }, 'unreachable');
    expect(await outages.reviewOutage()).toBe('began');
    expect(await outages.reviewOutage()).toBeUndefined();
    expect(await outages.inOutage()).toBe(true);
    expect((await reportStore(db).loadStatus()).outage_since).not.toBeNull();
    expect(
      await one(sql`
        select (select sum(failures)::int from feedmill_data.feeds) as failures,
               (select count(*)::int from feedmill_data.hosts where blocked_until is not null or trouble > 0) as blocked,
               (select count(*)::int from feedmill_data.polls where outcome = 'self-outage') as polls`),
    ).toEqual({ failures: 0, blocked: 0, polls: 5 });

    for (const id of ids.slice(0, 3)) await endPoll(id, { reached: true, latencyMs: 5 });
    expect(await outages.reviewOutage()).toBe('ended');
    expect(await outages.inOutage()).toBe(false);
  });

  describe('beside hosts that are well and not due', () => {
    async function dying() {
      const well = await Promise.all(Array.from({ length: 8 }, (_, n) => subscribe(`well${n}.example`)));
      const dead = await Promise.all(['a', 'b', 'c', 'd'].map((name) => subscribe(`${name}.dead.example`)));
      for (const id of [...well, ...dead]) await endPoll(id, { reached: true, latencyMs: 5 });
      await db.execute(sql`update feedmill_data.hosts set reached_at = now() - interval '20 minutes'`);
      await db.execute(
        sql`update feedmill_data.feeds set due_at = now() + interval '1 hour' where id = any (${sql.param(well)}::bigint[])`,
      );
      for (const id of dead) await endPoll(id, { reached: false, trouble: { baseMs: 60_000 } }, { kind: 'keep' }, 'unreachable');
      expect(await outages.reviewOutage()).toBeUndefined();
      expect(await outages.inOutage()).toBe(false);
      const { feeds: called } = await claim();
      expect(called).toHaveLength(5);
      for (const id of called) expect(well).toContain(id);
      return { called };
    }
    it('is told by asking some of them: where they answer, the dead are dead', async () => {
      const { called } = await dying();
      for (const id of called) await endPoll(id, { reached: true, latencyMs: 5 });
      expect(await outages.reviewOutage()).toBeUndefined();
      expect(await outages.inOutage()).toBe(false);
      // And nobody is called again at once.
      await db.execute(
        sql`update feedmill_data.hosts set reached_at = now() - interval '20 minutes' where reached_at is not null`,
      );
      expect(await outages.reviewOutage()).toBeUndefined();
      expect((await one(sql`select count(*)::int as n from feedmill_data.outages where ended_at is null`)).n).toBe(0);
    });
    it('where they do not answer either, the fault is ours', async () => {
      const { called } = await dying();
      for (const id of called)
        await endPoll(id, { reached: false, trouble: { baseMs: 60_000 } }, { kind: 'keep' }, 'unreachable');
      expect(await outages.reviewOutage()).toBe('began');
      expect(await outages.inOutage()).toBe(true);
    });
  });

  it('one dead host, or hosts that never answered, are no fault of ours', async () => {
    const alive = await Promise.all(['a.example', 'b.example', 'c.example'].map(subscribe));
    const dead = await Promise.all(Array.from({ length: 20 }, (_, n) => subscribe(`dead${n}.example`)));
    for (const id of alive) await endPoll(id, { reached: true, latencyMs: 5 });
    for (const id of dead) await endPoll(id, { reached: false, trouble: { baseMs: 1 } }, { kind: 'keep' }, 'unreachable');
    expect(await outages.reviewOutage()).toBeUndefined();
    expect(await outages.inOutage()).toBe(false);
  });
});
