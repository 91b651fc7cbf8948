import { type SQL, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { outageStore } from '../../db/outages.js';
import { reportStore } from '../../db/reports.js';
import { createDatabase } from '../database.js';
import { createWorker } from './worker.js';

const { db } = await createDatabase();
const { options, claim, subscribe, endPoll } = createWorker(db, { dueInMs: 0 });
const outages = outageStore(db, options);

beforeEach(async () => {
  await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts, feedmill_data.outages cascade`);
});

const subscribeAll = (hosts: readonly string[]): Promise<number[]> =>
  Promise.all(hosts.map(async (host) => (await subscribe(host)).id));
/** A poll that the host answers. */
const answer = (id: number) => endPoll(id, { host: { reached: true, latencyMs: 5 } });
/** A poll whose host can't be reached. */
const fail = (id: number, baseMs = 60_000) =>
  endPoll(id, { outcome: 'unreachable', error: 'unreachable', failures: 1, host: { reached: false, trouble: { baseMs } } });
const selectRow = async (query: SQL) => (await db.execute(query)).rows[0];

describe('when most hosts fail at once', () => {
  it('an outage begins, no feed is blamed, and it ends when hosts answer again', async () => {
    const ids = await subscribeAll(['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.example`));
    for (const id of ids) await answer(id);
    expect(await outages.reviewOutage()).toBeUndefined();

    for (const id of ids) await fail(id);
    expect(await outages.reviewOutage()).toBe('began');
    expect(await outages.reviewOutage()).toBeUndefined();
    expect(await outages.inOutage()).toBe(true);
    expect((await reportStore(db).loadStatus()).outage_since).not.toBeNull();
    expect(
      await selectRow(sql`
        select (select sum(failures)::int from feedmill_data.feeds) as failures,
               (select count(*)::int from feedmill_data.hosts where blocked_until is not null or trouble > 0) as blocked,
               (select count(*)::int from feedmill_data.polls where outcome = 'self-outage') as polls`),
    ).toEqual({ failures: 0, blocked: 0, polls: 5 });

    for (const id of ids.slice(0, 3)) await answer(id);
    expect(await outages.reviewOutage()).toBe('ended');
    expect(await outages.inOutage()).toBe(false);
  });

  it('no outage begins for one dead host, or for hosts that never answered', async () => {
    const alive = await subscribeAll(['a.example', 'b.example', 'c.example']);
    const dead = await subscribeAll(Array.from({ length: 20 }, (_, n) => `dead${n}.example`));
    for (const id of alive) await answer(id);
    for (const id of dead) await fail(id, 1);
    expect(await outages.reviewOutage()).toBeUndefined();
    expect(await outages.inOutage()).toBe(false);
  });
});

describe('a review that the database interrupts', () => {
  /** Lets every change of `table` fail. @returns a function that ends this */
  async function breakTable(table: 'hosts' | 'feeds'): Promise<() => Promise<unknown>> {
    await db.execute(sql`
      create function feedmill_data.refuse() returns trigger language plpgsql as $$ begin raise 'disk full' using errcode = '53100'; end $$;
      create trigger refuse before update on feedmill_data.${sql.raw(table)} execute function feedmill_data.refuse()`);
    return () => db.execute(sql`drop function feedmill_data.refuse() cascade`);
  }

  it('undoes the failures at the next review', async () => {
    const ids = await subscribeAll(['a.example', 'b.example', 'c.example', 'd.example']);
    for (const id of ids) await answer(id);
    for (const id of ids) await fail(id);
    const mend = await breakTable('hosts');
    await expect(outages.reviewOutage()).rejects.toThrow();
    await mend();
    expect(await outages.reviewOutage()).toBe('began');
    expect(
      await selectRow(sql`select max(trouble) as trouble, max(failures) as failures
      from feedmill_data.hosts join feedmill_data.feeds using (host)`),
    ).toEqual({ trouble: 0, failures: 0 });
  });

  it('asks healthy hosts at the next review, before it believes in an outage', async () => {
    const well = await subscribeAll(['a.well.example', 'b.well.example', 'c.well.example']);
    const dead = await subscribeAll(['a.dead.example', 'b.dead.example', 'c.dead.example']);
    for (const id of [...well, ...dead]) await answer(id);
    await db.execute(sql`update feedmill_data.hosts set reached_at = now() - interval '20 minutes'`);
    for (const id of dead) await fail(id);
    const mend = await breakTable('feeds');
    await expect(outages.reviewOutage()).rejects.toThrow();
    await mend();
    expect(await outages.reviewOutage()).toBeUndefined();
    expect(await outages.inOutage()).toBe(false);
  });
});

describe('when the hosts that fail were all that was asked, healthy hosts are asked', () => {
  /** Four hosts fail while eight healthy ones are not due. @returns the feeds that are polled to confirm the outage */
  async function failBesideHealthyHosts(): Promise<number[]> {
    const well = await subscribeAll(Array.from({ length: 8 }, (_, n) => `well${n}.example`));
    const dead = await subscribeAll(['a', 'b', 'c', 'd'].map((name) => `${name}.dead.example`));
    for (const id of [...well, ...dead]) await answer(id);
    await db.execute(sql`update feedmill_data.hosts set reached_at = now() - interval '20 minutes'`);
    await db.execute(
      sql`update feedmill_data.feeds set due_at = now() + interval '1 hour' where id = any (${sql.param(well)}::bigint[])`,
    );
    for (const id of dead) await fail(id);
    expect(await outages.reviewOutage()).toBeUndefined();
    expect(await outages.inOutage()).toBe(false);
    const { feeds: called } = await claim();
    expect(called).toHaveLength(5);
    for (const id of called) expect(well).toContain(id);
    return called;
  }

  it('if they answer, there is no outage, and none is suspected again for a while', async () => {
    for (const id of await failBesideHealthyHosts()) await answer(id);
    expect(await outages.reviewOutage()).toBeUndefined();
    expect(await outages.inOutage()).toBe(false);
    await db.execute(sql`update feedmill_data.hosts set reached_at = now() - interval '20 minutes' where reached_at is not null`);
    expect(await outages.reviewOutage()).toBeUndefined();
    expect(await selectRow(sql`select count(*)::int as n from feedmill_data.outages where ended_at is null`)).toEqual({ n: 0 });
  });

  it('if they fail too, the outage is confirmed', async () => {
    for (const id of await failBesideHealthyHosts()) await fail(id);
    expect(await outages.reviewOutage()).toBe('began');
    expect(await outages.inOutage()).toBe(true);
  });
});
