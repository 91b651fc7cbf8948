import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '../../db/client.js';
import type { Job } from '../../src/jobs/queues.js';
import type { App } from '../../workers/app.js';
import type { Consumer } from '../../workers/queues.js';
import { runWorker } from '../../workers/run-worker.js';
import { createDatabase, until } from '../database.js';
import { createWorker } from './worker.js';

const { db } = await createDatabase();
const { options, feeds, claim, subscribe } = createWorker(db);

beforeEach(async () => {
  await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts cascade`);
});

const withCode = (code: string) => Object.assign(new Error('failed'), { code });

/** A worker whose jobs start their feed and then do `work`. Its queue only remembers what it consumes. */
function createFeedWorker(work: () => Promise<never>, database: Db = db) {
  const log: string[] = [];
  const write = (_: unknown, line: string) => void log.push(line);
  const logger = { child: () => logger, debug: write, info: write, warn: write, error: write };
  let consumer: Consumer | undefined;
  const queues = () => ({
    consume(_: string, given: Consumer) {
      consumer = given;
      return { close: async () => undefined };
    },
  });
  runWorker({ log: logger, db: database, config: options, queues } as unknown as App, () => ({
    queue: 'feeds',
    concurrency: 1,
    async handle({ id }, onStart) {
      const feed = await feeds.startFeed(id);
      if (feed) onStart?.(feed);
      return work();
    },
    close: async () => undefined,
  }));
  return {
    log,
    /** Runs a job as a queue does. */
    async run(job: Job): Promise<void> {
      await consumer?.handle(job).catch((error: Error) => consumer?.onFault(error, job));
    },
  };
}

async function claimFeed(): Promise<Job> {
  await subscribe('a.example');
  const [id = 0] = (await claim()).feeds;
  return { id };
}

/** The only feed, and the leases of its host. */
const selectFeed = async () =>
  (
    await db.execute<{ attempts: number; faults: number; failures: number; leases: number; due_at: string }>(sql`
      select attempts, faults, failures, cardinality(leases) as leases, due_at::text
      from feedmill_data.feeds join feedmill_data.hosts using (host)`)
  ).rows[0];

const untilFreed = () =>
  until(async () => {
    const feed = await selectFeed();
    return feed?.leases === 0 && feed;
  }, 'the host to be freed');

describe('a job that fails', () => {
  it('because of the database returns its attempt, and its feed is due again when its lease ends', async () => {
    const job = await claimFeed();
    const claimed = await selectFeed();
    const worker = createFeedWorker(() => Promise.reject(withCode('53100')));
    await worker.run(job);
    expect(await untilFreed()).toEqual({ ...claimed, attempts: 0, faults: 0, failures: 0, leases: 0 });
    expect(worker.log).toContain('job interrupted: the database or the machine failed');
  });

  it('returns its attempt once the database answers again', async () => {
    const job = await claimFeed();
    let refused = 0;
    const refuse = <T>(then: () => T): T | Promise<never> => {
      refused += 1;
      return refused > 2 ? then() : Promise.reject(withCode('ECONNREFUSED'));
    };
    const broken = {
      ...db,
      execute: ((statement) => refuse(() => db.execute(statement))) as Db['execute'],
      transaction: ((work) => refuse(() => db.transaction(work))) as Db['transaction'],
    };
    await createFeedWorker(() => Promise.reject(withCode('57P01')), broken).run(job);
    expect(await untilFreed()).toMatchObject({ attempts: 0, faults: 0 });
    expect(refused).toBeGreaterThan(2);
  });

  it.each([
    ['a bug', new TypeError('x is not a function')],
    ['a statement that was cancelled, since its document may be the cause', withCode('57014')],
    ['an internal error of the database, since its document may be the cause', withCode('XX000')],
  ])('because of %s records a fault', async (_, error) => {
    const job = await claimFeed();
    const worker = createFeedWorker(() => Promise.reject(error));
    await worker.run(job);
    expect(await untilFreed()).toMatchObject({ attempts: 0, faults: 1, failures: 0 });
  });
});
