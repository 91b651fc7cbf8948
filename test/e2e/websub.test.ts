import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { feedStore } from '../../db/feeds.js';
import { hostStore } from '../../db/hosts.js';
import { outageStore } from '../../db/outages.js';
import { turnStore } from '../../db/turns.js';
import { websubStore } from '../../db/websub.js';
import { loadConfig } from '../../src/config.js';
import { readIdentifiedFeed } from '../../src/feeds/read.js';
import { refreshFeed } from '../../src/jobs/refresh-feed.js';
import { takePush } from '../../src/jobs/take-push.js';
import { createFetchUrl } from '../../src/web/fetch-url.js';
import type { App } from '../../workers/app.js';
import { openHttp } from '../../workers/http/server.js';
import { websubRoute } from '../../workers/http/websub.js';
import { createLog } from '../../workers/log.js';
import { POLITENESS, toHostKey } from '../builders.js';
import { createDatabase, lease, until } from '../database.js';
import { serve, startHub } from './websub-hub.js';

let hub: Awaited<ReturnType<typeof startHub>>;
let site: Awaited<ReturnType<typeof serve>>;
let document = '';
const story = (n: number) => `<item><title>Story ${n}</title><link>${site.origin}/${n}</link><guid>g${n}</guid></item>`;
const rss = (...items: number[]) =>
  `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>News</title><link>${site.origin}/</link>
    <atom:link rel="hub" href="${hub.origin}/moved"/><atom:link rel="self" href="${site.origin}/feed"/>
    ${items.map(story).join('')}</channel></rss>`;

beforeAll(async () => {
  hub = await startHub(3_600);
  site = await serve((_, response) => response.writeHead(200, { 'content-type': 'application/rss+xml' }).end(document));
});
afterAll(() => {
  hub.close();
  site.close();
});

/** The parts of an `App` that the HTTP server and a poll need, on a database of their own. */
async function openTestApp(): Promise<App> {
  const { url, db } = await createDatabase();
  const config = loadConfig({
    DATABASE_URL: url,
    ALLOW_PRIVATE_HOSTS: '127.0.0.0/8',
    FEED_MAX_BYTES: '20000',
    LOG_LEVEL: 'silent',
  });
  return {
    // Turns of the hub's host follow the database's clock, which the test can't move, so there must be no gap.
    config: { ...config, hostGapMs: 0, toHostKey },
    log: createLog(config.log, 'test'),
    databaseUrl: url,
    embedded: false,
    db,
    queues: () => {
      throw new Error('this test has no queues');
    },
    migrate: async () => false,
    close: async () => undefined,
  };
}

/** A subscribed feed whose polls and pushes run in this process. */
async function world() {
  const app = await openTestApp();
  const { config, db } = app;
  const store = feedStore(db, config);
  const websub = websubStore(db);
  const settling = {
    ...store,
    monotonicMs: () => 0,
    random: () => 0.5,
    readFeed: readIdentifiedFeed,
    cadence: config.cadence,
    deliveries: websub,
  };
  const callback = { ...websub, permitPush: () => ({ taken: true as const }), takePush: takePush(settling) };
  const http = await openHttp({ log: app.log, http: { host: '127.0.0.1', port: 0, exactPort: true } });
  http?.addRoute(websubRoute(app, callback));
  const origin = `http://127.0.0.1:${http?.port}`;
  const client = createFetchUrl({ ...config.fetch, accept: 'feed', maxBytes: config.feedMaxBytes });
  const shared = { toHostKey, retryBaseMs: config.retryBaseMs };
  const poll = refreshFeed({
    ...settling,
    ...hostStore(db),
    ...outageStore(db, config),
    ...shared,
    fetchUrl: client.fetchUrl,
    robotsForFeeds: false,
    userAgent: config.fetch.userAgent,
    hubs: {
      ...websub,
      ...turnStore(db, config),
      ...shared,
      publicUrl: `${origin}/behind/a/proxy`,
      monotonicMs: () => 0,
      postForm: client.postForm,
      pause: async () => undefined,
    },
  });
  const [feed] = await store.addFeeds([{ url: `${site.origin}/feed` }]);
  if (!feed) throw new Error('not added');
  afterAll(async () => {
    await http?.stop(1_000);
    await client.close();
  });
  return {
    ...{ db, app, callback, origin },
    poll: async () => {
      await lease(db, 'feeds', feed.id);
      return poll({ id: feed.id });
    },
    subscription: () => websub.findSubscription(feed.id),
    ...observe(app),
  };
}

