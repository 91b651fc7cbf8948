import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { expireChanges, expireHosts, expireOutages, expirePolls, expireRobots } from '../../db/expiry.js';
import { fanOut } from '../../db/fan-out.js';
import { UserError } from '../../src/user-error.js';
import type { App } from '../../workers/app.js';
import { recordReaders } from '../../workers/record-readers.js';
import { countRowsRead, createDatabase, until } from '../database.js';
import { createRecords } from './records.js';

const { db } = await createDatabase();
const { query, reset, addRecord, readCursor, readChanges, waitForChanges } = createRecords(db);

const count = async (table: string) => Number((await query(`select count(*) as n from feedmill_data.${table}`))[0]?.n);

describe('changes', () => {
  beforeEach(async () => {
    await reset();
    await query('delete from feedmill_data.deliveries');
    await query('delete from feedmill_data.changes');
    await query('update feedmill_data.contract set expired_cursor = null');
  });

  /** Stores records whose changes are given out, all but the last `young` of them eight days ago. */
  async function addChanges(records: number, { young }: { young: number }): Promise<string[]> {
    const start = await readCursor();
    for (let n = 0; n < records; n += 1) await addRecord(`Record ${n} ${Math.random()}`);
    const seen = await waitForChanges(start, records);
    await query("update feedmill_data.changes set changed_at = now() - interval '8 days'");
    await query('update feedmill_data.changes set changed_at = now() where record_id = any ($1)', [
      seen.slice(records - young).map(({ record_id }) => record_id),
    ]);
    return seen.map(({ cursor }) => cursor);
  }

  it('end in the order of the cursor, and a cursor that has missed some is refused', async () => {
    const [first, second, third, fourth] = await addChanges(4, { young: 1 });
    expect(await expireChanges(db, 7)).toBe(false);
    expect(await count('changes')).toBe(1);
    for (const missed of [null, '0.0.0', first, second])
      await expect(readChanges(missed ?? null)).rejects.toMatchObject({
        code: '22023',
        message: `cursor ${missed ?? 'null, the beginning,'} is older than the changes that are kept`,
        hint: expect.stringMatching(/current_cursor/),
      });
    expect((await readChanges(third ?? '')).map(({ cursor }) => cursor)).toEqual([fourth]);
    expect(await readChanges(fourth ?? '')).toEqual([]);
  });

  it('that an export has not read: it ends, and says what to do', async () => {
    const [first] = await addChanges(3, { young: 0 });
    await expireChanges(db, 7);
    const { loadChangesAfter } = recordReaders({ db, config: {} } as App);
    await expect(loadChangesAfter(first ?? '')).rejects.toThrow(
      new UserError(
        `The export has missed changes (cursor ${first} is older than the changes that are kept). Run it again: it writes all records first.`,
      ),
    );
  });

  it('leave the current cursor as it is when all of them are old', async () => {
    const cursors = await addChanges(2, { young: 0 });
    await expireChanges(db, 7);
    expect(await count('changes')).toBe(0);
    expect(await readCursor()).toBe(cursors.at(-1));
    const next = await addRecord('next');
    expect((await waitForChanges(cursors.at(-1) ?? '', 1)).map(({ record_id }) => Number(record_id))).toEqual([next]);
  });

  it('stay behind one that is still young, and those that a running transaction holds back', async () => {
    await addChanges(1, { young: 0 });
    const start = await readCursor();
    const writer = await db.$client.connect();
    await writer.query('begin; select pg_current_xact_id()');
    for (const title of ['held back', 'held back, too']) await addRecord(title);
    await query("update feedmill_data.changes set changed_at = now() - interval '8 days'");
    await expireChanges(db, 7);
    expect(await count('changes')).toBe(2);
    await writer.query('rollback');
    writer.release();
    await waitForChanges(start, 2);
    await query('update feedmill_data.changes set changed_at = now() where id = (select min(id) from feedmill_data.changes)');
    await expireChanges(db, 7);
    expect(await count('changes')).toBe(2);
  });

  it('end a batch at a time, which reads no others', async () => {
    await addChanges(1, { young: 0 });
    await query(`insert into feedmill_data.changes (epoch, tx, record_id, operation, changed_at)
      select epoch, tx, n, 'delete', case when n <= 1500 then changed_at else now() end
      from feedmill_data.changes, generate_series(1, 5000) n`);
    await query('analyze feedmill_data.changes');
    const read = await countRowsRead(db, 'changes', () => expireChanges(db, 7));
    expect(await count('changes')).toBe(4001);
    expect(read.by_scan).toBe(0);
    expect(await expireChanges(db, 7)).toBe(false);
    expect(await count('changes')).toBe(3500);
    expect(await countRowsRead(db, 'changes', (tx) => expireChanges(tx as typeof db, 7))).toEqual({ by_scan: 0, by_index: 1 });
  });

  it('that a delivery has not read: it goes on with those that follow, and shows what happened', async () => {
    await addRecord('told');
    await waitForChanges(null, 1);
    await query("select feedmill_admin.add_delivery('https://r.example/hook', '{record.stored}')");
    const cursors = await addChanges(3, { young: 1 });
    await expireChanges(db, 7);
    const problems: string[] = [];
    await until(async () => {
      await fanOut(db, ({ message }) => problems.push(message));
      return (await query('select cursor from feedmill_data.deliveries'))[0]?.cursor === cursors.at(-1);
    }, 'the delivery to go on');
    expect(problems).toEqual([expect.stringMatching(/^delivery \d+: Changes that the receiver was not told of were deleted/)]);
    expect(await count('messages')).toBe(1);
    expect(await query('select state, last_error from feedmill.deliveries')).toEqual([
      { state: 'well', last_error: expect.stringMatching(/^Changes that the receiver was not told of were deleted/) },
    ]);
  });

  it('that a delivery has read leave it as it is', async () => {
    const cursors = await addChanges(3, { young: 0 });
    await query("select feedmill_admin.add_delivery('https://r.example/hook', '{record.stored}')");
    await expireChanges(db, 7);
    const problems: string[] = [];
    await fanOut(db, ({ message }) => problems.push(message));
    expect(problems).toEqual([]);
    expect(await query('select cursor, last_error from feedmill_data.deliveries')).toEqual([
      { cursor: cursors.at(-1), last_error: null },
    ]);
  });
});

