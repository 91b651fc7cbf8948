import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { sql } from 'drizzle-orm';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { startSampler } from '../../src/sampler/server.js';
import { createDatabase, until } from '../database.js';
import { freePort } from '../servers.js';

const epoch = new Date(Date.now() - 3_600_000);
const frozen = new Date(epoch.getTime() + 60_000);
const sampler = await startSampler({ port: 0, epoch, storyEveryMs: 1_000, now: () => frozen });
afterAll(() => sampler.close());

type Line = Record<string, unknown>;

/** Starts a process, and collects the lines of its log. */
function start(role: string, env: Record<string, string>) {
  const child = spawn(process.execPath, ['bin/feedmill.mjs', 'start', role, '--no-sampler'], {
    env: { ...process.env, LOG_FORMAT: 'json', LOG_LEVEL: 'debug', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines: Line[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    // Before the log begins, the program may say that it is being built.
    if (line.startsWith('{')) lines.push(JSON.parse(line));
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    return (await ended)[0];
  };
  return { lines, stop };
}

/** The samples of a metrics page, by name and labels. */
async function scrape(port: number): Promise<Map<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

const backends = [['Postgres', ''] as const, ...(inject('redisUrl') ? [['Redis', inject('redisUrl')] as const] : [])];

describe.each(backends)('three processes with the queue on %s', (_, redisUrl) => {
  it('log one id from poll to record, and count what they do', async () => {
    const { url, db } = await createDatabase();
    if (redisUrl) {
      const redis = new Redis(redisUrl);
      await redis.flushall();
      redis.disconnect();
    }
    const [feed] = sampler.feeds;
    await db.execute(sql`insert into feedmill_data.feeds (url, host) values (${feed?.url}, ${new URL(sampler.origin).host})`);
    await db.execute(sql`insert into feedmill_data.hosts (host, turn_at) values (${new URL(sampler.origin).host}, now())`);
    const env = { DATABASE_URL: url, REDIS_URL: redisUrl, ALLOW_PRIVATE_HOSTS: '127.0.0.0/8', HOST_GAP_MS: '0' };
    const ports = { poller: await freePort(), feeds: await freePort(), articles: await freePort() };
    const [poller, feeds, articles] = (['poller', 'feeds', 'articles'] as const).map((role) =>
      start(role, { ...env, HTTP_PORT: String(ports[role]) }),
    );
    const load = async () =>
      (await db.execute<{ id: number }>(sql`select id::int from feedmill.records order by id`)).rows.map(({ id }) => id);
    const expected = async () => (await db.execute(sql`select 1 from feedmill_data.articles`)).rows.length;
    const ids = await until(
      async () => {
        const stored = await load();
        return stored.length > 3 && stored.length === (await expected()) && stored;
      },
      'all records',
      60_000,
    );

    const linesOf = (lines: Line[] | undefined, msg: string) =>
      new Map((lines ?? []).filter((line) => line.msg === msg && 'articleId' in line).map((line) => [line.articleId, line]));
    // A queue may deliver a job twice; the second finds nothing to do.
    const stored = () =>
      linesOf(
        articles?.lines.filter(({ status }) => status === 'stored'),
        'job done',
      );
    await until(async () => stored().size === ids.length, 'the last line of the log', 10_000);
    for (const id of ids) {
      expect(linesOf(feeds?.lines, 'new entry').get(id)).toMatchObject({ feedId: 1 });
      expect(linesOf(poller?.lines, 'claimed').get(id)).toBeDefined();
      expect(stored().get(id)).toBeDefined();
    }

    const [ofPoller, ofFeeds, ofArticles] = await Promise.all([ports.poller, ports.feeds, ports.articles].map(scrape));
    expect(ofFeeds?.get('feedmill_polls_total{outcome="news",via="poll"}')).toBe(1);
    expect(ofFeeds?.get('feedmill_new_entries_total')).toBe(ids.length);
    expect(ofFeeds?.get('feedmill_read_duration_seconds_count{document="feed"}')).toBe(1);
    expect(ofArticles?.get('feedmill_articles_total{outcome="stored"}')).toBe(ids.length);
    expect(ofArticles?.get('feedmill_fetches_total{document="page",outcome="fetched"}')).toBeGreaterThanOrEqual(ids.length);
    expect(ofArticles?.get('feedmill_read_duration_seconds_count{document="page"}')).toBe(ids.length);
    expect(ofArticles?.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    expect(ofPoller?.get('feedmill_claim_duration_seconds_count')).toBeGreaterThan(0);
    expect(ofPoller?.get('feedmill_turn_wait_seconds_count{queue="articles"}')).toBeGreaterThanOrEqual(ids.length);
    expect(ofPoller?.get('feedmill_feeds{state="well"}')).toBe(1);
    expect(ofPoller?.get('feedmill_table_size_bytes{table="articles"}')).toBeGreaterThan(8_192);
    expect(await Promise.all([poller, feeds, articles].map((process) => process?.stop()))).toEqual([0, 0, 0]);
  });
});
