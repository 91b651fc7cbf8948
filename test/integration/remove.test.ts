import fc from 'fast-check';
import pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { lockFeed } from '../../db/entries.js';
import { manageStore } from '../../db/manage.js';
import { feedEntry } from '../builders.js';
import { createDatabase, insertRecord, until } from '../database.js';
import { createRecords } from './records.js';
import { createWorker } from './worker.js';

const { db, url } = await createDatabase();
const { feeds, subscribe, startPoll } = createWorker(db);
const { query, readCursor } = createRecords(db);
const manage = manageStore(db);

const clear = () => query('truncate feedmill_data.feeds, feedmill_data.hosts, feedmill_data.changes cascade');
beforeEach(clear);

/** A story on a site that no feed belongs to. */
const story = (n: number) => feedEntry(n, { host: 'stories.example' });
const store = (condition = 'true') =>
  query(`update feedmill_data.articles set stored_at = now(), status = 'stored', due_at = null where ${condition}`);

/** What is left after a removal, by the number of the story. */
const readState = async () => ({
  records: await query(`
    select substr(a.url, 25)::int as story, f.url as feed, stored_at is not null as stored
    from feedmill_data.articles a join feedmill_data.feeds f on f.id = a.feed_id order by 1`),
  sightings: await query(`
    select substr(e.url, 25)::int as story, f.url as feed
    from feedmill_data.entries e join feedmill_data.feeds f on f.id = e.feed_id order by 1, 2`),
});

const FEEDS = ['a', 'b', 'c', 'd'];
/** Ways to remove feeds with their records. Each must have the same effect. */
const WAYS: Record<string, (ids: number[]) => Promise<unknown>> = {
  'by the function': (ids) => query('select * from feedmill_admin.remove_feeds($1, true)', [ids]),
  'by the command': (ids) => manage.removeFeedsWithRecords(ids, () => undefined),
};

interface Story {
  /** The feeds that show it, in that order. */
  shownBy: string[];
  stored: boolean;
}

/** What should be left of the stories when these steps have been taken. */
function applySteps(stories: readonly Story[], steps: readonly { feeds: string[]; withRecords: boolean }[]) {
  const left = stories.map(({ shownBy, stored }, n) => ({ story: n, shownBy: [...shownBy], owner: shownBy[0], stored }));
  const removed = new Set<string>();
  for (const { feeds: leaving, withRecords } of steps) {
    for (const feed of leaving) removed.add(feed);
    for (const one of left) {
      if (one.owner === undefined || !leaving.includes(one.owner)) continue;
      const others = one.shownBy.filter((feed) => !leaving.includes(feed) && (one.stored || !removed.has(feed)));
      if (others.length > 0 && (withRecords || !one.stored)) one.owner = others[0];
      else if (withRecords || !one.stored) one.owner = undefined;
    }
    if (withRecords) for (const one of left) one.shownBy = one.shownBy.filter((feed) => !leaving.includes(feed));
  }
  const kept = left.filter(({ owner }) => owner !== undefined);
  const feedUrl = (name: string | undefined) => `https://${name}.example/feed`;
  return {
    deleted: left.filter(({ owner, stored }) => owner === undefined && stored).map(({ story }) => story),
    state: {
      records: kept.map(({ story, owner, stored }) => ({ story, feed: feedUrl(owner), stored })),
      sightings: kept.flatMap(({ story, shownBy }) => [...shownBy].sort().map((feed) => ({ story, feed: feedUrl(feed) }))),
    },
  };
}

