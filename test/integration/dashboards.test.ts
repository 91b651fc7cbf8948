import { describe, expect, it } from 'vitest';
import { createDatabase, insertFeed, insertRecord } from '../database.js';
import { readDashboards } from '../monitoring.js';

const { db } = await createDatabase();
const feedId = await insertFeed(db);
await insertRecord(db, { feedId, url: 'https://a.example/1', text: 'one' });

describe('the queries of the dashboards', () => {
  const queries = readDashboards().flatMap(({ uid, panels }) =>
    panels.flatMap(({ title, targets }) => targets.flatMap(({ rawSql }) => (rawSql ? [{ uid, title, rawSql }] : []))),
  );

  it.each(queries)('$uid: $title can be read by the reader role', async ({ rawSql }) => {
    expect(rawSql).toMatch(/limit \d+$/);
    const client = await db.$client.connect();
    try {
      await client.query('begin; set local role feedmill_reader');
      await client.query(rawSql);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });

  it('are there', () => expect(queries.length).toBeGreaterThan(3));
});
