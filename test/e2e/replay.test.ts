import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { EXTRACTOR_VERSION } from '../../src/articles/extractor-version.js';
import { fetched } from '../builders.js';
import { createDatabase, until } from '../database.js';
import { createReextractor, createReplayWorld, storyPage } from '../integration/replay-world.js';

/** Records that are extracted again: enough that the processes are killed in between. REPLAY_RECORDS=3000 measures the rate. */
const RECORDS = Number(process.env.REPLAY_RECORDS ?? 300);
/** Paragraphs of a page, of some 250 characters each. */
const PARAGRAPHS = Number(process.env.REPLAY_PARAGRAPHS ?? 4);

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

function feedmill(args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, ['bin/feedmill.mjs', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  const ended = once(child, 'exit').then(() => running.delete(child));
  let stdout = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  return { child, ended, stdout: () => stdout };
}

async function kill({ child, ended }: ReturnType<typeof feedmill>): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

const backends = [['Postgres', ''] as const, ...(inject('redisUrl') ? [['Redis', inject('redisUrl')] as const] : [])];

describe.each(backends)('extracting records again, with the queue on %s', (backend, redisUrl) => {
  it('loses nothing when the worker and the command are killed in between', async () => {
    const { url, db } = await createDatabase();
    if (redisUrl) {
      const redis = new Redis(redisUrl);
      await redis.flushall();
      redis.disconnect();
    }
    const env = {
      DATABASE_URL: url,
      REDIS_URL: redisUrl,
      LEASE: '4s',
      FETCH_TIMEOUT: '2s',
      LOG_LEVEL: 'error',
      LOG_FORMAT: 'json',
      HTTP_PORT: 'off',
    };
    const world = createReplayWorld(db);
    const { age, readRecords, outcomes } = createReextractor(db);
    const feed = await world.subscribe('e2e.example');
    for (let n = 1; n <= RECORDS; n += 1) {
      const page = `https://e2e.example/${n}`;
      world.pages.set(page, fetched(storyPage(n, { paragraphs: PARAGRAPHS }), { url: page }));
    }
    const ids = await world.storeAll(feed, RECORDS);
    const fresh = await readRecords(ids);
    expect(fresh.filter((row) => row.content_source === 'page')).toHaveLength(RECORDS);
    await age(ids);

    const worker = feedmill(['start', '--no-sampler'], env);
    const command = feedmill(['reextract', '--older-extractor'], env);
    const countDone = async () => (await outcomes(1)).filter(({ outcome }) => outcome !== null).length;
    await until(async () => (await countDone()) > RECORDS / 10, 'the first records');
    await Promise.all([kill(worker), kill(command)]);
    expect(await countDone()).toBeLessThan(RECORDS);

    const second = feedmill(['start', '--no-sampler'], env);
    const follow = feedmill(['reextract', '--follow', '1', '--json'], env);
    await follow.ended;
    expect(JSON.parse(follow.stdout())).toEqual({
      run: 1,
      ...{ waiting: 0, changed: RECORDS, unchanged: 0, kept: 0, fault: 0, reasons: [] },
    });
    expect(await readRecords(ids)).toEqual(fresh);
    const versions = await world.query('select distinct revision, extractor_version from feedmill.records');
    // The first version, the one of the older extractor, and the one that replaced it: none was made twice.
    expect(versions).toEqual([{ revision: 3, extractor_version: EXTRACTOR_VERSION }]);

    if (process.env.REPLAY_RECORDS) {
      await age(ids);
      await world.query('select from feedmill_admin.reextract_records($1)', [ids]);
      await until(async () => (await outcomes(2)).every(({ outcome }) => outcome !== null), 'the second run');
      const [rate] = await world.query(
        'select round(count(*) / extract(epoch from max(done_at) - min(done_at))) as per_second from feedmill_admin.reextractions(2)',
      );
      console.log(`${backend}: ${String(rate?.per_second)} records per second`);
    }
    await kill(second);
  });
});
