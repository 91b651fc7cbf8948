import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { recordFault } from '../../db/faults.js';
import { giveBack } from '../../db/give-back.js';
import { hostStore } from '../../db/hosts.js';
import { pageStore } from '../../db/pages.js';
import type { LeasedRow } from '../../src/jobs/leased-row.js';
import type { StartedFeed } from '../../src/jobs/subscribed-feed.js';
import { articleRecord, feedEntry, pollResult } from '../builders.js';
import { createDatabase } from '../database.js';
import { createWorker } from './worker.js';

const { db } = await createDatabase();
const { options, feeds, articles, claim, subscribe, startPoll, startArticle } = createWorker(db);

beforeEach(async () => {
  await db.execute(sql`
    truncate feedmill_data.feeds, feedmill_data.hosts, feedmill_data.robots cascade`);
});

/** All that jobs write, but for the state of hosts, which a stale job may free. */
const selectAll = async () =>
  (
    await db.execute(sql`
      select (select json_agg(f order by id) from feedmill_data.feeds f) as feeds,
             (select json_agg(e order by id) from feedmill_data.entries e) as entries,
             (select json_agg(a order by id) from feedmill_data.articles a) as articles,
             (select json_agg(p) from feedmill_data.pages p) as pages,
             (select json_agg(p) from feedmill_data.polls p) as polls,
             (select json_agg(r) from feedmill_data.robots r) as robots`)
  ).rows[0];

/** The leases of all hosts, as text. */
const selectLeases = async () =>
  (await db.execute<{ lease: string }>(sql`select unnest(leases)::text as lease from feedmill_data.hosts`)).rows;

/** Lets all leases end, as if the process that holds them had slept. */
const endLeases = () =>
  db.execute(sql`
    update feedmill_data.feeds set due_at = now() where due_at is not null;
    update feedmill_data.articles set due_at = now() where due_at is not null;
    update feedmill_data.hosts set leases = '{}', next_at = now(), turn_at = now()`);

/** An article whose work one job started and then slept through; another job has started it since. */
async function startTwice(content: 'page' | 'feed' = 'page') {
  const feed = await subscribe('a.example', content);
  await db.execute(sql`update feedmill_data.feeds set due_at = null`);
  await feeds.addEntries(feed, [feedEntry(1)]);
  const late = await startArticle((await claim()).articles[0]);
  await endLeases();
  const current = await startArticle((await claim()).articles[0]);
  return { late, current };
}

const error = new Error('broken');
const record = articleRecord({ title: 'Late' });
const page = { url: 'https://a.example/1', contentType: 'text/html', body: Buffer.from('late') };

describe('a stale job of an article', () => {
  it.each<[string, (late: LeasedRow) => Promise<unknown>]>([
    ['a record', (late) => articles.recordArticle(late, { kind: 'stored', record }, {})],
    ['a failure', (late) => articles.recordArticle(late, { kind: 'failed', problem: { kind: 'missing', text: '' } }, {})],
    ['a page', (late) => pageStore(db).savePage(late, 1, page)],
    ['a fault', (late) => recordFault(db, options, 'articles', late, { error, kind: 'bug' })],
    ['that it is given back', (late) => giveBack(db, 'articles', [late], options)],
    [
      'a robots.txt',
      (late) =>
        late.turn
          ? hostStore(db).saveRobots(late.turn, 'https://a.example', { read: { rules: '', host: 'a.example', crawlDelayMs: 1 } })
          : Promise.resolve(),
    ],
  ])('does not write %s', async (_, write) => {
    for (const content of ['page', 'feed'] as const) {
      const { late, current } = await startTwice(content);
      const [before, leases] = [await selectAll(), await selectLeases()];
      await write(late);
      expect(await selectAll()).toEqual(before);
      expect(await selectLeases()).toEqual(leases);
      expect(await articles.recordArticle(current, { kind: 'stored', record: articleRecord() }, {})).toBe('written');
      expect(await selectLeases()).toEqual([]);
      await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts cascade`);
    }
  });

  it('does not blame its host for what it saw after its lease', async () => {
    const { late } = await startTwice();
    await articles.recordArticle(late, { kind: 'unchanged' }, { reached: false, trouble: { baseMs: 60_000 } });
    const { rows } = await db.execute(sql`select trouble, blocked_until, unreachable_at from feedmill_data.hosts`);
    expect(rows).toEqual([{ trouble: 0, blocked_until: null, unreachable_at: null }]);
  });

  it('frees its host when the entry was edited meanwhile, and its article is done again', async () => {
    const feed = await subscribe('a.example');
    await db.execute(sql`update feedmill_data.feeds set due_at = null`);
    await feeds.addEntries(feed, [feedEntry(1)]);
    const article = await startArticle((await claim()).articles[0]);
    await feeds.addEntries(feed, [feedEntry(1, { title: 'Edited', contentHash: 'edited' })]);
    expect(await articles.recordArticle(article, { kind: 'stored', record }, { reached: true })).toBe('stale');
    expect(await selectLeases()).toEqual([]);
    expect((await startArticle((await claim()).articles[0])).feed.title).toBe('Edited');
  });

  it('of a deleted article frees its host', async () => {
    const { current } = await startTwice();
    await db.execute(sql`delete from feedmill_data.articles`);
    expect(await articles.recordArticle(current, { kind: 'stored', record }, {})).toBe('stale');
    expect(await selectLeases()).toEqual([]);
  });
});

describe('a stale poll', () => {
  it.each<[string, (late: StartedFeed) => Promise<unknown>]>([
    ['entries', async (late) => expect(await feeds.addEntries(late, [feedEntry(1)])).toBe('stale')],
    ['another identity', (late) => feeds.keyByLink(late)],
    ['a poll', async (late) => expect(await feeds.recordPoll(late, pollResult())).toBe('stale')],
    [
      'a redirect',
      async (late) =>
        expect(
          await feeds.postponePoll(late, { host: 'b.example', to: { url: 'https://b.example/', permanent: true } }, {}),
        ).toBe('stale'),
    ],
    ['a fault', (late) => recordFault(db, options, 'feeds', late, { error, kind: 'bug' })],
    ['that it is given back', (late) => giveBack(db, 'feeds', [late], options)],
    ['anything when it is dropped', (late) => feeds.dropPoll(late, { reached: true })],
  ])('does not write %s', async (_, write) => {
    const { id } = await subscribe('a.example');
    await claim();
    const late = await startPoll(id);
    await endLeases();
    await claim();
    const current = await startPoll(id);
    const [before, leases] = [await selectAll(), await selectLeases()];
    await write(late);
    expect(await selectAll()).toEqual(before);
    expect(await selectLeases()).toEqual(leases);
    expect(await feeds.recordPoll(current, pollResult())).toBe('written');
    expect(await selectLeases()).toEqual([]);
  });

  it('is not what a push is: that has no lease, and only needs its feed', async () => {
    const feed = await subscribe('a.example');
    await claim();
    const polled = await startPoll(feed.id);
    const pushed = pollResult({ via: 'push', outcome: 'news' });
    expect(await feeds.addEntries(feed, [feedEntry(1)])).toMatchObject({ new: 1 });
    expect(await feeds.recordPoll(feed, pushed)).toBe('written');
    expect(await feeds.recordPoll(polled, pollResult())).toBe('written');
    await db.execute(sql`delete from feedmill_data.feeds`);
    expect(await feeds.addEntries(feed, [feedEntry(2)])).toBe('stale');
    expect(await feeds.recordPoll(feed, pushed)).toBe('stale');
  });
});
