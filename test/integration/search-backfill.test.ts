import { describe, expect, it } from 'vitest';
import { listBackfills, runBackfillBatch } from '../../db/backfills.js';
import { listPutAside } from '../../db/index-faults.js';
import { createDatabase, insertFeed, insertRecord, until } from '../database.js';
import { INDEXING, waitForIndex } from './search-index.js';

const { db } = await createDatabase();
const feedId = await insertFeed(db);
const found = async (query: string) =>
  (await db.$client.query('select record_id::int as id from feedmill.search($1)', [query])).rows.map(({ id }) => id);
const count = async (table: string) =>
  (await db.$client.query(`select count(*)::int as n from feedmill_data.${table}`)).rows[0].n;

it('records that the program before indexed are found before, while and after they are moved', async () => {
  const ids: number[] = [];
  for (let n = 0; n < 150; n += 1) {
    ids.unshift(
      await insertRecord(db, { feedId, url: `https://a.example/${n}`, text: `The prime minister on day ${n} 岸田文雄` }),
    );
  }
  await db.$client.query(`
    truncate feedmill_data.unindexed;
    insert into feedmill_data.search (article_id, words)
    select id, feedmill_data.search_vector(title, content_text) from feedmill_data.articles`);
  const [later] = ids;
  const expectAllFound = async () => {
    for (const query of ['"prime minister"', '岸田文雄', 'day -"minister prime" -absent', '田']) {
      expect((await found(query)).length, query).toBe(20);
    }
    expect(await found('"day 149"')).toEqual([later]);
    expect(await found('149 -minister')).toEqual([]);
    expect(await found('"minister prime"')).toEqual([]);
  };
  await expectAllFound();

  const moved: number[] = [];
  while ((await listBackfills(db)).length > 0) {
    await runBackfillBatch(db, INDEXING);
    const keys = await count('search_keys');
    expect(keys + (await count('search'))).toBe(ids.length);
    if (moved.at(-1) !== keys) moved.push(keys);
    await expectAllFound();
  }
  expect(moved).toEqual([0, 100, 150]);
});

it('the old words wait for a reader for a short time only, in which others wait, too, and are emptied later', async () => {
  const id = await insertRecord(db, { feedId, url: 'https://a.example/read', text: 'Read' });
  await db.$client.query(`
    insert into feedmill_data.search (article_id, words) values (${id}, 'read');
    update feedmill_data.backfills set position = ${id - 1}, last = ${id}, finished_at = null where name = 'search-keys'`);
  const reader = await db.$client.connect();
  await reader.query('begin; select from feedmill_data.search');
  await expect(runBackfillBatch(db, INDEXING)).rejects.toMatchObject({ cause: { code: '55P03' } });
  expect(await count('search')).toBe(1);
  await reader.query('commit');
  reader.release();
  await runBackfillBatch(db, INDEXING);
  expect([await listBackfills(db), await count('search'), await found('read')]).toEqual([[], 0, [id]]);
});

describe('a record that can not be moved', () => {
  const insert = (text: string) => insertRecord(db, { feedId, url: `https://a.example/${text}`, text });
  const accept = () => db.$client.query('drop trigger if exists refuse on feedmill_data.search_keys');
  /** Lets Postgres refuse the words of a record. */
  const refuse = (id: number, sqlstate: string) =>
    db.$client.query(`
      create or replace function feedmill_data.refuse() returns trigger language plpgsql as $$
      begin raise exception 'refused' using errcode = '${sqlstate}'; end $$;
      create or replace trigger refuse before insert on feedmill_data.search_keys for each row
      when (new.article_id = ${id}) execute function feedmill_data.refuse()`);
  const moveAgain = (ids: readonly number[]) =>
    db.$client.query(`
      truncate feedmill_data.unindexed;
      insert into feedmill_data.search (article_id, words) select unnest('{${ids}}'::bigint[]), 'wire';
      update feedmill_data.backfills set position = ${Math.min(...ids) - 1}, last = ${Math.max(...ids)}, finished_at = null
      where name = 'search-keys'`);
  const fingerprintAllBut = (poison: string) => (text: string, words: Iterable<number>) => {
    if (text === poison) throw new Error('no sketch');
    return INDEXING.fingerprint(text, words);
  };

  it.each<{ problem: string; error: string; sqlstate?: string }>([
    { problem: 'our own code fails', error: 'no sketch' },
    { problem: 'its data is damaged', error: 'refused', sqlstate: 'XX001' },
  ])('is left to the indexer, and the others are moved, when $problem', async ({ error, sqlstate }) => {
    const poison = `poison${sqlstate}`;
    const ids = [await insert(`first${sqlstate}`), await insert(poison), await insert(`last${sqlstate}`)];
    const [first, id, last] = ids as [number, number, number];
    await moveAgain(ids);
    if (sqlstate) await refuse(id, sqlstate);
    await runBackfillBatch(db, { ...INDEXING, fingerprint: sqlstate ? INDEXING.fingerprint : fingerprintAllBut(poison) });
    expect([await listBackfills(db), await count('search')]).toEqual([[], 0]);
    expect([await found(`first${sqlstate}`), await found(`last${sqlstate}`)]).toEqual([[first], [last]]);
    const { rows } = await db.$client.query(
      'select article_id::int as id, faults, error, due_at > now() as waits from feedmill_data.unindexed',
    );
    expect(rows).toEqual([{ id, faults: 1, error, waits: true }]);
    await accept();
    await listPutAside(db, { retry: true });
    await waitForIndex(db);
    expect(await found(poison)).toEqual([id]);
  });

  it('is tried again with its batch when the disk is full', async () => {
    const ids = [await insert('roomy'), await insert('full')];
    await moveAgain(ids);
    await refuse(ids[1] ?? 0, '53100');
    await expect(runBackfillBatch(db, INDEXING)).rejects.toThrow();
    expect([await count('search'), await count('unindexed')]).toEqual([2, 0]);
    await accept();
    await runBackfillBatch(db, INDEXING);
    expect([await listBackfills(db), await count('search'), await found('full')]).toEqual([[], 0, [ids[1]]]);
  });
});

