import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { websubStore } from '../../db/websub.js';
import { feedEntry } from '../builders.js';
import { createDatabase, until } from '../database.js';
import { createWorker } from './worker.js';

const { db } = await createDatabase();
const { feeds, articles, claim, subscribe, startPoll, endPoll, startArticle } = createWorker(db, { dueInMs: 0 });

beforeEach(async () => {
  await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts cascade`);
});

describe('a redirect', () => {
  it('of a feed waits for a turn of the new host, and the next poll starts at the old address', async () => {
    const { id } = await subscribe('old.example');
    await claim();
    const next = { host: 'new.example', to: { url: 'https://new.example/feed', permanent: true } };
    await feeds.postponePoll(await startPoll(id), next, { reached: true });
    // The new host is blocked, so the poll waits.
    await db.execute(
      sql`update feedmill_data.hosts set blocked_until = now() + interval '1 hour', turn_at = now() + interval '1 hour' where host = 'new.example'`,
    );
    expect((await claim()).feeds).toEqual([]);
    await db.execute(sql`update feedmill_data.hosts set blocked_until = null, turn_at = now() where host = 'new.example'`);
    expect((await claim()).feeds).toEqual([id]);
    expect(await startPoll(id)).toMatchObject({
      url: 'https://old.example/feed',
      turn: { host: 'new.example' },
      redirect: { url: next.to.url, count: 1, permanent: true },
    });
    await endPoll(id);
    const again = await startPoll(id);
    expect(again.turn.host).toBe('old.example');
    expect(again).not.toHaveProperty('redirect');
  });

  it('of a page does not count as an attempt, and the new address is kept', async () => {
    const { id } = await subscribe('a.example');
    await claim();
    await feeds.addEntries(await startPoll(id), [feedEntry(1)]);
    await endPoll(id);
    await db.execute(sql`update feedmill_data.feeds set due_at = null`);
    const [articleId = 0] = (await claim()).articles;
    await articles.recordArticle(
      await startArticle(articleId),
      { kind: 'redirected', dueAt: new Date(), to: { url: 'https://b.example/1', host: 'b.example' } },
      {},
    );
    expect((await claim()).articles).toEqual([articleId]);
    expect(await articles.startArticle(articleId)).toMatchObject({
      url: 'https://a.example/1',
      pageUrl: 'https://b.example/1',
      redirects: 1,
      attempts: 1,
      turn: { host: 'b.example' },
    });
  });
});

describe('a permanent redirect of a feed', () => {
  const adopt = { kind: 'adopt', to: 'https://new.example/feed' } as const;

  it('is adopted once it has held long enough', async () => {
    const { id } = await subscribe('old.example');
    await endPoll(id, { move: { kind: 'watch', to: adopt.to, since: new Date(), polls: 1 } });
    expect((await startPoll(id)).moved).toMatchObject({ to: adopt.to, polls: 1 });
    await endPoll(id, { move: adopt });
    expect(await startPoll(id)).toMatchObject({ url: adopt.to, turn: { host: 'new.example' } });
  });

  it.each([
    ['of another site ends the subscription at the hub that the old one named', 'https://new.example/feed', false],
    ['of the same site keeps the subscription at its hub', 'https://feeds.old.example/feed', true],
  ])('to an address %s', async (_, to, kept) => {
    const store = websubStore(db);
    const { id, url } = await subscribe('old.example');
    const asked = { feedId: id, hubUrl: 'https://hub.example/', topic: url, secret: 's', token: 't', dueAt: new Date() };
    await store.saveAsked(asked);
    await endPoll(id, { move: { kind: 'adopt', to } });
    expect((await startPoll(id)).url).toBe(to);
    expect((await store.findByToken('t'))?.feedId).toBe(kept ? id : undefined);
  });

  it('to an existing feed of the same site merges the two, without losing or doubling an entry', async () => {
    const [old, other] = [await subscribe('old.site.example'), await subscribe('new.site.example')];
    const entry = (n: number) => feedEntry(n, { host: 'n.example' });
    await feeds.addEntries(await startPoll(old.id), [entry(1), entry(2)]);
    await feeds.addEntries(await startPoll(other.id), [entry(2), entry(3)]);
    await endPoll(old.id, { move: { kind: 'adopt', to: 'https://new.site.example/feed' } });
    const { rows } = await db.execute(sql`
      select (select array_agg(id::int) from feedmill_data.feeds) as feeds,
             (select array_agg(key order by key) from feedmill_data.entries where feed_id = ${other.id}) as keys,
             (select count(*)::int from feedmill_data.articles where feed_id = ${other.id}) as articles`);
    expect(rows).toEqual([{ feeds: [other.id], keys: ['k1', 'k2', 'k3'], articles: 3 }]);
  });

  it('merges two feeds without a deadlock with whoever deletes a record of theirs', async () => {
    const [old] = [await subscribe('old.site.example'), await subscribe('new.site.example')];
    await feeds.addEntries(await startPoll(old.id), [feedEntry(1, { host: 'n.example' })]);
    const deletion = await db.$client.connect();
    await deletion.query('begin');
    await deletion.query('select from feedmill_data.articles for update');
    const merge = endPoll(old.id, { move: { kind: 'adopt', to: 'https://new.site.example/feed' } });
    const waiting = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await until(async () => (await db.execute(waiting)).rows.length > 0, 'the merge to wait for the deletion');
    const locked = await deletion.query('select from feedmill_data.entries for update skip locked');
    await deletion.query('rollback');
    deletion.release();
    await merge;
    expect(locked.rowCount).toBe(1);
  });

  it("to an existing feed of another site retires the feed, which can't pass its entries off as the other's", async () => {
    const [attacker, victim] = [await subscribe('attacker.example'), await subscribe('victim.example')];
    await feeds.addEntries(await startPoll(attacker.id), [feedEntry(1, { host: 'attacker.example' })]);
    await feeds.addEntries(await startPoll(victim.id), [feedEntry(2, { host: 'victim.example' })]);
    await endPoll(attacker.id, { move: { kind: 'adopt', to: 'https://victim.example/feed' } });
    const { rows } = await db.execute(sql`
      select f.url, state, last_error, array(select key from feedmill_data.entries e where e.feed_id = f.id) as keys
      from feedmill.feeds f order by f.id`);
    expect(rows).toEqual([
      {
        url: 'https://attacker.example/feed',
        state: 'retired',
        last_error: expect.stringContaining('https://victim.example/feed'),
        keys: ['k1'],
      },
      { url: 'https://victim.example/feed', state: 'not polled yet', last_error: null, keys: ['k2'] },
    ]);
  });
});
