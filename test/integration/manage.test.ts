import { beforeEach, describe, expect, it } from 'vitest';
import { feedDetailsStore } from '../../db/feed-details.js';
import { manageStore } from '../../db/manage.js';
import { reportStore } from '../../db/reports.js';
import { websubStore } from '../../db/websub.js';
import { feedEntry, pollResult } from '../builders.js';
import { createDatabase } from '../database.js';
import { createWorker } from './worker.js';

const { db } = await createDatabase();
const { feeds, claim, subscribe, startPoll, endPoll, startArticle, articles } = createWorker(db);
const manage = manageStore(db);
const query = async <T = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<T[]> =>
  (await db.$client.query(text, values)).rows as T[];

beforeEach(async () => {
  await query('truncate feedmill_data.feeds, feedmill_data.hosts, feedmill_data.changes cascade');
});

const stateOf = async (id: number) => (await feedDetailsStore(db).loadFeedDetails(id))?.feed.state;
const ask = (feedId: number) =>
  websubStore(db).saveAsked({
    feedId,
    hubUrl: 'https://hub.example/',
    topic: 'https://a.example/feed',
    secret: 's',
    token: 't',
    dueAt: new Date(),
  });

async function listFeeds(ids?: readonly number[]) {
  const feeds = [];
  for await (const batch of reportStore(db).readFeeds(ids)) feeds.push(...batch);
  return feeds;
}

describe('a paused feed', () => {
  it('is neither claimed, polled on demand, added again, nor pushed to, until it is resumed', async () => {
    const feed = await subscribe('a.example');
    await endPoll(feed.id);
    expect(await manage.pauseFeeds([feed.id])).toEqual([{ feed_id: String(feed.id), feed_url: feed.url }]);
    expect(await manage.pauseFeeds([feed.id])).toEqual([]);
    expect(await stateOf(feed.id)).toBe('paused');
    expect(await feeds.pollNow([feed.id])).toBe(0);
    expect(await feeds.addFeeds([{ url: feed.url }])).toEqual([]);
    expect(await feeds.loadFeed(feed.id)).toBeUndefined();
    expect(await feeds.addEntries(feed, [feedEntry(1)])).toBe('stale');
    expect((await claim()).feeds).toEqual([]);

    expect(await manage.resumeFeeds([feed.id, 999_999])).toMatchObject([{ feed_id: String(feed.id) }]);
    expect(await manage.resumeFeeds([feed.id])).toEqual([]);
    expect((await claim()).feeds).toEqual([feed.id]);
  });

  it('still has the pages of its articles fetched', async () => {
    const feed = await subscribe('a.example');
    await feeds.addEntries(feed, [feedEntry(1, { host: 'pages.example' })]);
    await manage.pauseFeeds([feed.id]);
    expect((await claim()).articles).toHaveLength(1);
  });

  it('is not retired, and a retired feed is not paused', async () => {
    const feed = await subscribe('a.example');
    await query('update feedmill_data.feeds set due_at = null');
    expect(await manage.pauseFeeds([feed.id])).toEqual([]);
    expect(await manage.resumeFeeds([feed.id])).toEqual([]);
    expect(await stateOf(feed.id)).toBe('retired');
  });
});

describe.each([
  ['paused', (id: number) => manage.pauseFeeds([id])],
  ['removed', (id: number) => manage.removeFeeds([id])],
])('a feed that is %s while a worker polls it', (state, act) => {
  it.each<[string, (late: Awaited<ReturnType<typeof startPoll>>) => Promise<unknown>]>([
    ['its result', (late) => feeds.recordPoll(late, pollResult())],
    ['its entries', (late) => feeds.addEntries({ ...late, content: 'page' }, [feedEntry(1)])],
    ['its move', (late) => feeds.recordPoll(late, pollResult({ move: { kind: 'adopt', to: 'https://a.example/new' } }))],
    ['its redirect', (late) => feeds.postponePoll(late, { host: 'b.example' }, {})],
  ])('stays so, and loses %s', async (_, write) => {
    const { id, url } = await subscribe('a.example');
    await claim();
    const late = await startPoll(id);
    await act(id);
    const before = await query('select * from feedmill_data.feeds');
    expect(await write(late)).toBe('stale');
    expect(await query('select * from feedmill_data.feeds')).toEqual(before);
    expect(await stateOf(id)).toBe(state);
    expect(await query('select url from feedmill_data.feeds')).toEqual([{ url }]);
    expect(await query('select 1 from feedmill_data.entries')).toEqual([]);
  });
});

