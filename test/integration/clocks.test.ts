import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hostStore } from '../../db/hosts.js';
import { pageStore } from '../../db/pages.js';
import { websubStore } from '../../db/websub.js';
import { readIdentifiedFeed } from '../../src/feeds/read.js';
import { processArticle } from '../../src/jobs/process-article.js';
import { refreshFeed } from '../../src/jobs/refresh-feed.js';
import type { FetchOutcome } from '../../src/web/outcome.js';
import { articleRecord, fetched, rss, toHostKey } from '../builders.js';
import { createDatabase } from '../database.js';
import { createWorker } from './worker.js';

const { db } = await createDatabase();
const { feeds, articles, claim, subscribe } = createWorker(db);

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const shared = {
  ...hostStore(db),
  inOutage: async () => false,
  toHostKey,
  monotonicMs: () => 0,
  random: () => 0.5,
  retryBaseMs: 60_000,
  userAgent: 'test',
};

beforeEach(async () => {
  await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts, feedmill_data.robots cascade`);
});
afterEach(() => void vi.useRealTimers());

/** Polls the feed that is due; it shows a story of an hour ago. */
async function poll(outcome?: FetchOutcome) {
  const date = new Date(Date.now() - HOUR).toUTCString();
  const item = `<item><guid>1</guid><link>https://a.example/1</link><title>Story</title><pubDate>${date}</pubDate></item>`;
  const handle = refreshFeed({
    ...shared,
    ...feeds,
    readFeed: readIdentifiedFeed,
    fetchUrl: async () => outcome ?? fetched(rss(item)),
    cadence: { minMs: 5 * 60_000, maxMs: DAY },
    robotsForFeeds: false,
  });
  const [id = 0] = (await claim()).feeds;
  return handle({ id });
}

/** Fetches the article that is due. */
async function fetchPage(outcome: FetchOutcome) {
  const handle = processArticle({
    ...shared,
    ...articles,
    ...pageStore(db),
    keepsPages: false,
    readArticle: async () => ({ kind: 'article', record: articleRecord() }),
    fetchUrl: async (url) => (url.endsWith('/robots.txt') ? { kind: 'missing', status: 404 } : outcome),
    revisitDelays: [HOUR],
  });
  await db.execute(sql`update feedmill_data.hosts set turn_at = now(), next_at = now()`);
  const [id = 0] = (await claim()).articles;
  return handle({ id });
}

/** How far in the future a time of the only row is, in minutes, by the database's clock. */
async function minutesUntil(column: string, table: 'feeds' | 'articles' | 'robots' | 'websub_subscriptions'): Promise<number> {
  const { rows } = await db.execute<{ minutes: number }>(
    sql`select extract(epoch from ${sql.raw(column)} - now())::float8 / 60 as minutes from feedmill_data.${sql.raw(table)}`,
  );
  return rows[0]?.minutes ?? Number.NaN;
}

describe.each([
  ['ahead', DAY],
  ['behind', -DAY],
])('a worker whose clock is a day %s', (_, offset) => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offset }));

  it('plans the next poll by the database’s clock', async () => {
    await subscribe('a.example');
    await poll({ kind: 'missing', status: 404 });
    expect(await minutesUntil('due_at', 'feeds')).toBeCloseTo(5, 0);
    expect(await minutesUntil('polled_at', 'feeds')).toBeCloseTo(0, 0);
    expect(await minutesUntil('missing_since', 'feeds')).toBeCloseTo(0, 0);
  });

  it('reads robots.txt once, retries a page in a minute, and revisits it in an hour', async () => {
    await subscribe('a.example');
    vi.useRealTimers();
    await poll();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offset });
    expect((await fetchPage(fetched(''))).status).toBe('later');
    expect(await minutesUntil('fetched_at', 'robots')).toBeCloseTo(0, 0);
    expect((await fetchPage({ kind: 'server-error', status: 500 })).status).toBe('later');
    expect(await minutesUntil('due_at', 'articles')).toBeCloseTo(1, 0);
    await db.execute(sql`update feedmill_data.articles set due_at = now()`);
    expect((await fetchPage(fetched(''))).status).toBe('stored');
    expect(await minutesUntil('due_at', 'articles')).toBeCloseTo(63, -1);
  });

  it('takes no date for one in the future that is not, and stores none that is', async () => {
    await subscribe('a.example');
    vi.useRealTimers();
    const date = (ms: number) => new Date(Date.now() + ms).toUTCString();
    const items = [date(-HOUR), date(12 * HOUR)].map(
      (text, n) => `<item><guid>${n}</guid><title>${n}</title><pubDate>${text}</pubDate></item>`,
    );
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offset });
    await poll(fetched(rss(items.join(''))));
    const { rows } = await db.execute(
      sql`select title, published_at < now() as past from feedmill_data.entries where title = '0'`,
    );
    expect(rows).toEqual([{ title: '0', past: true }]);
  });

  it('starts the lease of a subscription by the database’s clock', async () => {
    const { id } = await subscribe('a.example');
    const store = websubStore(db);
    const asked = { feedId: id, hubUrl: 'https://h.example/', topic: 't', secret: 's', token: 't', dueAt: new Date() };
    await store.saveAsked(asked);
    await store.saveLease(id, { leaseMs: 2 * HOUR, renewInMs: HOUR });
    expect(await minutesUntil('lease_expires_at', 'websub_subscriptions')).toBeCloseTo(120, 0);
    expect(await minutesUntil('due_at', 'websub_subscriptions')).toBeCloseTo(60, 0);
  });
});
