import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { reportStore } from '../../db/reports.js';
import { articleRecord, feedEntry, parsedEntry, pollResult } from '../builders.js';
import { createDatabase } from '../database.js';
import { createWorker } from './worker.js';

const { db } = await createDatabase();
const { feeds, articles, claim, subscribe, endPoll, startArticle } = createWorker(db);
const stored = { kind: 'stored' as const, record: articleRecord() };

beforeEach(async () => {
  await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts cascade`);
});

/** As if everything had been seen 25 hours earlier. */
const passDay = () =>
  db.execute(sql`
    with older as (update feedmill_data.entries set first_seen_at = first_seen_at - interval '25 hours')
    update feedmill_data.articles set first_seen_at = first_seen_at - interval '25 hours'`);

describe('addEntries', () => {
  it('counts an entry as new once and as changed when it was edited, which makes its article due again', async () => {
    const feed = await subscribe('a.example');
    await claim();
    expect(await feeds.addEntries(feed, [feedEntry(1)])).toMatchObject({ new: 1, changed: 0 });
    expect(await feeds.addEntries(feed, [feedEntry(1)])).toMatchObject({ new: 0, changed: 0 });
    await endPoll(feed.id);
    const article = await startArticle((await claim()).articles[0]);
    await articles.recordArticle(article, stored, {});
    expect(await articles.startArticle(article.id)).toBeUndefined();
    expect(await feeds.addEntries(feed, [feedEntry(1, { title: 'New', contentHash: 'other' })])).toMatchObject({
      new: 0,
      changed: 1,
    });
    expect((await claim()).articles).toEqual([article.id]);
    expect((await startArticle(article.id)).feed.title).toBe('New');
  });

  it('fetches the page of an entry that is edited at every poll less and less often', async () => {
    const feed = await subscribe('a.example');
    await feeds.addEntries(feed, [feedEntry(1)]);
    await endPoll(feed.id);
    const article = await startArticle((await claim()).articles[0]);
    await articles.recordArticle(article, stored, {});
    await db.execute(sql`update feedmill_data.articles set first_seen_at = now() - interval '8 hours'`);
    await feeds.addEntries(feed, [feedEntry(1, { contentHash: 'other' })]);
    expect((await claim()).articles).toEqual([]);
    const { rows } = await db.execute(
      sql`select round(extract(epoch from due_at - now()) / 60)::int as minutes from feedmill_data.articles`,
    );
    expect(rows).toEqual([{ minutes: 120 }]);
  });

  it('does so for a page that could not be fetched, too', async () => {
    const feed = await subscribe('a.example');
    await feeds.addEntries(feed, [feedEntry(1)]);
    await db.execute(sql`
      update feedmill_data.articles
      set first_seen_at = now() - interval '8 hours', updated_at = now() - interval '1 hour', status = 'failed', error = 'gone', due_at = null`);
    await feeds.addEntries(feed, [feedEntry(1, { contentHash: 'other' })]);
    const { rows } = await db.execute(
      sql`select round(extract(epoch from due_at - now()) / 60)::int as minutes from feedmill_data.articles`,
    );
    expect(rows).toEqual([{ minutes: 60 }]);
  });

  it('keeps an edit that arrives while the article is being processed', async () => {
    const feed = await subscribe('a.example');
    await claim();
    await feeds.addEntries(feed, [feedEntry(1)]);
    await endPoll(feed.id);
    const article = await startArticle((await claim()).articles[0]);
    await feeds.addEntries(feed, [feedEntry(1, { contentHash: 'other' })]);
    await articles.recordArticle(article, stored, {});
    expect((await claim()).articles).toEqual([article.id]);
  });

  it.each([
    ['the first two of a document', 1, 2],
    ['the first two of a document, that of another address first', 2, 1],
    ['the first and the last of a long document', 1, 150],
    ['the last and the first of a long document', 150, 1],
  ])('makes the article of two edited entries due once, from its own address: %s', async (_, own, other) => {
    const feed = await subscribe('a.example');
    const document = Array.from({ length: 150 }, (__, n) => feedEntry(n + 1));
    await feeds.addEntries(feed, document);
    // As after the merge of two addresses of one story.
    await db.execute(sql`
      update feedmill_data.entries set article_id = (select article_id from feedmill_data.entries where key = ${`k${own}`})
      where key = ${`k${other}`}`);
    await db.execute(sql`
      update feedmill_data.articles set due_at = null, attempts = 3, hops = 1, page_url = 'https://b.example/old', pages_kept = 2, status = 'stored',
        stored_at = now() - interval '8 hours', first_seen_at = now() - interval '8 hours', updated_at = now() - interval '1 hour'`);
    await feeds.addEntries(
      feed,
      document.map((entry) => ({ ...entry, contentHash: 'other' })),
    );
    const { rows } = await db.execute(sql`
      select page_url, pages_kept, attempts, hops, host, round(extract(epoch from due_at - now()) / 60)::int as minutes
      from feedmill_data.articles where url = ${`https://a.example/${own}`}`);
    expect(rows).toEqual([{ page_url: null, pages_kept: 0, attempts: 0, hops: 0, host: 'a.example', minutes: 60 }]);
  });

  it('adds one article for entries of two feeds with the same link', async () => {
    const one = await subscribe('a.example');
    const two = await subscribe('b.example');
    const [first, second] = [feedEntry(1, { host: 'n.example' }), feedEntry(2, { host: 'n.example' })];
    await Promise.all([feeds.addEntries(one, [first, second]), feeds.addEntries(two, [second, first])]);
    const { rows } = await db.execute(
      sql`select (select count(*)::int from feedmill_data.entries) as entries, (select count(*)::int from feedmill_data.articles) as articles`,
    );
    expect(rows).toEqual([{ entries: 4, articles: 2 }]);
  });

  it('adds an article for each entry without a link, however long the keys are', async () => {
    const feed = await subscribe('a.example', 'feed');
    const withLongKey = (n: number) => ({ ...parsedEntry(), key: `${'新聞の見出し'.repeat(20)}${n}`, contentHash: `${n}` });
    await feeds.addEntries(feed, [1, 2, 3].map(withLongKey));
    const { rows } = await db.execute(sql`select count(*)::int as n from feedmill_data.articles`);
    expect(rows).toEqual([{ n: 3 }]);
  });

  it('ends the article of an entry whose link is not a page at once, with the reason', async () => {
    const feed = await subscribe('a.example');
    const { normalizedUrl: _, ...bad } = feedEntry(1, { badLink: 'javascript:alert(1)' });
    await feeds.addEntries(feed, [bad]);
    expect(await reportStore(db).loadStatus()).toMatchObject({ pending: 0, stored: 0, failed: 1 });
    expect(await reportStore(db).loadFailures({ limit: 5 })).toEqual([
      expect.objectContaining({ error: expect.stringContaining('javascript:') }),
    ]);
  });

  it('stores no more new entries of a feed than a day may bring, the newest first, and the others later', async () => {
    const limited = createWorker(db, { maxNewPerDay: 3 }).feeds;
    const feed = await subscribe('a.example');
    const dated = [1, 2, 3, 4, 5].map((n) => feedEntry(n, { publishedAt: new Date(`2026-03-0${n}T00:00:00Z`) }));
    expect(await limited.addEntries(feed, dated)).toMatchObject({ new: 3, leftOut: 2 });
    expect(await limited.addEntries(feed, dated)).toMatchObject({ new: 0, leftOut: 2 });
    const loadKeys = async () =>
      (await db.execute<{ key: string }>(sql`select key from feedmill_data.entries order by key`)).rows.map(({ key }) => key);
    expect(await loadKeys()).toEqual(['k3', 'k4', 'k5']);
    await passDay();
    expect(await limited.addEntries(feed, dated)).toMatchObject({ new: 2, leftOut: 0 });
    expect(await loadKeys()).toEqual(['k1', 'k2', 'k3', 'k4', 'k5']);
  });

  it('sends us to no more new hosts than a poll may, the newest entries first, and to the others at later polls', async () => {
    const limited = createWorker(db, { maxNewHosts: 2 }).feeds;
    const feed = await subscribe('a.example');
    const onHost = (n: number, host = `host${n}.example`) =>
      feedEntry(n, { host, publishedAt: new Date(`2026-03-0${n}T00:00:00Z`) });
    const planet = [onHost(1), onHost(2), onHost(3), onHost(4), onHost(5, 'host4.example'), onHost(6, 'a.example')];
    const loadKeys = async () =>
      (await db.execute<{ key: string }>(sql`select key from feedmill_data.entries order by key`)).rows.map(({ key }) => key);
    expect(await limited.addEntries(feed, planet)).toMatchObject({ new: 4, leftOut: 2 });
    expect(await loadKeys()).toEqual(['k3', 'k4', 'k5', 'k6']);
    // Links that change to new hosts count too.
    const moved = [onHost(3, 'x.example'), onHost(4, 'y.example'), onHost(5, 'z.example'), onHost(6, 'a.example')];
    expect(await limited.addEntries(feed, moved)).toMatchObject({ new: 0, changed: 2, leftOut: 1 });
    expect(await limited.addEntries(feed, planet)).toMatchObject({ new: 2, leftOut: 0 });
    const { rows } = await db.execute(sql`select host from feedmill_data.hosts order by host`);
    expect(rows.map(({ host }) => host)).toEqual(
      ['a', 'host1', 'host2', 'host3', 'host4', 'y', 'z'].map((name) => `${name}.example`),
    );
  });

  it('adds no more articles for links that change than a day may bring, the newest first, and the others later', async () => {
    const limited = createWorker(db, { maxNewPerDay: 3 }).feeds;
    const feed = await subscribe('a.example');
    const linked = (host: string) => [1, 2].map((n) => feedEntry(n, { host, publishedAt: new Date(`2026-03-0${n}T00:00:00Z`) }));
    const loadLinks = async () =>
      (await db.execute<{ url: string }>(sql`select url from feedmill_data.entries order by key`)).rows.map(({ url }) => url);
    await limited.addEntries(feed, linked('a.example'));
    // Their articles can't follow to another site.
    await db.execute(sql`update feedmill_data.articles set status = 'stored', stored_at = now(), due_at = null`);
    expect(await limited.addEntries(feed, linked('b.example'))).toMatchObject({ new: 0, changed: 1, leftOut: 1 });
    expect(await loadLinks()).toEqual(['https://a.example/1', 'https://b.example/2']);
    expect(await limited.addEntries(feed, linked('b.example'))).toMatchObject({ changed: 0, leftOut: 1 });
    expect(await limited.addEntries(feed, [...linked('a.example'), feedEntry(3)])).toMatchObject({
      new: 0,
      changed: 1,
      leftOut: 1,
    });
    expect(await loadLinks()).toEqual(['https://a.example/1', 'https://a.example/2']);
    await passDay();
    expect(await limited.addEntries(feed, linked('b.example'))).toMatchObject({ changed: 2, leftOut: 0 });
    expect(await loadLinks()).toEqual(['https://b.example/1', 'https://b.example/2']);
  });

  it('reads a document again while some of its entries are left out, and shows how many', async () => {
    const feed = await subscribe('a.example');
    await endPoll(feed.id, { validators: { etag: '"1"' }, bodyHash: 'hash' });
    await feeds.recordPoll({ id: feed.id, url: feed.url }, pollResult({ via: 'push', outcome: 'news', entriesLeftOut: 7 }));
    const { rows } = await db.execute(sql`select etag, body_hash from feedmill_data.feeds`);
    expect(rows).toEqual([{ etag: null, body_hash: null }]);
    const polls = await db.execute(sql`select via, entries_left_out from feedmill.polls order by id`);
    expect(polls.rows).toEqual([
      { via: 'poll', entries_left_out: 0 },
      { via: 'push', entries_left_out: 7 },
    ]);
  });

  it('reports a possible gap when a document shares no entry with the one before', async () => {
    const feed = await subscribe('a.example');
    expect(await feeds.addEntries(feed, [feedEntry(1)])).toMatchObject({ possibleGap: false });
    expect(await feeds.addEntries(feed, [feedEntry(9)])).toMatchObject({ possibleGap: true });
  });
});