describe('what ends by its age', () => {
  const OLD = "now() - interval '31 days'";

  it.each([
    {
      table: 'polls',
      expire: () => expirePolls(db, 30),
      add: `insert into feedmill_data.polls (feed_id, started_at, duration_ms, outcome)
        select (select min(id) from feedmill_data.feeds), case when n <= 1500 then ${OLD} else now() end, 1, 'steady'
        from generate_series(1, 5000) n`,
    },
    {
      table: 'hosts',
      expire: () => expireHosts(db),
      add: `insert into feedmill_data.hosts (host, next_at, turn_at, gap_ms)
        select 'h' || n, case when n <= 4500 then ${OLD} else now() end, case when n between 1501 and 3000 then now() end,
          case when n between 3001 and 4500 then 7 end
        from generate_series(1, 5000) n`,
    },
    {
      table: 'robots',
      expire: () => expireRobots(db),
      add: `insert into feedmill_data.robots (origin, asked_at)
        select 'https://' || n, case when n <= 1500 then ${OLD} else now() end from generate_series(1, 5000) n`,
    },
    {
      table: 'outages',
      expire: () => expireOutages(db),
      add: `insert into feedmill_data.outages (started_at, ended_at)
        select now(), case when n <= 1500 then now() - interval '401 days' else now() end from generate_series(1, 5000) n`,
    },
  ])('$table: a batch at a time, found by an index', async ({ table, expire, add }) => {
    await reset();
    await query(`delete from feedmill_data.${table}`);
    await query(add);
    await query(`vacuum analyze feedmill_data.${table}`);
    const explained = await countRowsRead(db, table, () => expire());
    expect(explained.by_scan).toBe(0);
    expect(await count(table)).toBe(4000);
    expect([await expire(), await expire()]).toEqual([false, false]);
    expect(await count(table)).toBe(3500);
  });

  it('reads no row that is too young', async () => {
    for (const [table, expire] of [
      ['polls', (tx: typeof db) => expirePolls(tx, 30)],
      ['hosts', expireHosts],
      ['robots', expireRobots],
      ['outages', expireOutages],
    ] as const) {
      await db.execute(sql.raw(`vacuum analyze feedmill_data.${table}`));
      expect(await countRowsRead(db, table, (tx) => expire(tx as typeof db)), table).toEqual({ by_scan: 0, by_index: 0 });
    }
  });
});
