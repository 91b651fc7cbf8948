import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { Db } from '../../db/client.js';
import { createDatabase, insertFeed, insertRecord, until } from '../database.js';
import { startReceiver, type Taken } from './webhook-receiver.js';

type Receiver = Awaited<ReturnType<typeof startReceiver>>;

const running = new Set<ChildProcess>();
const receivers: Receiver[] = [];
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
});

function feedmill(args: string[], url: string): ChildProcess {
  const env = { DATABASE_URL: url, REDIS_URL: '', ALLOW_PRIVATE_HOSTS: '127.0.0.1', LOG_FORMAT: 'json' };
  const quick = { POLL_TICK: '50ms', RETRY_BASE: '20ms', DELIVERY_TIMEOUT: '1s' };
  const child = spawn(process.execPath, ['bin/feedmill.mjs', ...args], {
    env: { ...process.env, ...env, ...quick },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

async function run(args: string[], url: string) {
  const child = feedmill(args, url);
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  child.stderr?.on('data', (chunk) => (stderr += chunk));
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

async function newReceiver(url: string, ...options: string[]): Promise<Receiver & { id: string }> {
  const receiver = await startReceiver();
  receivers.push(receiver);
  const events = 'record.stored,record.changed,record.deleted';
  const added = await run(['deliver', 'add', receiver.url, '--events', events, '--json', ...options], url);
  const { id, secret } = JSON.parse(added.stdout) as { id: number; secret: string };
  receiver.state.secret = secret;
  return Object.assign(receiver, { id: String(id) });
}

const RECORDS = 12;

/** Stores records and changes each of them twice, in between what happens to others, with a moment between two rounds. */
async function makeNews(db: Db, feedId: number): Promise<number[]> {
  const ids: number[] = [];
  for (let n = 0; n < RECORDS; n += 1)
    ids.push(await insertRecord(db, { feedId, url: `https://a.example/${n}`, text: `Story ${n}` }));
  for (const round of [1, 2]) {
    await new Promise((done) => setTimeout(done, 300));
    for (const id of ids)
      await db.$client.query('update feedmill_data.articles set title = $2 where id = $1', [id, `Round ${round}`]);
  }
  return ids;
}

/** Whether all messages about these records were taken at least once. */
const tookAll = ({ taken }: Receiver, ids: readonly number[]): boolean =>
  ids.every((id) => new Set(taken.filter(({ data }) => data.id === id).map((message) => message.id)).size === 3);

/** The messages about each record in the order in which they were taken. Repeated ones count: a late repetition is out of order. */
const timesByRecord = (taken: readonly Taken[], ids: readonly number[]): string[][] =>
  ids.map((id) => taken.filter(({ data }) => data.id === id).map(({ timestamp }) => timestamp));

describe('webhooks', () => {
  it('are delivered at least once and in order, though receivers fail, hang and die, and our processes are killed', async () => {
    const { url, db } = await createDatabase();
    const feedId = await insertFeed(db);
    const [steady, troubled, hanging] = [await newReceiver(url), await newReceiver(url), await newReceiver(url)];
    await hanging.behave('hang');
    const processes = [feedmill(['start', 'deliveries'], url), feedmill(['start', 'deliveries'], url)];
    const kill = (n: number) => {
      processes[n]?.kill('SIGKILL');
      processes[n] = feedmill(['start', 'deliveries'], url);
    };
    await insertRecord(db, { feedId, url: 'https://a.example/first', text: 'First' });
    await until(async () => steady.taken.length > 0, 'the first message');
    const news = makeNews(db, feedId);
    const nextRequest = (what: string) => {
      const before = troubled.state.requests;
      return until(async () => troubled.state.requests > before, what);
    };
    // Each trouble lasts until a request has met it. In the middle of it, our processes are killed.
    for (const [n, mode] of (['fail', 'hang', 'down', 'redirect'] as const).entries()) {
      await troubled.behave(mode);
      await nextRequest(`a request that meets: ${mode}`);
      if (n === 1 || n === 2) kill(n - 1);
      await troubled.behave('ok');
      await nextRequest(`a request after: ${mode}`);
    }
    const ids = await news;
    await until(async () => tookAll(steady, ids), 'the steady receiver to be told of everything');
    expect(hanging.taken, 'a receiver that hangs holds up nobody').toEqual([]);
    await until(async () => tookAll(troubled, ids), 'the troubled receiver to be told of everything');
    await hanging.behave('ok');
    await until(async () => tookAll(hanging, ids), 'the receiver that hung to be told of everything');

    for (const receiver of [steady, troubled, hanging]) {
      const times = timesByRecord(receiver.taken, ids);
      expect(times).toEqual(times.map((list) => [...list].sort()));
      expect(receiver.forged).toEqual([]);
    }
  });

  it('end when the receiver answers 410, and continue where they stopped when they are resumed', async () => {
    const { url, db } = await createDatabase();
    const feedId = await insertFeed(db);
    const receiver = await newReceiver(url);
    await receiver.behave('gone');
    feedmill(['start', 'deliveries'], url);
    const ids = await makeNews(db, feedId);
    const listed = await until(async () => {
      const { stdout } = await run(['deliver', 'list', '--json'], url);
      return stdout.includes('"disabled"') && (JSON.parse(stdout) as Record<string, unknown>);
    }, 'the delivery to be disabled');
    expect(listed).toMatchObject({ problem: expect.stringContaining('410'), dead_letters: 0 });
    await receiver.behave('ok');
    expect(await run(['deliver', 'test', receiver.id], url)).toMatchObject({ code: 0, stdout: expect.stringContaining('204') });
    expect(receiver.taken).toMatchObject([{ type: 'test' }]);
    await run(['deliver', 'resume', receiver.id], url);
    await until(async () => tookAll(receiver, ids), 'everything to be told');
  });
});

it('the commands show, pause, resume, retry and remove deliveries, and say what is wrong', async () => {
  const { url, db } = await createDatabase();
  const feedId = await insertFeed(db);
  const receiver = await newReceiver(url, '--feed', String(feedId), '--rate', '30');
  const { id } = receiver;
  const listed = await run(['deliver', 'list'], url);
  expect(listed.stdout).toMatch(/receiver +state +lag[\s\S]*http:\/\/127\.0\.0\.1:\d+ +well/);
  expect(listed.stdout).not.toContain('/hook');
  const shown = await run(['deliver', 'show', id], url);
  expect(shown.stdout).toContain(receiver.url);
  expect(shown.stdout + listed.stdout).not.toContain(receiver.state.secret);
  expect(await run(['deliver', 'pause', id], url)).toMatchObject({ stdout: `Paused: ${id}.\n` });
  expect(await run(['deliver', 'resume', id], url)).toMatchObject({ stdout: `Resumed: ${id}.\n` });

  await receiver.behave('fail');
  expect(await run(['deliver', 'test', id], url)).toMatchObject({ code: 1, stderr: expect.stringContaining('500') });
  await db.$client.query(
    "insert into feedmill_data.messages (delivery_id, type, subject, dead_at) values ($1, 'record.deleted', 'record:1', now())",
    [id],
  );
  expect(await run(['deliver', 'retry', id, '--dry-run'], url)).toMatchObject({ stdout: '1 dead letter would be sent again.\n' });
  expect(await run(['deliver', 'retry', id], url)).toMatchObject({ stdout: '1 dead letter will be sent again.\n' });

  expect(await run(['deliver', 'remove', id], url)).toMatchObject({ code: 1, stderr: expect.stringContaining('--yes') });
  expect(await run(['deliver', 'remove', id, '--yes'], url)).toMatchObject({ code: 0, stdout: `Removed: ${id}.\n` });
  expect(await run(['deliver', 'show', id], url)).toMatchObject({ code: 1, stderr: expect.stringContaining('deliver list') });
  const wrong = await run(['deliver', 'add', 'https://r.example/', '--events', 'record.read'], url);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('Unknown events: record.read') });
});
