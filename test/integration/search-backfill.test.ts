import { expect, it } from 'vitest';
import { listBackfills, runBackfillBatch } from '../../db/backfills.js';
import { createDatabase, insertFeed, insertRecord } from '../database.js';
import { waitForIndex } from './search-index.js';

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
    await runBackfillBatch(db);
    const keys = await count('search_keys');
    expect(keys + (await count('search'))).toBe(ids.length);
    if (moved.at(-1) !== keys) moved.push(keys);
    await expectAllFound();
  }
  expect(moved).toEqual([0, 100, 150]);
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