describe.each(Object.entries(WAYS))('removing feeds with their records %s', (_, removeWithRecords) => {
  it('deletes what no other feed shows, and keeps all else with its sightings', async () => {
    const stories = fc.array(fc.record({ shownBy: fc.shuffledSubarray(FEEDS, { minLength: 1 }), stored: fc.boolean() }), {
      minLength: 1,
      maxLength: 8,
    });
    const steps = fc.array(fc.record({ feeds: fc.subarray(FEEDS, { minLength: 1 }), withRecords: fc.boolean() }), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(stories, steps, async (given, taken) => {
        await clear();
        const ids = new Map<string, number>();
        for (const name of FEEDS) ids.set(name, (await subscribe(`${name}.example`)).id);
        const idOf = (name: string) => ids.get(name) ?? 0;
        for (const [n, { shownBy }] of given.entries())
          for (const name of shownBy)
            await feeds.addEntries({ id: idOf(name), url: `https://${name}.example/feed`, content: 'page' }, [story(n)]);
        await store(`substr(url, 25)::int = any ('{${given.flatMap(({ stored }, n) => (stored ? [n] : [])).join()}}')`);
        const recordIds = await query<{ id: number; story: number }>(
          'select id::int, substr(url, 25)::int as story from feedmill_data.articles',
        );
        await query('truncate feedmill_data.changes');

        for (const { feeds: names, withRecords } of taken)
          await (withRecords ? removeWithRecords(names.map(idOf)) : manage.removeFeeds(names.map(idOf)));

        const expected = applySteps(given, taken);
        expect(await readState()).toEqual(expected.state);
        const deletions = await query<{ record_id: string }>(
          "select record_id from feedmill_data.changes where operation = 'delete' order by record_id",
        );
        const deleted = recordIds.filter((row) => expected.deleted.includes(row.story)).map(({ id }) => String(id));
        expect(deletions.map(({ record_id: id }) => id)).toEqual(deleted.sort((a, b) => Number(a) - Number(b)));
      }),
      { numRuns: 25 },
    );
  });
});

/** Two feeds that show the stories 1 and 2, and 2 and 3, all stored. */
async function twoFeeds() {
  const [a, b] = [await subscribe('a.example'), await subscribe('b.example')];
  await feeds.addEntries(a, [story(1), story(2)]);
  await feeds.addEntries(b, [story(2), story(3)]);
  await store();
  return { a, b };
}

it('changes() reports the deleted records, and that a shared one has another feed and one sighting less', async () => {
  const { a, b } = await twoFeeds();
  const start = await readCursor();
  const counts = { deleted: 1, kept: 1 };
  expect(await manage.countRecords([a.id])).toEqual(counts);
  expect(await manage.removeFeedsWithRecords([a.id], () => undefined)).toEqual(counts);
  const changes = await until(async () => {
    const seen = await query('select operation, record_id::int as id, fields from feedmill.changes($1)', [start]);
    return seen.length >= 2 && seen;
  }, 'the changes');
  const [shared, own] = await query<{ id: number; feed_id: number }>(
    'select id::int, feed_id::int from feedmill.records order by id',
  );
  expect([shared?.feed_id, own?.feed_id]).toEqual([b.id, b.id]);
  expect(changes).toContainEqual({ operation: 'update', id: shared?.id, fields: ['feed_id'] });
  expect(changes.filter(({ operation }) => operation === 'delete')).toHaveLength(1);
  expect(await query('select feed_id::int, record_id::int from feedmill.sightings where record_id = $1', [shared?.id])).toEqual([
    { feed_id: b.id, record_id: shared?.id },
  ]);
});

it('a deletion by hand deletes no record that another feed shows', async () => {
  const { b } = await twoFeeds();
  await query("delete from feedmill_data.feeds where host = 'a.example'");
  expect(await readState()).toMatchObject({
    records: [
      { story: 2, feed: b.url },
      { story: 3, feed: b.url },
    ],
  });
  await subscribe('a.example');
  await query('delete from feedmill_data.feeds');
  expect(await readState()).toEqual({ records: [], sightings: [] });
});

it('an interrupted removal can be taken up again', async () => {
  const { a } = await twoFeeds();
  const stop = new Error('interrupted');
  await expect(
    manage.removeFeedsWithRecords([a.id], () => {
      throw stop;
    }),
  ).rejects.toThrow(stop);
  await manage.removeFeedsWithRecords([a.id], () => undefined);
  expect(await query('select host from feedmill_data.feeds')).toEqual([{ host: 'b.example' }]);
});

