import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Sampler, startSampler } from '../../src/sampler/server.js';
import { createDatabase, until } from '../database.js';

/** The sampler is the origin: this many stories are published, on six sites. */
const STORIES = 90;
let sampler: Sampler;
beforeAll(async () => {
  const epoch = new Date(Date.now() - 3_600_000);
  const frozen = new Date(epoch.getTime() + (STORIES - 6) * 1_000);
  sampler = await startSampler({ port: 0, epoch, storyEveryMs: 1_000, now: () => frozen });
});
afterAll(() => sampler.close());

const running = new Set<ChildProcess>();
function feedmill(args: string[], env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, ['bin/feedmill.mjs', ...args], {
    env: { ...process.env, LOG_FORMAT: 'json', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}
async function run(args: string[], env: Record<string, string>, input = '') {
  const child = feedmill(args, env);
  child.stdin?.end(input);
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  child.stderr?.on('data', (chunk) => (stderr += chunk));
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}
async function stop(child: ChildProcess): Promise<number | null> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  return (await ended)[0];
}
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

const backends = [['Postgres', ''] as const, ...(inject('redisUrl') ? [['Redis', inject('redisUrl')] as const] : [])];

describe.each(backends)('with the queue on %s', (_, redisUrl) => {
  async function world() {
    const { url, db } = await createDatabase();
    const env = {
      DATABASE_URL: url,
      REDIS_URL: redisUrl,
      ALLOW_PRIVATE_HOSTS: '127.0.0.0/8',
      HOST_GAP_MS: '0',
      POLL_MIN: '1s',
      LEASE: '2s',
      FETCH_TIMEOUT: '1s',
    };
    if (redisUrl) {
      const redis = new Redis(redisUrl);
      await redis.flushall();
      redis.disconnect();
    }
    const added = await run(['add', '--json', ...sampler.feeds.map((feed) => feed.url)], env);
    expect(
      added.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).added),
    ).toEqual(Array(6).fill(true));
    const stored = async () => {
      const { rows } = await db.execute<{ n: number }>(
        sql`select count(*)::int as n from feedmill.records where content_source = 'page'`,
      );
      return rows[0]?.n ?? 0;
    };
    return { env, stored, db };
  }

  it('stores every story once in one process, and stops in order', async () => {
    const { env, stored, db } = await world();
    const all = feedmill(['start', '--no-sampler'], env);
    await until(async () => (await stored()) === STORIES, `${STORIES} records`);
    expect(await stop(all)).toBe(0);
    const { rows } = await db.execute(
      sql`select count(distinct url)::int as urls,
                 count(*) filter (where language = 'zh-CN' and content_text ~ '[一-龥]')::int as chinese from feedmill.records`,
    );
    expect(rows).toEqual([{ urls: STORIES, chinese: STORIES / 6 }]);
    const status = await run(['status', '--json'], env);
    expect(JSON.parse(status.stdout)).toMatchObject({ feeds: 6, pending: 0, stored: STORIES, failed: 0 });
  });

  it('loses nothing in several processes when some are killed and the queue is emptied', async () => {
    const { env, stored } = await world();
    const workers = [['poller'], ['feeds'], ['feeds'], ['articles'], ['articles'], ['articles']].map((role) =>
      feedmill(['start', ...role], env),
    );
    await until(async () => (await stored()) > 5, 'the first records');
    workers.at(-1)?.kill('SIGKILL');
    workers[1]?.kill('SIGKILL');
    if (redisUrl) {
      const redis = new Redis(redisUrl);
      await redis.flushall();
      redis.disconnect();
    }
    await until(async () => (await stored()) === STORIES, `${STORIES} records`);
    expect(await Promise.all([0, 2, 3, 4].flatMap((i) => workers[i] ?? []).map(stop))).toEqual([0, 0, 0, 0]);
  });
});