describe('a removed feed', () => {
  it('keeps its records, is listed only if asked, and its hub and its work are gone', async () => {
    const feed = await subscribe('a.example');
    await ask(feed.id);
    await feeds.addEntries(feed, [feedEntry(1), feedEntry(2)]);
    await query("update feedmill_data.articles set stored_at = now(), status = 'stored' where url like '%/1'");
    expect(await manage.removeFeeds([feed.id])).toEqual([
      { feed_id: String(feed.id), feed_url: feed.url, records_deleted: '0', records_kept: '1' },
    ]);
    expect(await manage.removeFeeds([feed.id])).toEqual([]);
    expect(await query('select feed_id::int, feed_url from feedmill.records')).toEqual([
      { feed_id: feed.id, feed_url: feed.url },
    ]);
    expect(await query('select url, due_at from feedmill_data.articles')).toEqual([{ url: 'https://a.example/1', due_at: null }]);
    expect(await query('select 1 from feedmill_data.websub_subscriptions')).toEqual([]);
    expect(await listFeeds()).toEqual([]);
    expect(await listFeeds([feed.id])).toMatchObject([{ id: feed.id, state: 'removed' }]);
    expect(await reportStore(db).loadStatus()).toMatchObject({ feeds: 0 });
    expect(await feeds.pollNow([feed.id])).toBe(0);
  });

  it('has no hub that a late worker asks for', async () => {
    const feed = await subscribe('a.example');
    await manage.removeFeeds([feed.id]);
    await ask(feed.id);
    expect(await query('select 1 from feedmill_data.websub_subscriptions')).toEqual([]);
  });

  it('is revived when it is added again, with the new settings, and its lost articles come back', async () => {
    const feed = await subscribe('a.example');
    await feeds.addEntries(feed, [feedEntry(1)]);
    await manage.setFeeds([feed.id], { every: '1 day', headers: { 'x-key': 's3cret' } });
    await manage.removeFeeds([feed.id]);
    const [revived] = await feeds.addFeeds([{ url: feed.url, content: 'feed', folder: 'News' }]);
    expect(revived).toMatchObject({ id: feed.id });
    expect(await query('select content, folder, poll_every_ms, headers, removed_at from feedmill_data.feeds')).toEqual([
      { content: 'feed', folder: 'News', poll_every_ms: null, headers: null, removed_at: null },
    ]);
    expect(await feeds.addEntries(feed, [feedEntry(1)])).toMatchObject({ new: 1 });
    expect((await claim()).feeds).toEqual([feed.id]);
  });

  it('leaves the work that another feed shows too to that feed, unless that was removed as well', async () => {
    const [a, b] = [await subscribe('a.example'), await subscribe('b.example')];
    await feeds.addEntries(a, [feedEntry(1), feedEntry(2)]);
    await feeds.addEntries(b, [feedEntry(2)]);
    await manage.removeFeeds([a.id]);
    expect(await query('select feed_id::int, url from feedmill_data.articles')).toEqual([
      { feed_id: b.id, url: 'https://a.example/2' },
    ]);
    expect((await claim()).articles).toHaveLength(1);
    await manage.removeFeeds([b.id]);
    expect(await query('select 1 from feedmill_data.articles')).toEqual([]);
  });

  it('drops the article that a worker is fetching', async () => {
    const feed = await subscribe('a.example');
    await feeds.addEntries(feed, [feedEntry(1, { host: 'pages.example' })]);
    const { articles: claimed } = await claim();
    const late = await startArticle(claimed[0]);
    await manage.removeFeeds([feed.id]);
    expect(await articles.recordArticle(late, { kind: 'unchanged' }, {})).toBe('stale');
    expect(await query('select 1 from feedmill_data.articles')).toEqual([]);
  });

  it('gives way when another feed of its site moves to its address', async () => {
    const [old, other] = [await subscribe('a.example'), await subscribe('www.a.example')];
    await feeds.addEntries(old, [feedEntry(1)]);
    await query("update feedmill_data.articles set stored_at = now(), status = 'stored', due_at = null");
    await manage.removeFeeds([old.id]);
    await endPoll(other.id, { move: { kind: 'adopt', to: old.url } });
    expect(await query('select id::int, url, removed_at from feedmill_data.feeds')).toEqual([
      { id: other.id, url: old.url, removed_at: null },
    ]);
    expect(await query('select feed_id::int from feedmill.records')).toEqual([{ feed_id: other.id }]);
  });
});