describe('while another feed is polled', () => {
  /** Whether a session waits for a lock. */
  const isWaiting = async () =>
    (await query("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")).length > 0;

  async function inTransaction(work: (client: pg.Client) => Promise<unknown>) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('begin');
    await work(client);
    return async () => {
      await client.query('commit');
      await client.end();
    };
  }

  it('a sighting that is being stored keeps its record', async () => {
    const { a, b } = await twoFeeds();
    const commit = await inTransaction((client) =>
      client.query(
        `insert into feedmill_data.entries (feed_id, key, article_id, url, content_hash)
         select $1, 'late', id, url, 'h' from feedmill_data.articles where url like '%/1' for key share`,
        [b.id],
      ),
    );
    const removal = manage.removeFeedsWithRecords([a.id], () => undefined);
    await until(isWaiting, 'the removal to wait');
    await commit();
    expect(await removal).toEqual({ deleted: 0, kept: 2 });
    expect(await query('select distinct feed_id::int from feedmill.records')).toEqual([{ feed_id: b.id }]);
  });

  it('a sighting of a record that is being deleted brings the story back', async () => {
    const { a, b } = await twoFeeds();
    const commit = await inTransaction((client) => client.query('select * from feedmill_admin.remove_feeds($1, true)', [[a.id]]));
    const poll = feeds.addEntries(b, [story(1), story(2)]);
    await until(isWaiting, 'the poll to wait');
    await commit();
    expect(await poll).toMatchObject({ new: 1 });
    expect((await readState()).sightings).toEqual([1, 2, 3].map((n) => ({ story: n, feed: b.url })));
  });

  it('so does one whose record is deleted in the moment after the poll has found it', async () => {
    const { a, b } = await twoFeeds();
    // Fires for the statement that adds the articles which are missing, and finds that one of them is there.
    await query(`
      create function delete_once() returns trigger language plpgsql as $$ begin
        delete from feedmill_data.articles where url like '%/1' and feed_id = ${a.id};
        return null;
      end $$;
      create trigger delete_once after insert on feedmill_data.articles for each statement execute function delete_once()`);
    try {
      expect(await feeds.addEntries(b, [story(1)])).toMatchObject({ new: 1 });
    } finally {
      await query('drop trigger delete_once on feedmill_data.articles');
    }
    expect((await readState()).records).toContainEqual({ story: 1, feed: b.url, stored: false });
  });

  it('the removal waits for no poll of a feed that it hands records over to, since that may wait for these records', async () => {
    const { a, b } = await twoFeeds();
    const commit = await inTransaction(async (removal) => {
      await removal.query("set local lock_timeout = '5s'");
      await db.transaction(async (poll) => {
        await lockFeed(poll, { id: b.id, leaseEnd: (await startPoll(b.id)).leaseEnd });
        await removal.query('select * from feedmill_admin.remove_feeds($1, true)', [[a.id]]);
      });
    });
    await commit();
    expect(await query('select distinct feed_id::int from feedmill.records')).toEqual([{ feed_id: b.id }]);
  });

  it('records are locked in the order of their ids, so that the two do not deadlock', async () => {
    const { id: feedId } = await subscribe('a.example');
    const store = (n: number) => insertRecord(db, { feedId, url: `https://a.example/${n}`, text: 'x' });
    const [first, second] = [await store(1), await store(2)];
    // Any scan meets the second one first now.
    await query("update feedmill_data.articles set stored_at = now() + interval '1 hour' where id = $1", [first]);
    await manage.removeFeeds([feedId]);
    const lock = 'select 1 from feedmill_data.articles where id = $1 for update';
    let other: pg.Client | undefined;
    const commit = await inTransaction((client) => {
      other = client;
      return client.query(lock, [first]);
    });
    const removal = query('select deleted::int from feedmill_admin.delete_records($1)', [[feedId]]).catch(
      (error: unknown) => error,
    );
    await until(isWaiting, 'the removal to wait');
    await other?.query(lock, [second]);
    await commit();
    expect(await removal).toEqual([{ deleted: 2 }]);
  });
});
