import { beforeEach, expect, it } from 'vitest';
import { feedStore } from '../../db/feeds.js';
import { makePartitions } from '../../db/partitions.js';
import { endRange, expireRecords } from '../../db/retention.js';
import { feedEntry, POLITENESS } from '../builders.js';
import { createDatabase, until } from '../database.js';
import { createRecords } from './records.js';

const { db } = await createDatabase();
const { query, reset, addRecord, readCursor, waitForChanges } = createRecords(db);

beforeEach(reset);

const entry = (n: number) => feedEntry(n, { host: 'old.example', contentHtml: '<p>long</p>', authors: ['A'] });
const countArticles = async () => (await query('select count(*)::int as n from feedmill_data.articles'))[0];

it('expireRecords deletes old records in batches, oldest first, and their feed does not bring them back', async () => {
  const feeds = feedStore(db, POLITENESS);
  const [feed] = await query<{ id: string; url: string }>('select id, url from feedmill_data.feeds');
  const own = { id: Number(feed?.id), url: feed?.url ?? '', content: 'feed' as const };
  const document = Array.from({ length: 250 }, (_, n) => entry(n));
  await feeds.addEntries(own, document);
  await query(
    "update feedmill_data.articles set stored_at = now() + interval '30 minutes' - substr(url, 21)::int * interval '1 hour', status = 'stored', due_at = null",
  );
  await query(
    "update feedmill_data.articles set stored_at = null, status = 'failed', error = 'gone', updated_at = now() - interval '30 days' where url = 'https://old.example/249'",
  );
  await addRecord('new');
  const start = await readCursor();

  // Hours 49 to 248 are older than two days, and one article failed: two full batches and a last one.
  expect([await expireRecords(db, 2), await expireRecords(db, 2), await expireRecords(db, 2)]).toEqual([true, true, false]);
  expect(await countArticles()).toEqual({ n: 50 });
  const deleted = await waitForChanges(start, 200);
  expect(deleted.every(({ operation }) => operation === 'delete')).toBe(true);
  expect(deleted).toHaveLength(200);

  expect(await feeds.addEntries(own, document)).toEqual({ new: 0, articleIds: [], changed: 0, leftOut: 0, possibleGap: false });
  expect(await countArticles()).toEqual({ n: 50 });
  expect(
    (await query('select count(*)::int as n, max(content_html) as html from feedmill_data.entries where article_id is null'))[0],
  ).toEqual({ n: 201, html: null });
  expect((await query('select count(*)::int as n from feedmill.sightings'))[0]).toEqual({ n: 49 });
  // Neither does an edit.
  await feeds.addEntries(own, [{ ...entry(240), contentHash: 'edited' }]);
  expect(await countArticles()).toEqual({ n: 50 });
});

it('leaves bodies to the end of a range that expires as a whole, and then drops its partitions', async () => {
  await query("select setval(pg_get_serial_sequence('feedmill_data.articles', 'id'), 600000)");
  const old = [await addRecord('one'), await addRecord('two'), await addRecord('three')];
  await query('update feedmill_data.articles set title = title || $2 where id = any ($1)', [old, '!']);
  await query("select setval(pg_get_serial_sequence('feedmill_data.articles', 'id'), 1200000)");
  await makePartitions(db, 0);
  const kept = await addRecord('kept');
  await query("update feedmill_data.articles set stored_at = now() - interval '9 days' where id = any ($1)", [old]);
  await query("update feedmill_data.articles set first_seen_at = now() - interval '7 days' where id = $1", [kept]);
  const start = await readCursor();
  const bodies = async () =>
    (await query('select count(*)::int as n from feedmill_data.bodies where article_id = any ($1)', [old]))[0];

  expect(await expireRecords(db, 8)).toBe(true);
  expect((await waitForChanges(start, 3)).map(({ operation, record_id }) => [operation, Number(record_id)])).toEqual(
    old.map((id) => ['delete', id]),
  );
  expect(await query('select id::int from feedmill.records')).toEqual([{ id: kept }]);
  expect(await bodies()).toEqual({ n: 3 });
  expect(await query('select record_id from feedmill.record_revisions where record_id = any ($1)', [old])).toEqual([]);
  while (await expireRecords(db, 8));
  expect(await bodies()).toEqual({ n: 0 });
  expect((await query('select lower::int from feedmill_data.id_ranges order by 1'))[0]).toEqual({ lower: 1_000_000 });
  expect(await query('select content_text from feedmill.records')).toEqual([{ content_text: 'kept' }]);
});

/** Makes a range of ids that ends, with `count` records of a feed that are nine days old, and the next one, with a record of today. */
async function addEndingRange(count: number) {
  const lower = Number((await query<{ upper: string }>('select max(upper) as upper from feedmill_data.id_ranges'))[0]?.upper);
  await query("select setval(pg_get_serial_sequence('feedmill_data.articles', 'id'), $1)", [lower]);
  await makePartitions(db, 0);
  const feeds = feedStore(db, POLITENESS);
  const [feed] = await query<{ id: string; url: string }>('select id, url from feedmill_data.feeds');
  const own = { id: Number(feed?.id), url: feed?.url ?? '', content: 'feed' as const };
  const document = Array.from({ length: count }, (_, n) => ({
    ...entry(n),
    enclosures: [{ url: `https://old.example/${n}.mp3`, type: 'audio/mpeg' }],
  }));
  await feeds.addEntries(own, document);
  await query("update feedmill_data.articles set stored_at = now() - interval '9 days', status = 'stored', due_at = null");
  await query("select setval(pg_get_serial_sequence('feedmill_data.articles', 'id'), $1)", [lower + 1_000_000]);
  await makePartitions(db, 0);
  await addRecord('of today');
  return { poll: (seen = document) => feeds.addEntries(own, seen), document };
}

