import { describe, expect, it } from 'vitest';
import { openDb } from '../../db/client.js';
import { makePartitions } from '../../db/partitions.js';
import { createDatabase, insertFeed, insertRecord } from '../database.js';

const { db, url } = await createDatabase();
const query = async (text: string) => (await db.$client.query(text)).rows;
const feedId = await insertFeed(db);
const ranges = () => query('select lower::int, upper::int from feedmill_data.id_ranges order by lower');
const partitionsOf = async (table: string) =>
  (
    await query(`
      select inhrelid::regclass::text as name from pg_inherits where inhparent = 'feedmill_data.${table}'::regclass order by 1`)
  ).map(({ name }) => name);
const giveOutIds = (last: number) => query(`select setval(pg_get_serial_sequence('feedmill_data.articles', 'id'), ${last})`);

describe('makePartitions', () => {
  it('leaves a small installation at one partition', async () => {
    expect(await makePartitions(db, 0)).toBe(0);
    expect(await ranges()).toEqual([{ lower: 0, upper: 1_000_000 }]);
    expect(await partitionsOf('revisions')).toEqual(['feedmill_data.revisions_0']);
  });

  it('makes one ahead in all tables, once, when many processes look at the same time', async () => {
    await giveOutIds(760_000);
    const tables = await query('select * from feedmill_data.partitioned_tables()');
    const made = await Promise.all(Array.from({ length: 4 }, () => makePartitions(db, 0)));
    expect(made.toSorted((a, b) => a - b)).toEqual([0, 0, 0, tables.length]);
    expect(await ranges()).toEqual([
      { lower: 0, upper: 1_000_000 },
      { lower: 1_000_000, upper: 2_000_000 },
    ]);
    expect(await partitionsOf('pages')).toEqual(['feedmill_data.pages_0', 'feedmill_data.pages_1000000']);
  });

  it('makes smaller ones where records are kept for a time, enough for what comes until the next look', async () => {
    await giveOutIds(1_800_000);
    await makePartitions(db, 30);
    expect((await ranges()).slice(2)).toEqual([
      { lower: 2_000_000, upper: 2_050_000 },
      { lower: 2_050_000, upper: 2_100_000 },
    ]);
  });

  it('blocks neither readers nor writers, and does not wait for them', async () => {
    const other = openDb(url, { onError: () => undefined });
    try {
      const id = await insertRecord(db, { feedId, url: 'https://a.example/1', text: 'One' });
      await other.transaction(async (tx) => {
        await tx.execute(`update feedmill_data.articles set title = 'Two' where id = ${id}`);
        await tx.execute('select * from feedmill.record_revisions');
        await giveOutIds(2_000_000);
        expect(await makePartitions(db, 0)).toBeGreaterThan(0);
        await tx.execute(`update feedmill_data.articles set title = 'Three' where id = ${id}`);
      });
      expect(await query(`select tableoid::regclass::text as name, revision from feedmill_data.revisions order by 2`)).toEqual([
        { name: 'feedmill_data.revisions_1000000', revision: 1 },
        { name: 'feedmill_data.revisions_1000000', revision: 2 },
      ]);
    } finally {
      await other.$client.end();
    }
  });
});

it('deletes what belongs to an article along with it, however it is deleted', async () => {
  const ids = await Promise.all([1, 2, 3].map((n) => insertRecord(db, { feedId, url: `https://b.example/${n}`, text: `B${n}` })));
  const list = ids.join(', ');
  await query(`update feedmill_data.articles set title = title || '!' where id in (${list})`);
  await query(
    `insert into feedmill_data.pages (article_id, number, url, content_type, body) select unnest(array[${list}]), 1, 'u', 't', ''`,
  );
  await query(`insert into feedmill_data.search (article_id, words) select unnest(array[${list}]), ''`);
  await query(`insert into feedmill_data.reextractions (article_id, run) select unnest(array[${list}]), 1`);
  await query(`insert into feedmill_data.fingerprints (article_id, cluster_id) select unnest(array[${list}]), ${ids[0]}`);
  const left = async () => {
    const tables = ['pages', 'search', 'reextractions', 'fingerprints', 'revisions'];
    const counts = tables.map(
      (table) => `(select count(*) from feedmill_data.${table} where article_id in (${list}))::int as ${table}`,
    );
    return (await query(`select ${counts.join(', ')}`))[0];
  };
  await query(`delete from feedmill_data.articles where id = ${ids[0]}`);
  expect(Object.values(await left())).toEqual([2, 2, 2, 2, 2]);
  await query('delete from feedmill_data.feeds');
  expect(Object.values(await left())).toEqual([0, 0, 0, 0, 0]);
});

it('empties what belongs to articles when they are truncated', async () => {
  const feed = await insertFeed(db, 'https://c.example/feed');
  const id = await insertRecord(db, { feedId: feed, url: 'https://c.example/1', text: 'C' });
  await query(`update feedmill_data.articles set title = 'C!' where id = ${id}`);
  await query(`insert into feedmill_data.search (article_id, words) values (${id}, '')`);
  await query(`insert into feedmill_data.search_keys (article_id, title, keys) values (${id}, '{}', '{}')`);
  await query(`insert into feedmill_data.fingerprints (article_id, cluster_id) values (${id}, ${id})`);
  await query(`insert into feedmill_data.fingerprint_keys (article_id, key) values (${id}, 1)`);
  await query(`insert into feedmill_data.pages (article_id, number, url, content_type, body) values (${id}, 1, 'u', 't', '')`);
  await query(`insert into feedmill_data.reextractions (article_id, run) values (${id}, 1)`);
  await query(`insert into feedmill_data.entries (feed_id, key, article_id, content_hash) values (${feed}, 'k', ${id}, 'h')`);
  // All that have no key which would stop a TRUNCATE without CASCADE.
  const tables = await query(`
    select distinct relname as name from pg_attribute join pg_class c on c.oid = attrelid
    where relnamespace = 'feedmill_data'::regnamespace and attname = 'article_id' and relkind in ('r', 'p') and not relispartition
      and not exists (select from pg_constraint where conrelid = c.oid and confrelid = 'feedmill_data.articles'::regclass)`);
  const count = async () => {
    const counts = await Promise.all(
      tables.map(async ({ name }) => [name, (await query(`select count(*)::int as n from feedmill_data.${name}`))[0].n]),
    );
    return counts.flatMap(([name, n]) => (n > 0 ? name : [])).toSorted();
  };
  expect(await count()).toEqual(tables.map(({ name }) => name).toSorted());
  await query('truncate feedmill_data.articles cascade');
  expect(await count()).toEqual([]);
});