describe('setFeeds', () => {
  const settings = () => query('select poll_every_ms, content, folder, ignore_robots, headers from feedmill_data.feeds');

  it('changes what is given, says what changed, and restores defaults with null', async () => {
    const { id } = await subscribe('a.example');
    await endPoll(id);
    const all = {
      every: '90 minutes',
      content: 'feed',
      folder: ' News ',
      ignore_robots: true,
      headers: { 'X-Key': ' v ' },
    } as const;
    expect(await manage.setFeeds([id], all, 'trial')).toMatchObject([{ changed: Object.keys(all) }]);
    expect(await settings()).toMatchObject([{ poll_every_ms: null, folder: null }]);
    expect(await manage.setFeeds([id], all)).toMatchObject([{ changed: Object.keys(all) }]);
    expect(await manage.setFeeds([id], all)).toEqual([]);
    expect(await settings()).toEqual([
      { poll_every_ms: 5_400_000, content: 'feed', folder: 'News', ignore_robots: true, headers: { 'x-key': 'v' } },
    ]);
    expect(await manage.setFeeds([id], { every: null, folder: null, headers: null })).toMatchObject([
      { changed: ['every', 'folder', 'headers'] },
    ]);
    expect(await settings()).toEqual([
      { poll_every_ms: null, content: 'feed', folder: null, ignore_robots: true, headers: null },
    ]);
  });

  it('sets the gap of a host, for all of its feeds', async () => {
    const { id } = await subscribe('a.example');
    expect(await manage.setFeeds([id], { gap: '5 seconds' })).toMatchObject([{ changed: ['gap'] }]);
    expect(await query('select host, gap_ms from feedmill_data.hosts')).toEqual([{ host: 'a.example', gap_ms: 5_000 }]);
    expect(await manage.setFeeds([id], { gap: '5 seconds' })).toEqual([]);
    await query("update feedmill_data.feeds set host = 'redirect.example'");
    await expect(manage.setFeeds([id], { gap: null })).rejects.toThrow(/being redirected/);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['an unknown setting', { colour: 1 }, /no setting "colour"/],
    ['an interval that is too short', { every: '10 seconds' }, /"every" must be/],
    ['an interval that is too long', { every: '30 days' }, /"every" must be/],
    ['an interval that is none', { every: 'soon' }, /interval/],
    ['a negative gap', { gap: '-1 second' }, /"gap" must be/],
    ['other content', { content: 'all' }, /page or feed/],
    ['a folder that is too long', { folder: 'x'.repeat(1_001) }, /1000 characters/],
    ['a folder of several lines', { folder: 'a\nb' }, /control characters/],
    ['headers that are no object', { headers: ['a'] }, /names and values/],
    ['too many headers', { headers: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`x-${n}`, 'v'])) }, /20 headers/],
    ['one header twice', { headers: { a: '1', A: '2' } }, /each name once/],
    ['Host', { headers: { Host: 's3cret' } }, /not have this header: host/],
    ['a hop-by-hop header', { headers: { 'Transfer-Encoding': 's3cret' } }, /not have this header: transfer-encoding/],
    ['a header for proxies', { headers: { 'Proxy-Authorization': 's3cret' } }, /not have this header/],
    ['a condition', { headers: { 'If-None-Match': 's3cret' } }, /not have this header/],
    ['a malformed name', { headers: { 'x key': 's3cret' } }, /not have this header/],
    ['a pseudo-header', { headers: { ':path': 's3cret' } }, /not have this header/],
    ['a name of many characters', { headers: { ['x'.repeat(101)]: 's3cret' } }, /not have this header/],
    ['a value of several lines', { headers: { 'x-key': 's3cret\r\nHost: b' } }, /value of the header x-key/],
    ['a value of many characters', { headers: { 'x-key': 's3cret'.repeat(1_000) } }, /value of the header x-key/],
    ['an empty value', { headers: { 'x-key': ' ' } }, /value of the header x-key/],
    ['a value that is no text', { headers: { 'x-key': 1 } }, /value of the header x-key/],
  ])('refuses %s, without repeating a secret', async (_, wrong, message) => {
    const { id } = await subscribe('a.example');
    const refused = manage.setFeeds([id], wrong);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.not.toThrow(/s3cret/);
    expect(await settings()).toMatchObject([{ content: 'page', headers: null }]);
  });

  it('polls sooner if the new interval asks for it, and never later', async () => {
    const { id } = await subscribe('a.example');
    await endPoll(id);
    const minutes = async () =>
      (await query<{ n: number }>('select round(extract(epoch from due_at - now()) / 60)::int as n from feedmill_data.feeds'))[0]
        ?.n;
    await manage.setFeeds([id], { every: '2 days' });
    expect(await minutes()).toBe(60);
    await manage.setFeeds([id], { every: '10 minutes' });
    expect(await minutes()).toBe(10);
    await manage.setFeeds([id], { every: null });
    expect(await minutes()).toBe(10);
    await manage.setFeeds([id], { headers: { 'x-key': 'v' } });
    expect((await claim()).feeds).toEqual([id]);
  });

  it('drops the result of a poll that went by the old settings, and polls again', async () => {
    const { id } = await subscribe('a.example');
    await claim();
    const late = await startPoll(id);
    await manage.setFeeds([id], { every: '10 minutes' });
    expect(await feeds.recordPoll(late, pollResult())).toBe('stale');
    expect((await claim()).feeds).toEqual([id]);
  });

  it('leaves a poll that is only claimed to its worker', async () => {
    const { id } = await subscribe('a.example');
    await claim();
    await manage.setFeeds([id], { every: '10 minutes' });
    expect(await feeds.startFeed(id)).toMatchObject({ pollEveryMs: 600_000 });
  });

  it('leaves paused feeds paused, and removed ones as they are', async () => {
    const [paused, removed] = [await subscribe('a.example'), await subscribe('b.example')];
    await manage.pauseFeeds([paused.id]);
    await manage.removeFeeds([removed.id]);
    const changed = await manage.setFeeds([paused.id, removed.id], { every: '10 minutes', headers: { 'x-key': 'v' } });
    expect(changed).toMatchObject([{ feed_id: String(paused.id), changed: ['every', 'headers'] }]);
    expect([await stateOf(paused.id), await stateOf(removed.id)]).toEqual(['paused', 'removed']);
  });
});

