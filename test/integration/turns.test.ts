import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { articleStore } from '../../db/articles.js';
import { giveBack } from '../../db/give-back.js';
import { endTurn, turnStore } from '../../db/turns.js';
import { feedEntry } from '../builders.js';
import { createDatabase, leasedRows, until } from '../database.js';
import { createWorker } from './worker.js';

const { db } = await createDatabase();
const { options, feeds, articles, claim, subscribe, startPoll, endPoll } = createWorker(db, { dueInMs: 0 });

beforeEach(async () => {
  await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts cascade`);
});

/** The first host: its leases, and when its next turn is, in seconds. */
const selectHost = async () =>
  (
    await db.execute<{ leases: number; turn: number }>(sql`
      select cardinality(leases) as leases, extract(epoch from turn_at - now())::float8 as turn from feedmill_data.hosts`)
  ).rows[0];

/** A feed with this many articles that are due, and no further polls. */
async function subscribeWithArticles(count: number): Promise<void> {
  const { id } = await subscribe('a.example');
  await claim();
  await feeds.addEntries(
    await startPoll(id),
    Array.from({ length: count }, (_, n) => feedEntry(n + 1)),
  );
  await endPoll(id);
  await db.execute(sql`update feedmill_data.feeds set due_at = null`);
}

describe('a turn outside the claim', () => {
  const turns = turnStore(db, { ...options, hostGapMs: 60_000 });

  it('is given once, and again after the gap', async () => {
    const taken = await Promise.all(Array.from({ length: 5 }, () => turns.takeTurn('hub.example')));
    expect(taken.filter(Boolean)).toHaveLength(1);
    const turn = taken.find(Boolean);
    if (turn) await turns.endTurn(turn, { reached: true });
    expect(await turns.takeTurn('hub.example')).toBeUndefined();
    await db.execute(sql`update feedmill_data.hosts set next_at = now()`);
    expect(await turns.takeTurn('hub.example')).toBeDefined();
  });

  it('keeps the claim from the host while it lasts', async () => {
    await subscribe('hub.example');
    expect(await turns.takeTurn('hub.example')).toBeDefined();
    expect((await claim()).feeds).toEqual([]);
  });

  it('is not given while a claim of the host lasts', async () => {
    await subscribe('hub.example');
    await claim();
    expect(await turns.takeTurn('hub.example')).toBeUndefined();
  });
});

describe('the gap of a host', () => {
  it('is not cut by the end of a request that waited for the host while another started', async () => {
    await subscribeWithArticles(2);
    const politeness = { hostConcurrency: 2, hostGapMs: 60_000 };
    const [id] = (await claim(politeness)).articles;
    if (id === undefined) throw new Error('nothing claimed');
    const article = await articleStore(db, options).startArticle(id);
    if (!article?.turn) throw new Error('nothing to start');
    const { turn } = article;
    await db.execute(sql`update feedmill_data.hosts set next_at = now(), turn_at = now()`);
    const nextAt = sql<{ next_at: string }>`select next_at::text from feedmill_data.hosts`;
    await db.transaction(async (tx) => {
      // The transaction has its time before the other request starts.
      await tx.execute(sql`select now()`);
      expect((await claim(politeness)).articles).toHaveLength(1);
      const { rows: before } = await db.execute(nextAt);
      await endTurn(tx, turn, { reached: true }, [], politeness);
      expect((await tx.execute(nextAt)).rows).toEqual(before);
    });
  });
});

describe('the leases of a host', () => {
  it('are at most as many as HOST_CONCURRENCY', async () => {
    await subscribeWithArticles(4);
    const two = { hostConcurrency: 2 };
    expect((await claim(two)).articles).toHaveLength(1);
    expect((await claim(two)).articles).toHaveLength(1);
    expect((await claim(two)).articles).toEqual([]);
    const store = articleStore(db, { ...options, ...two });
    const { rows } = await db.execute<{ id: string }>(
      sql`select id from feedmill_data.articles where due_at > now() + interval '1 second' limit 1`,
    );
    const article = await store.startArticle(Number(rows[0]?.id));
    if (!article) throw new Error('nothing to start');
    await store.recordArticle(article, { kind: 'failed', problem: { kind: 'missing', text: 'Not found.' } }, {});
    expect((await claim(two)).articles).toHaveLength(1);
    expect((await claim(two)).articles).toEqual([]);
  });

  it('are not ended by a job that ran past its own lease', async () => {
    const { id } = await subscribe('a.example');
    await claim();
    const late = await startPoll(id);
    // Its lease has ended, and another job has the turn.
    await db.execute(
      sql`update feedmill_data.hosts set leases = array[now() + interval '1 hour'], turn_at = now() + interval '1 hour'`,
    );
    await feeds.postponePoll(late, { host: 'a.example' }, { reached: true });
    expect((await selectHost())?.turn).toBeGreaterThan(3_000);
    expect((await claim()).feeds).toEqual([]);
  });

  it('are kept by the other jobs when one job is given back, and so is the gap', async () => {
    await subscribeWithArticles(3);
    const two = { hostConcurrency: 2, hostGapMs: 0 };
    const [first = 0] = (await claim(two)).articles;
    expect((await claim(two)).articles).toHaveLength(1);
    await giveBack(db, 'articles', await leasedRows(db, 'articles', [first]), { ...two, hostGapMs: 5_000 });
    const host = await selectHost();
    expect(host?.leases).toBe(1);
    expect(host?.turn).toBeGreaterThan(4);
    expect(host?.turn).toBeLessThanOrEqual(5);
  });
});

describe('a claimed row', () => {
  it('that is given back while somebody edits it makes no deadlock', async () => {
    await subscribeWithArticles(1);
    const [id = 0] = (await claim()).articles;
    const leased = await leasedRows(db, 'articles', [id]);
    let givenBack: Promise<unknown> | undefined;
    await db.transaction(async (edit) => {
      await edit.execute(sql`select 1 from feedmill_data.articles where id = ${id} for update`);
      givenBack = giveBack(db, 'articles', leased, options).catch((error: unknown) => error);
      const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await until(async () => (await db.execute(waiting)).rows.length > 0, 'it to wait for the edit');
      await edit.execute(sql`select 1 from feedmill_data.hosts for update`);
    });
    expect(await givenBack).toBeUndefined();
    expect((await selectHost())?.leases).toBe(0);
  });

  it('is not started when its lease ended while the job waited, but claimed again', async () => {
    await subscribeWithArticles(2);
    const [stale = 0] = (await claim()).articles;
    await db.execute(sql`
      with row as (update feedmill_data.articles set due_at = now() - interval '1 hour' where id = ${stale})
      update feedmill_data.hosts set leases = array[now() - interval '1 second'], turn_at = now()`);
    const [other = 0] = (await claim()).articles;
    expect(other).not.toBe(stale);
    expect(await articles.startArticle(stale)).toBeUndefined();
    expect(await articles.startArticle(other)).toBeDefined();
  });

  it('is not started in the second half of its lease, nor before a retry is due', async () => {
    const { id } = await subscribe('a.example');
    await claim();
    await db.execute(sql`
      with half as (select date_trunc('milliseconds', now() + interval '25 seconds') as at), row as (update feedmill_data.feeds set due_at = at from half)
      update feedmill_data.hosts set leases = array[at] from half`);
    expect(await feeds.startFeed(id)).toBeUndefined();
    await db.execute(sql`update feedmill_data.feeds set due_at = now() + interval '1 hour'`);
    expect(await feeds.startFeed(id)).toBeUndefined();
  });
});
