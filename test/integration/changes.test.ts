import pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { beginEpochIfMoved } from '../../db/contract.js';
import { createDatabase, until } from '../database.js';
import { createRecords } from './records.js';

const { db, url } = await createDatabase();
const { query, reset, addRecord, readCursor, readChanges, waitForChanges } = createRecords(db);

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

beforeEach(reset);

describe('the change cursor', () => {
  it('lists inserts, updates with their fields, and deletes, in order and page by page', async () => {
    const start = await readCursor();
    const [one, two] = [await addRecord('One'), await addRecord('Two')];
    await query("update feedmill_data.articles set title = 'Uno', due_at = now() where id = $1", [one]);
    await query("update feedmill_data.articles set due_at = null, attempts = 3, title = 'Uno' where id = $1", [one]);
    await query(
      "insert into feedmill_data.articles (url, feed_id) select 'https://a.example/pending', id from feedmill_data.feeds",
    );
    await query("update feedmill_data.articles set stored_at = now(), title = 'Late' where stored_at is null");
    const seen = await waitForChanges(start, 4);
    expect(seen.map(({ operation, record_id, fields }) => [operation, Number(record_id), fields])).toEqual([
      ['insert', one, null],
      ['insert', two, null],
      ['update', one, ['title']],
      ['insert', expect.any(Number), null],
    ]);
    expect(await readChanges(seen[1]?.cursor ?? '', 1)).toEqual([seen[2]]);
    // Deleting a feed deletes its records. All changes to a deleted record are given as deletions.
    await query('delete from feedmill_data.feeds');
    const after = await waitForChanges(seen[3]?.cursor ?? '', 3);
    expect(after.map(({ operation }) => operation)).toEqual(['delete', 'delete', 'delete']);
    expect((await readChanges(start)).map(({ operation }) => operation)).toEqual(Array.from({ length: 7 }, () => 'delete'));
  });

  it('waits for an older transaction instead of skipping what it may still commit', async () => {
    const start = await readCursor();
    const slow = await connect();
    await slow.query('begin');
    const first = await addRecord('first, committed last', slow);
    const second = await addRecord('second, committed first');
    expect(await readChanges(start)).toEqual([]);
    await slow.query('commit');
    await slow.end();
    expect((await waitForChanges(start, 2)).map(({ record_id }) => Number(record_id))).toEqual([first, second]);
  });

  it('misses no change by many concurrent writers with transactions of random length', async () => {
    const WRITERS = 12;
    const ROUNDS = 25;
    const pause = () => new Promise((done) => setTimeout(done, Math.random() ** 3 * 120));
    const start = await readCursor();
    let writing = WRITERS;
    const writer = async () => {
      const client = await connect();
      const mine: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        await client.query('begin');
        const added: number[] = [];
        for (let step = 0; step <= Math.random() * 3; step += 1) {
          const victim = mine[Math.floor(Math.random() * mine.length)];
          const dice = Math.random();
          if (victim === undefined || dice < 0.5) added.push(await addRecord(`v${Math.random()}`, client));
          else if (dice < 0.8)
            await client.query('update feedmill_data.articles set title = $2, content_text = $2 where id = $1', [
              victim,
              `v${Math.random()}`,
            ]);
          else await client.query('delete from feedmill_data.articles where id = $1', [victim]);
          await pause();
        }
        const kept = Math.random() < 0.85;
        await client.query(kept ? 'commit' : 'rollback');
        if (kept) mine.push(...added);
      }
      await client.end();
      writing -= 1;
    };

    const copy = new Map<string, string>();
    const seen: string[] = [];
    /** What a consumer that follows the bare ids would have seen. */
    const naive = new Set<string>();
    let naiveCursor =
      (await query<{ max: string }>('select coalesce(max(id), 0) as max from feedmill_data.changes'))[0]?.max ?? '0';
    const naiveStart = naiveCursor;
    const consumer = async () => {
      let cursor = start;
      for (let quiet = 0; quiet < 3; ) {
        const still = writing;
        const page = await readChanges(cursor, 1 + Math.floor(Math.random() * 20));
        for (const change of page) {
          const [record] = await query<{ title: string }>('select title from feedmill.records where id = $1', [change.record_id]);
          if (record) copy.set(change.record_id, record.title);
          else copy.delete(change.record_id);
          cursor = change.cursor;
          seen.push(cursor);
        }
        for (const { id } of await query<{ id: string }>('select id from feedmill_data.changes where id > $1 order by id', [
          naiveCursor,
        ])) {
          naive.add(id);
          naiveCursor = id;
        }
        const all = await query<{ n: number }>('select count(*)::int as n from feedmill_data.changes where id > $1', [
          naiveStart,
        ]);
        quiet = still === 0 && page.length === 0 && all[0]?.n === seen.length ? quiet + 1 : 0;
        if (page.length === 0) await pause();
      }
    };
    await Promise.all([consumer(), ...Array.from({ length: WRITERS }, writer)]);

    const table = await query<{ id: string; title: string }>('select id, title from feedmill.records');
    expect(Object.fromEntries(copy)).toEqual(Object.fromEntries(table.map(({ id, title }) => [id, title])));
    expect(table.length).toBeGreaterThan(50);
    expect(new Set(seen).size).toBe(seen.length);
    // Proves that the test can fail: following the ids alone misses changes in the same run.
    expect(naive.size).toBeLessThan(seen.length);
  });

  it('continues in a database that was moved to a server with lower transaction ids', async () => {
    const old = await addRecord('before the move');
    const before = (await waitForChanges(null, 1)).at(-1)?.cursor ?? '';
    await query('update feedmill_data.changes set tx = (tx::text::bigint + 1000000000)::text::xid8');
    const [epoch, tx, id] = before.split('.');
    const kept = `${epoch}.${Number(tx) + 1_000_000_000}.${id}`;
    const client = await connect();
    await beginEpochIfMoved(client);
    await beginEpochIfMoved(client);
    await client.end();
    const fresh = await addRecord('after the move');
    expect((await waitForChanges(kept, 1)).map(({ record_id }) => Number(record_id))).toEqual([fresh]);
    expect((await readChanges(null)).map(({ record_id }) => Number(record_id))).toContain(old);
    expect((await query('select epoch from feedmill_data.contract'))[0]).toEqual({ epoch: 2 });
  });

  it('notifies listeners once per transaction, without payload', async () => {
    const listener = await connect();
    const payloads: string[] = [];
    listener.on('notification', ({ payload }) => payloads.push(payload ?? ''));
    await listener.query('listen feedmill_records');
    const writer = await connect();
    await writer.query('begin');
    const id = await addRecord('a', writer);
    await addRecord('b', writer);
    await writer.query("update feedmill_data.articles set title = 'c' where id = $1", [id]);
    await writer.query('commit');
    await writer.query("notify feedmill_records, 'the end'");
    await writer.end();
    await until(async () => payloads.includes('the end'), 'the last notification');
    await listener.end();
    expect(payloads).toEqual(['', 'the end']);
  });
});