it.each([
  ['within its origin', 'https://a.example/new', { 'x-key': 's3cret' }],
  ['to another origin of its site', 'https://www.a.example/feed', null],
])('a feed that moves for good %s takes its headers along or not', async (_, to, headers) => {
  const { id } = await subscribe('a.example');
  await manage.setFeeds([id], { headers: { 'x-key': 's3cret' } });
  const polled = await startPoll(id);
  expect(polled.headers).toEqual({ 'x-key': 's3cret' });
  await feeds.recordPoll(polled, pollResult({ move: { kind: 'adopt', to } }));
  expect(await query('select url, headers from feedmill_data.feeds')).toEqual([{ url: to, headers }]);
});

it('shows the values of headers in no view, and to no reader', async () => {
  const { id } = await subscribe('a.example');
  await manage.setFeeds([id], { headers: { 'x-key': 's3cret' } });
  const views = await query<{ name: string }>(
    "select quote_ident(relname) as name from pg_class where relnamespace = 'feedmill'::regnamespace and relkind = 'v'",
  );
  for (const { name } of views)
    expect(JSON.stringify(await query(`select * from feedmill.${name}`)), name).not.toContain('s3cret');
  const shown = [await listFeeds(), await feedDetailsStore(db).loadFeedDetails(id)];
  expect(JSON.stringify(shown)).not.toContain('s3cret');
});

describe('moveFolder', () => {
  it.each([
    ['News', 'Press', ['Press', 'Press / World', 'Newsletters', null]],
    ['News', 'Old / News', ['Old / News', 'Old / News / World', 'Newsletters', null]],
    ['News', '', [null, 'World', 'Newsletters', null]],
    ['News / World', 'World', ['News', 'World', 'Newsletters', null]],
    ['News', 'News / Daily', ['News / Daily', 'News / Daily / World', 'Newsletters', null]],
    ['New', 'X', ['News', 'News / World', 'Newsletters', null]],
  ])('moves %s to %s', async (from, to, expected) => {
    await feeds.addFeeds(
      ['News', 'News / World', 'Newsletters', undefined].map((folder, n) => ({
        url: `https://a.example/${n}`,
        ...(folder && { folder }),
      })),
    );
    await manage.moveFolder(from, to);
    expect((await query('select folder from feedmill_data.feeds order by url')).map(({ folder }) => folder)).toEqual(expected);
  });

  it('refuses an empty name', async () => {
    await expect(manage.moveFolder(' ', 'X')).rejects.toThrow(/empty/);
  });
});