it('a record that changes while its batch waits is moved as it is then', async () => {
  const id = await insertRecord(db, { feedId, url: 'https://a.example/waited', text: 'Earlier' });
  await db.$client.query(`
    truncate feedmill_data.unindexed;
    insert into feedmill_data.search (article_id, words) values (${id}, 'earlier');
    update feedmill_data.backfills set position = ${id - 1}, last = ${id}, finished_at = null where name = 'search-keys'`);
  const other = await db.$client.connect();
  await other.query('begin');
  await other.query('select from feedmill_data.search for update');
  const batch = runBackfillBatch(db, INDEXING);
  await until(
    async () =>
      (await db.$client.query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"))
        .rows.length > 0,
    'the batch to wait',
  );
  await db.$client.query(`update feedmill_data.articles set title = 'Later', content_text = 'Later' where id = $1`, [id]);
  await other.query('commit');
  other.release();
  await batch;
  expect([await found('earlier'), await found('later')]).toEqual([[], [id]]);
  await waitForIndex(db);
});

it('a record that changes meanwhile is moved by the indexer', async () => {
  const id = await insertRecord(db, { feedId, url: 'https://a.example/changed', text: 'Before' });
  await db.$client.query(`insert into feedmill_data.search (article_id, words) values ($1, 'before')`, [id]);
  await db.$client.query(`update feedmill_data.articles set title = 'After', content_text = 'After' where id = $1`, [id]);
  await waitForIndex(db);
  expect(await found('before')).toEqual([]);
  expect(await found('after')).toEqual([id]);
  expect(await count('search')).toBe(0);
});

it('recent records that the program before put into clusters get sketches, so that new copies join them', async () => {
  const text = (subject: string) => Array.from({ length: 60 }, (_, n) => `${subject}${n * n}`).join(' ');
  const insert = (subject: string, copy = 1) =>
    insertRecord(db, { feedId, url: `https://a.example/${subject}/${copy}`, text: text(subject), title: 'Wire story' });
  const [recent, old] = [await insert('harbour'), await insert('election')];
  await db.$client.query(`
    truncate feedmill_data.unindexed; delete from feedmill_data.backfills where name = 'search-keys';
    insert into feedmill_data.search (article_id, words) values (${recent}, 'wire'), (${old}, 'wire');
    insert into feedmill_data.fingerprints (article_id, simhash, cluster_id) values (${recent}, 1, ${recent}), (${old}, 2, ${old});
    update feedmill_data.articles set stored_at = now() - interval '15 days' where id = ${old};
    truncate feedmill_data.unindexed`);
  while ((await listBackfills(db)).length > 0) await runBackfillBatch(db, INDEXING);
  const { rows } = await db.$client.query(
    'select article_id::int as id, cluster_id::int, sketch is null as bare from feedmill_data.fingerprints where article_id in ($1, $2) order by 1',
    [recent, old],
  );
  expect(rows).toEqual([
    { id: recent, cluster_id: recent, bare: false },
    { id: old, cluster_id: old, bare: true },
  ]);

  const copies = [await insert('harbour', 2), await insert('election', 2)];
  await waitForIndex(db);
  const { rows: clusters } = await db.$client.query(
    'select cluster_id::int from feedmill.records where id = any ($1) order by id',
    [copies],
  );
  expect(clusters.map(({ cluster_id: id }) => id)).toEqual([recent, copies[1]]);
});