describe('bad input causes a clear message and no stack trace', () => {
  const nowhere = { DATABASE_URL: 'postgres://u:hidden@127.0.0.1:1/x', REDIS_URL: '' };
  it.each([
    ['an unreachable database', ['status'], nowhere, 1, /No Postgres answers at 127\.0\.0\.1:1/],
    [
      'a DATABASE_URL with a typo',
      ['status'],
      { DATABASE_URL: 'postgre//x', POLL_MIN: 'soon' },
      2,
      /DATABASE_URL: .*\n.*POLL_MIN: /,
    ],
    ['a file that is not OPML', ['import', 'package.json'], nowhere, 1, /package\.json is not an OPML file/],
    ['a missing file', ['import', 'nothing.opml'], nowhere, 2, /There is no file nothing\.opml/],
    ['an unknown command', ['frobnicate'], nowhere, 2, /unknown command/],
  ])('%s', async (_, args, env, code, words) => {
    const result = await run(args, env);
    expect(result.stderr).toMatch(words);
    expect(result.stderr).not.toMatch(/^\s+at |hidden/m);
    expect(result.code).toBe(code);
  });

  it('a URL that is not a feed', async () => {
    const { url } = await createDatabase();
    const env = { DATABASE_URL: url, REDIS_URL: '', ALLOW_PRIVATE_HOSTS: '127.0.0.0/8' };
    const result = await run(['add', `${sampler.origin}/robots.txt`, 'javascript:alert(1)'], { ...env, HOST_GAP_MS: '0' });
    expect(result).toMatchObject({ code: 1, stderr: expect.stringMatching(/not a feed[\s\S]*not an http/) });
    // The URL of a site works too.
    const site = await run(['add', '--json', sampler.feeds[0]?.url.replace(/feed\.xml$/, '') ?? ''], env);
    expect(JSON.parse(site.stdout)).toMatchObject({ url: sampler.feeds[0]?.url, added: true });
  });
});

it('polls on demand, and keeps the content of the feed if asked to', async () => {
  const { url, db } = await createDatabase();
  const env = { DATABASE_URL: url, REDIS_URL: '', ALLOW_PRIVATE_HOSTS: '127.0.0.0/8' };
  await run(['migrate'], env);
  await run(['add', '--content', 'feed', sampler.feeds[0]?.url ?? ''], env);
  const polled = await run(['poll', '--json'], env);
  expect(JSON.parse(polled.stdout)).toMatchObject({ outcome: 'news', entries_seen: 15, entries_new: 15 });
  const { rows } = await db.execute(sql`select distinct content_source from feedmill.records`);
  expect(rows).toEqual([{ content_source: 'feed' }]);
});

it('exports its subscriptions as OPML, and imports them from standard input', async () => {
  const [{ url }, { url: other }] = [await createDatabase(), await createDatabase()];
  const env = (database: string) => ({ DATABASE_URL: database, REDIS_URL: '', ALLOW_PRIVATE_HOSTS: '127.0.0.0/8' });
  await Promise.all([url, other].map((database) => run(['migrate'], env(database))));
  await run(['add', ...sampler.feeds.map((feed) => feed.url)], env(url));
  const { stdout: opml } = await run(['export', '--format', 'opml'], env(url));
  const imported = await run(['import', '-', '--json'], env(other), opml);
  expect(imported).toMatchObject({ code: 0, stderr: '' });
  const added = imported.stdout.trim().split('\n');
  expect(added.map((line) => JSON.parse(line).url).sort()).toEqual(sampler.feeds.map((feed) => feed.url).sort());
});

it('closes what it opened when the reader of its output goes away', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'feedmill-closed-'));
  try {
    const env = { DATABASE_URL: '', REDIS_URL: '', FEEDMILL_DATA: folder, EMBEDDED_POSTGRES_PORT: '54860' };
    expect(await run(['add', '--no-check', 'https://a.example/feed'], env)).toMatchObject({ code: 0 });
    const child = feedmill(['list'], env);
    child.stdout?.destroy();
    expect((await once(child, 'exit'))[0]).toBe(0);
    // Postgres keeps this file while it runs.
    await until(async () => !existsSync(join(folder, 'postgres', 'postmaster.pid')), 'the embedded Postgres to stop');
  } finally {
    await rm(folder, { recursive: true });
  }
});
