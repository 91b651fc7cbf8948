import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { listPutAside } from '../../db/index-faults.js';
import { indexRecords } from '../../db/indexer.js';
import { claimUnindexed, lockUnindexed } from '../../db/unindexed.js';
import { createCommandLine } from '../command-line.js';
import { createDatabase, insertFeed, insertRecord, until } from '../database.js';
import { INDEXING, waitForIndex } from './search-index.js';

const { db, url } = await createDatabase();
const feedId = await insertFeed(db);
let stored = 0;
const store = (text: string, connection: Parameters<typeof insertRecord>[0] = db) => {
  stored += 1;
  return insertRecord(connection, { feedId, url: `https://a.example/${stored}`, text });
};
const query = async (text: string, values: unknown[] = []) => (await db.$client.query(text, values)).rows;
const isFound = async (word: string) => (await query('select from feedmill.search($1)', [word])).length === 1;

describe('records to index', () => {
  it('are those stored, and those whose title or text changed, whoever changed them', async () => {
    const [kept, edited, retitled, deleted] = [await store('one'), await store('two'), await store('three'), await store('four')];
    const pending = async () =>
      (await query('select article_id::int as id from feedmill_data.unindexed order by 1')).map(({ id }) => id);
    expect(await pending()).toEqual([kept, edited, retitled, deleted]);
    await waitForIndex(db);
    await query("update feedmill_data.articles set lead_image_url = 'https://a.example/i', due_at = now() where id = $1", [kept]);
    await query("update feedmill_data.articles set content_text = 'second' where id = $1", [edited]);
    await query("update feedmill_data.articles set title = 'third' where id = $1", [retitled]);
    await query("update feedmill_data.articles set title = 'fourth' where id = $1", [deleted]);
    await query('delete from feedmill_data.articles where id = $1', [deleted]);
    expect(await pending()).toEqual([edited, retitled, deleted]);
    await waitForIndex(db);
    expect([await isFound('second'), await isFound('third'), await isFound('fourth')]).toEqual([true, true, false]);
  });

  it('are claimed by one indexer each, also when many claim at once', async () => {
    for (let n = 0; n < 120; n += 1) await store(`swarm ${n}`);
    const claims = await Promise.all(Array.from({ length: 6 }, () => claimUnindexed(db)));
    const ids = claims.flatMap((claim) => claim?.ids ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    await query('update feedmill_data.unindexed set due_at = now()');
    await waitForIndex(db);
    expect(await query("select from feedmill.search('swarm', 500)")).toHaveLength(120);
  });

  it('are shared by the indexers of two processes, a batch at a time in the order of their ids', async () => {
    await query(
      `insert into feedmill_data.articles (url, feed_id, status, due_at, title, content_text, content_source, stored_at)
       select 'https://a.example/shared/' || n, $1, 'stored', null, 'Shared ' || n, 'Text ' || n, 'page', now() from generate_series(1, 200) n`,
      [feedId],
    );
    // Whoever has the words of a batch waits here to place its records.
    const gate = await db.$client.connect();
    await gate.query('begin');
    await gate.query('select from feedmill_data.contract for update');
    const claims = () =>
      query(`select count(*)::int as records, max(article_id) - min(article_id) as span from feedmill_data.unindexed
        where due_at > now() group by due_at`);
    const indexers = [1, 2].map(() => fork('test/integration/index-records.ts', [url], { execArgv: ['--import', 'tsx'] }));
    const ends = indexers.map((indexer) => once(indexer, 'exit'));
    await until(async () => (await claims()).length === 2, 'two claims');
    expect(await claims()).toEqual([
      { records: 50, span: '49' },
      { records: 50, span: '49' },
    ]);
    await gate.query('commit');
    gate.release();
    expect((await Promise.all(ends)).map(([code]) => code)).toEqual([0, 0]);
    expect(await query('select * from feedmill_data.unindexed')).toEqual([]);
    expect(await query("select from feedmill.search('shared', 500)")).toHaveLength(200);
  });

  it('are left alone by a late indexer once they have changed again, or belong to another one', async () => {
    const [changed, taken, own] = [await store('before'), await store('taken'), await store('own')];
    const claim = await claimUnindexed(db);
    if (!claim) throw new Error('no claim');
    await query("update feedmill_data.articles set content_text = 'after' where id = $1", [changed]);
    await query("update feedmill_data.unindexed set due_at = now() - interval '1 second' where article_id = $1", [taken]);
    expect((await claimUnindexed(db))?.ids).toEqual([changed, taken]);
    expect(await db.transaction((tx) => lockUnindexed(tx, claim))).toEqual([own]);
    await query('update feedmill_data.unindexed set due_at = now()');
    await waitForIndex(db);
  });

  it('stay to be indexed when they change in a transaction that is still open', async () => {
    const id = await store('early');
    const writer = await db.$client.connect();
    await writer.query('begin');
    await writer.query("update feedmill_data.articles set content_text = 'later' where id = $1", [id]);
    await indexRecords(db, INDEXING);
    await writer.query('commit');
    writer.release();
    await waitForIndex(db);
    expect(await isFound('later')).toBe(true);
  });
});

describe('a record that can not be indexed', () => {
  /** Lets Postgres refuse the words of a record. */
  const refuse = (id: number, sqlstate: string) =>
    query(`
      create or replace function feedmill_data.refuse() returns trigger language plpgsql as $$
      begin raise exception 'refused' using errcode = '${sqlstate}'; end $$;
      create or replace trigger refuse before insert on feedmill_data.search_keys for each row
      when (new.article_id = ${id}) execute function feedmill_data.refuse()`);
  const accept = () => query('drop trigger if exists refuse on feedmill_data.search_keys');
  const rowOf = async (id: number) =>
    (await query('select faults, error, due_at > now() as waits from feedmill_data.unindexed where article_id = $1', [id]))[0];
  const waitOf = async (id: number) =>
    (
      await query(
        'select round(extract(epoch from due_at - now()))::int as s from feedmill_data.unindexed where article_id = $1',
        [id],
      )
    )[0]?.s;

  it.each<{ problem: string; error: string; sqlstate?: string }>([
    { problem: 'our own code fails', error: 'no sketch' },
    { problem: 'Postgres refuses it', error: 'refused', sqlstate: '54000' },
    { problem: 'its data is damaged', error: 'refused', sqlstate: 'XX001' },
  ])('is put aside, and the others are indexed, when $problem', async ({ error, sqlstate }) => {
    const told: unknown[] = [];
    const indexing = {
      ...INDEXING,
      fingerprint: (text: string, words: Iterable<number>) => {
        if (text === 'poison' && !sqlstate) throw new Error(error);
        return INDEXING.fingerprint(text, words);
      },
      onFaults: (faults: unknown) => told.push(faults),
    };
    const [before, id, after] = [await store('first'), await store('poison'), await store('last')];
    if (sqlstate) await refuse(id, sqlstate);
    await indexRecords(db, indexing);
    expect(await query('select article_id::int as id from feedmill_data.unindexed')).toEqual([{ id }]);
    expect(
      await query('select count(*)::int as n from feedmill_data.search_keys where article_id = any ($1)', [[before, after]]),
    ).toEqual([{ n: 2 }]);
    expect(told).toEqual([[{ recordId: id, error }]]);
    expect(await rowOf(id)).toEqual({ faults: 1, error, waits: true });
    const first = await waitOf(id);

    await listPutAside(db, { retry: true });
    await indexRecords(db, indexing);
    expect(await waitOf(id)).toBeGreaterThan(1.5 * first);
    await accept();
    await listPutAside(db, { retry: true });
    await waitForIndex(db);
  });

  it('is shown by the command check, which has it tried again', async () => {
    const id = await store('shown');
    await query("update feedmill_data.unindexed set faults = 2, error = 'refused', due_at = now() + interval '1 hour'");
    const { run } = createCommandLine(() => ({ listPutAside: (options) => listPutAside(db, options) }));
    await expect(run('check', '--index')).rejects.toThrow('1 record could not be indexed, because of a fault in Feedmill');
    expect(JSON.parse(await run('check', '--index', '--repair', '--json'))).toEqual({
      record_id: id,
      url: `https://a.example/${stored}`,
      faults: 2,
      error: 'refused',
    });
    await waitForIndex(db);
    expect(await run('check', '--index')).toBe('No record failed to be indexed.\n');
  });

  it('is left to its lease, with the others, when the disk is full', async () => {
    const ids = [await store('full 1'), await store('full 2')];
    await refuse(ids[1] ?? 0, '53100');
    await expect(indexRecords(db, INDEXING)).rejects.toThrow();
    expect(await query('select faults, due_at > now() as leased from feedmill_data.unindexed')).toEqual(
      ids.map(() => ({ faults: 0, leased: true })),
    );
    await accept();
    await query('update feedmill_data.unindexed set due_at = now()');
    await waitForIndex(db);
  });
});

describe('the migration to a queue', () => {
  it('takes over what lies after the cursor of the version before', async () => {
    const { db: old } = await createDatabase();
    const oldFeed = await insertFeed(old);
    const add = (text: string) => insertRecord(old, { feedId: oldFeed, url: `https://a.example/${text}`, text });
    await add('indexed');
    await old.$client.query(`
      update feedmill_data.contract set search_cursor = (select concat_ws('.', epoch, tx, id) from feedmill_data.changes);
      drop table feedmill_data.unindexed; drop function feedmill_data.note_unindexed() cascade`);
    const [missed, deletedLater] = [await add('missed'), await add('deleted')];
    await old.$client.query('delete from feedmill_data.articles where id = $1', [deletedLater]);
    const statements = (await readFile('db/migrations/0032_unindexed.sql', 'utf8')).split('--> statement-breakpoint');
    for (const statement of statements) await old.$client.query(statement);
    await add('after');
    await waitForIndex(old);
    const { rows } = await old.$client.query('select article_id::int as id from feedmill_data.search_keys order by 1');
    expect(rows.map(({ id }) => id)).toEqual([missed, deletedLater + 1]);
  });
});