const NOTHING_NEW = { new: 0, articleIds: [], changed: 0, leftOut: 0, possibleGap: false };

it('leaves entries to the end of their range, too: nobody sees them, and they keep their items from coming back', async () => {
  const { poll, document } = await addEndingRange(3);
  const count = async (where: string) =>
    (await query<{ n: number }>(`select count(*)::int as n from feedmill_data.entries where ${where}`))[0]?.n;

  expect(await expireRecords(db, 8)).toBe(true);
  expect(await countArticles()).toEqual({ n: 1 });
  expect(await count('article_id is not null')).toBe(3);
  expect(await query('select from feedmill.sightings')).toEqual([]);
  expect(await query('select from feedmill.enclosures')).toEqual([]);
  const edited = document.map((one) => ({ ...one, contentHash: 'edited', normalizedUrl: `${one.normalizedUrl}/moved` }));
  for (const seen of [document, edited]) expect(await poll(seen)).toEqual(NOTHING_NEW);
  expect(await countArticles()).toEqual({ n: 1 });

  // The range ends when the record after it is a day old.
  while (await expireRecords(db, 8));
  expect(await count('article_id is not null')).toBe(3);
  await query("update feedmill_data.articles set first_seen_at = now() - interval '2 days'");
  while (await expireRecords(db, 8));
  expect(await count("article_id is null and content_html is null and enclosures = '[]'")).toBe(3);
  expect(await poll()).toEqual(NOTHING_NEW);
  expect(await query('select count(*)::int as n from feedmill_data.bodies')).toEqual([{ n: 1 }]);
});

it('ends a range also when the maximum age was taken back meanwhile', async () => {
  await addEndingRange(3);
  await query(
    "update feedmill_data.articles set first_seen_at = now() - interval '2 days' where stored_at > now() - interval '1 day'",
  );
  await expireRecords(db, 8);
  const ended = () => query('select from feedmill_data.ended_range()');
  expect(await ended()).toHaveLength(1);
  while (await endRange(db));
  expect(await ended()).toEqual([]);
  expect(await query('select from feedmill_data.entries where article_id is not null')).toEqual([]);
  expect(await query('select count(*)::int as n from feedmill_data.bodies')).toEqual([{ n: 1 }]);
});

it('keeps the partitions of a range as long as entries name its articles', async () => {
  await addEndingRange(3);
  await query(
    "update feedmill_data.articles set first_seen_at = now() - interval '2 days' where stored_at > now() - interval '1 day'",
  );
  const range = () =>
    query(
      'select from feedmill_data.id_ranges r join feedmill_data.entries e on e.article_id between r.lower and r.upper - 1 limit 1',
    );
  await expireRecords(db, 8);
  // Whoever calls it.
  for (let n = 0; n < 3; n += 1) await query('select feedmill_data.drop_empty_range()');
  expect(await range()).toHaveLength(1);
  const before = (await query('select from feedmill_data.id_ranges')).length;
  while (await expireRecords(db, 8));
  expect(await query('select from feedmill_data.id_ranges')).toHaveLength(before - 1);
});

it('partitions are dropped later if a reader that has one table waits for another', async () => {
  await addEndingRange(1);
  await query("delete from feedmill_data.articles where stored_at < now() - interval '1 day'");
  await query("update feedmill_data.articles set first_seen_at = now() - interval '2 days'");
  const reader = await db.$client.connect();
  await reader.query('begin');
  // As a search does: the last of these tables first.
  await reader.query('select from feedmill_data.search_keys limit 1');
  const drop = expireRecords(db, 8).catch((error: unknown) => error);
  await until(
    () =>
      query("select from pg_locks where relation = 'feedmill_data.search_keys'::regclass and not granted").then(
        (rows) => rows.length > 0,
      ),
    'the partitions to be locked',
  );
  await reader.query('select from feedmill_data.bodies limit 1');
  // Neither of them was in a deadlock.
  expect(await drop).toMatchObject({ cause: { code: '57014' } });
  await reader.query('commit');
  reader.release();
  const before = (await query('select from feedmill_data.id_ranges')).length;
  while (await expireRecords(db, 8));
  expect((await query('select from feedmill_data.id_ranges')).length).toBeLessThan(before);
});

it('a poll that has read an entry does not bring its record back when retention deletes it first', async () => {
  const feeds = feedStore(db, POLITENESS);
  const [feed] = await query<{ id: string; url: string }>('select id, url from feedmill_data.feeds');
  const own = { id: Number(feed?.id), url: feed?.url ?? '', content: 'feed' as const };
  await feeds.addEntries(own, [entry(1)]);
  const retention = await db.$client.connect();
  await retention.query('begin');
  await retention.query('update feedmill_data.entries set article_id = null');
  await retention.query('delete from feedmill_data.articles');
  const poll = feeds.addEntries(own, [{ ...entry(1), contentHash: 'edited', normalizedUrl: 'https://old.example/moved' }]);
  await until(
    async () =>
      (await query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")).length > 0,
    'the poll to wait for retention',
  );
  await retention.query('commit');
  retention.release();
  expect(await poll).toMatchObject({ new: 0, changed: 0 });
  expect(await countArticles()).toEqual({ n: 0 });
  expect(await query('select article_id from feedmill_data.entries')).toEqual([{ article_id: null }]);
});