/** What the tests look up in the database. */
const observe = ({ db }: App) => ({
  polls: async () =>
    (await db.execute(sql`select via, outcome, entries_new, possible_gap from feedmill_data.polls order by id`)).rows,
  waitMs: async () => {
    const { rows } = await db.execute<{ ms: number }>(
      sql`select extract(epoch from due_at - polled_at)::float8 * 1000 as ms from feedmill_data.feeds`,
    );
    return rows[0]?.ms;
  },
  leaseMinutes: async () => {
    const { rows } = await db.execute<{ minutes: number }>(
      sql`select round(extract(epoch from lease_expires_at - now()) / 60)::int as minutes from feedmill_data.websub_subscriptions`,
    );
    return rows[0]?.minutes;
  },
  /** Lets half an hour of the subscription pass. */
  passHalfAnHour: () =>
    db.execute(sql`
      update feedmill_data.websub_subscriptions
      set due_at = due_at - interval '30 minutes', lease_expires_at = lease_expires_at - interval '30 minutes'`),
});

it('subscribes during a poll, verifies, accepts pushes, polls less often, and renews', async () => {
  const { poll, subscription, polls, waitMs, leaseMinutes, passHalfAnHour } = await world();
  document = rss(1);
  expect(await poll()).toMatchObject({ status: 'news', new: 1 });
  // The request followed the hub's redirect, and names the callback behind the proxy.
  expect(hub.asked).toHaveLength(2);
  expect(hub.asked[1]).toMatchObject({ 'hub.mode': 'subscribe', 'hub.topic': `${site.origin}/feed` });
  expect(hub.asked[1]?.['hub.callback']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/behind\/a\/proxy\/websub\/[\w-]{43}$/);
  expect(hub.verified).toEqual(['200 c2']);
  expect(await subscription()).toMatchObject({ state: 'live' });
  expect(await leaseMinutes()).toBe(60);

  // Forged and unsigned pushes are acknowledged but ignored.
  expect(await hub.push(rss(66), { secret: 'guess' })).toBe(202);
  expect(await hub.push(rss(66), { secret: '' })).toBe(202);
  expect(await polls()).toHaveLength(1);

  const planned = await waitMs();
  // Three pushes with news. Each contains only the new item, which is not a gap.
  document = rss(1, 2, 3, 4);
  for (const [n, method] of [
    [2, 'sha1'],
    [3, 'sha384'],
    [4, 'sha512'],
  ] as const)
    expect(await hub.push(rss(n), { method })).toBe(202);
  const pushed = { via: 'push', outcome: 'news', entries_new: 1, possible_gap: false };
  expect((await polls()).slice(1)).toEqual([pushed, pushed, pushed]);
  expect(await subscription()).toMatchObject({ pushesInARow: 3 });

  // A push without news, and one that is not a feed. Pushes do not change when the next poll is due.
  expect(await hub.push(rss(4))).toBe(202);
  expect(await hub.push('<html>no feed</html>')).toBe(202);
  expect(await waitMs()).toBe(planned);
  expect((await polls()).slice(4)).toMatchObject([{ outcome: 'steady' }, { outcome: 'not-a-feed' }]);

  // The poll finds nothing that was not pushed, so the interval to the next one is four times as long.
  expect(await poll()).toMatchObject({ status: 'steady', new: 0 });
  const slow = await waitMs();
  // The subscription is renewed after half of its lease, under the same callback.
  expect(hub.asked).toHaveLength(2);
  const before = await subscription();
  await passHalfAnHour();
  expect(await poll()).toMatchObject({ status: 'unchanged' });
  expect(hub.asked).toHaveLength(4);
  const renewed = await subscription();
  expect(renewed).toMatchObject({ token: before?.token, secret: before?.secret, pushesInARow: 3 });
  expect(await leaseMinutes()).toBe(60);

  // A poll that finds news shows that the hub is not reliable.
  document = rss(1, 2, 3, 4, 5);
  expect(await poll()).toMatchObject({ new: 1 });
  expect(await subscription()).toMatchObject({ pushesInARow: 0 });
  expect(await poll()).toMatchObject({ status: 'unchanged' });
  expect((slow ?? 0) / ((await waitMs()) ?? 0)).toBeCloseTo(4);
});

it('rejects unknown callbacks and invalid requests', async () => {
  const { poll, subscription, origin } = await world();
  document = rss(1);
  await poll();
  const { token = '', topic = '' } = (await subscription()) ?? {};
  const ask = async (path: string, init?: RequestInit) => (await fetch(`${origin}${path}`, init)).status;
  const query = (mode: string, of = topic) => new URLSearchParams({ 'hub.mode': mode, 'hub.topic': of, 'hub.challenge': 'c' });
  expect(await ask('/')).toBe(404);
  expect(await ask(`/websub/unknown?${query('subscribe')}`)).toBe(404);
  expect(await ask('/websub/unknown', { method: 'POST', body: rss(2) })).toBe(410);
  expect(await ask(`/websub/${token}?${query('subscribe', 'https://other.example/')}`)).toBe(404);
  expect(await ask(`/websub/${token}?${query('unsubscribe')}`)).toBe(404);
  expect(await ask(`/websub/${token}`, { method: 'PUT', body: 'x' })).toBe(405);
  expect(await ask(`/websub/${token}`, { method: 'POST', body: 'x'.repeat(20_001) })).toBe(413);
  expect(await subscription()).toMatchObject({ state: 'live' });
  expect(await ask(`/websub/${token}?${query('denied')}`)).toBe(200);
  expect(await subscription()).toMatchObject({ state: 'denied' });
});

it('forgets a hub that the feed no longer names, and tolerates one that is down', async () => {
  const { poll, subscription, db } = await world();
  document = rss(1);
  await poll();
  document = rss(1, 2).replace(/<atom:link rel="hub"[^>]*>/, '');
  await poll();
  expect(await subscription()).toBeUndefined();
  document = rss(1, 2, 3).replace(`${hub.origin}/moved`, 'http://127.0.0.1:1/');
  expect(await poll()).toMatchObject({ status: 'news' });
  const { rows } = await db.execute(sql`select state, problem from feedmill_data.websub_subscriptions`);
  expect(rows).toEqual([{ state: 'asked', problem: expect.stringContaining('refuses connections') }]);
});

it('works in a separate process', async () => {
  const { url, db } = await createDatabase();
  const probe = await serve(() => undefined);
  probe.close();
  const { host, port } = new URL(probe.origin);
  document = rss(1);
  const child = spawn(process.execPath, ['bin/feedmill.mjs', 'start', '--no-sampler'], {
    env: {
      ...process.env,
      ...{ DATABASE_URL: url, REDIS_URL: '', ALLOW_PRIVATE_HOSTS: '127.0.0.0/8', HOST_GAP_MS: '0', LOG_FORMAT: 'json' },
      ...{ PUBLIC_URL: `http://${host}/`, HTTP_PORT: port },
    },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  try {
    const [feed] = await feedStore(db, POLITENESS).addFeeds([{ url: `${site.origin}/feed`, content: 'feed' }]);
    await until(async () => (await websubStore(db).findSubscription(feed?.id ?? 0))?.state === 'live', 'the subscription');
    expect(await hub.push(rss(2))).toBe(202);
    const stored = async () =>
      (await db.execute<{ n: number }>(sql`select count(*)::int as n from feedmill_data.articles`)).rows[0]?.n === 2;
    await until(stored, 'the pushed story');
    expect(await (await fetch(`http://${host}/health`)).text()).toBe('ok');
  } finally {
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  }
});
