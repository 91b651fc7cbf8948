import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { openEmbedded } from '../../db/embedded.js';
import { migrateSchema } from '../../db/migrate.js';
import { createDatabase, insertFeed, insertRecord, until } from '../database.js';

// The change cursor when the database moves: to another database, another server, or another timeline of the same server.

type Client = pg.Pool | pg.Client;

const query = async <T = Record<string, unknown>>(client: Client, text: string, values: unknown[] = []): Promise<T[]> =>
  (await client.query(text, values)).rows as T[];

const readChanges = (client: Client, after: string | null) =>
  query<{ cursor: string; record_id: string }>(client, 'select cursor, record_id from feedmill.changes($1)', [after]);

/** The changes after a cursor, once there are `count`: other sessions of the server may delay them. */
const waitForChanges = (client: Client, after: string | null, count: number) =>
  until(async () => {
    const seen = await readChanges(client, after);
    return seen.length >= count && seen;
  }, `${count} changes`);

const readEpoch = async (client: Client) =>
  (await query<{ epoch: number }>(client, 'select epoch from feedmill_data.contract'))[0]?.epoch;

/** The ids of the records, in the order of their changes. */
const idsOf = (changes: readonly { record_id: string }[]) => changes.map(({ record_id: id }) => Number(id));

/** Copies all rows, as a dump and its restore do: with their ids, and before any trigger exists. */
async function restoreInto(target: Client, source: Client): Promise<void> {
  const tables = await query<{ name: string }>(
    source,
    "select relname as name from pg_class where relnamespace = 'feedmill_data'::regnamespace and relkind = 'r'",
  );
  const copies: string[] = [];
  for (const { name } of tables) {
    const [row] = await query<{ rows: unknown }>(
      source,
      `select coalesce(jsonb_agg(t), '[]') as rows from feedmill_data.${name} t`,
    );
    const rows = pg.escapeLiteral(JSON.stringify(row?.rows));
    copies.push(`insert into feedmill_data.${name} overriding system value
      select * from jsonb_populate_recordset(null::feedmill_data.${name}, ${rows}::jsonb)`);
  }
  await target.query(`
    begin;
    set local session_replication_role = 'replica';
    ${tables.map(({ name }) => `delete from feedmill_data.${name};`).join('\n')}
    ${copies.join(';\n')};
    commit`);
}

let serial = 0;
async function addRecord(client: Client): Promise<number> {
  serial += 1;
  const name = `new-${serial}`;
  const [feed] = await query<{ id: string }>(client, 'select id from feedmill_data.feeds');
  return insertRecord({ $client: client } as { $client: pg.Client }, {
    feedId: Number(feed?.id),
    url: `https://a.example/${name}`,
    text: name,
  });
}

/** A database with two records, and the cursor of the last change. */
async function createSource() {
  const source = await createDatabase();
  const feedId = await insertFeed(source.db);
  for (const n of [1, 2]) await insertRecord(source.db, { feedId, url: `https://a.example/${n}`, text: `old ${n}` });
  const cursor = (await waitForChanges(source.db.$client, null, 2)).at(-1)?.cursor ?? '';
  return { ...source, client: source.db.$client, cursor };
}

/** An empty database into which the source is restored, with its ids advanced so that new rows get others. */
async function restore(source: Client) {
  const target = await createDatabase();
  await restoreInto(target.db.$client, source);
  for (const table of ['feeds', 'articles', 'changes', 'count_changes'])
    await target.db.$client.query(`alter table feedmill_data.${table} alter column id restart with 1000`);
  return { ...target, client: target.db.$client };
}

describe('a database that was restored into another one', () => {
  it('begins a new epoch at its first start, and a consumer goes on with its cursor', async () => {
    const source = await createSource();
    const target = await restore(source.client);
    await migrateSchema(target.url);
    await migrateSchema(target.url);
    expect(await readEpoch(target.client)).toBe(2);
    const fresh = await addRecord(target.client);
    expect(idsOf(await waitForChanges(target.client, source.cursor, 1))).toEqual([fresh]);
    expect(idsOf(await waitForChanges(target.client, null, 3))).toHaveLength(3);
  });

  it('begins one with its first change if Feedmill was not started', async () => {
    const source = await createSource();
    const target = await restore(source.client);
    const [first, second] = await Promise.all([addRecord(target.client), addRecord(target.client)]);
    expect(await readEpoch(target.client)).toBe(2);
    expect(idsOf(await waitForChanges(target.client, source.cursor, 2)).sort()).toEqual([first, second].sort());
  });

  it('skips nothing where other databases of the old server had used up more ids', async () => {
    const source = await createSource();
    // A cursor of current_cursor() as version 0.1 gave it out: the oldest running transaction of the whole server.
    const [row] = await query<{ cursor: string }>(
      source.client,
      "select '1.' || (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000000) || '.0' as cursor",
    );
    const ahead = row?.cursor ?? '';
    await expect(readChanges(source.client, ahead)).rejects.toThrow(/ahead of this database/);
    const target = await restore(source.client);
    await migrateSchema(target.url);
    const fresh = await addRecord(target.client);
    expect(idsOf(await waitForChanges(target.client, ahead, 1))).toEqual([fresh]);
  });

  it('skips nothing where its changes have ids that the new server has yet to reach', async () => {
    const source = await createSource();
    await source.client.query('update feedmill_data.changes set tx = (tx::text::bigint + 1000000000)::text::xid8');
    const target = await restore(source.client);
    await migrateSchema(target.url);
    const fresh = await addRecord(target.client);
    const [, last, ...later] = await waitForChanges(target.client, null, 3);
    expect(idsOf(later)).toEqual([fresh]);
    expect(idsOf(await readChanges(target.client, last?.cursor ?? ''))).toEqual([fresh]);
  });

  it('refuses the cursor of a change that came after the dump', async () => {
    const source = await createSource();
    const target = await restore(source.client);
    await addRecord(source.client);
    const lost = (await waitForChanges(source.client, source.cursor, 1)).at(-1)?.cursor ?? '';
    await migrateSchema(target.url);
    await addRecord(target.client);
    await expect(readChanges(target.client, lost)).rejects.toMatchObject({
      code: '22023',
      message: `cursor ${lost} is ahead of this database`,
      hint: expect.stringMatching(/current_cursor/),
    });
    expect(await waitForChanges(target.client, source.cursor, 1)).toHaveLength(1);
  });
});

describe('a database of a version that did not know its server', () => {
  it('keeps its cursors, also while an older process is still writing', async () => {
    const { client, url, cursor } = await createSource();
    await client.query('update feedmill_data.contract set server = null');
    const writer = new pg.Client({ connectionString: url });
    await writer.connect();
    await writer.query('begin');
    await writer.query(
      "insert into feedmill_data.changes (epoch, tx, record_id, operation) values (1, pg_current_xact_id(), 7, 'insert')",
    );
    const started = migrateSchema(url);
    await until(
      async () => (await query(client, "select 1 from pg_locks where not granted and mode = 'ShareRowExclusiveLock'")).length > 0,
      'the start to wait for the writer',
    );
    await writer.query('commit');
    await writer.end();
    expect(await started).toBe(false);
    const fresh = await addRecord(client);
    expect(idsOf(await waitForChanges(client, cursor, 2))).toEqual([7, fresh]);
  });
});

describe('a cursor', async () => {
  const { client, cursor } = await createSource();

  it.each(['', 'x', '1.2', '1.2.3.4', '-1.2.3', `1.${'9'.repeat(30)}.1`])('that is none is refused: %j', async (text) => {
    await expect(readChanges(client, text)).rejects.toThrow(/not a cursor/);
  });

  it.each(['2.1.0', '2.1.1', '1.9999999999999.0', '1.1.999999'])('that was never given out is refused: %s', async (text) => {
    await expect(readChanges(client, text)).rejects.toThrow(/ahead of this database/);
  });

  it('of current_cursor() is that of the last change', async () => {
    expect(await query(client, 'select feedmill.current_cursor() as cursor')).toEqual([{ cursor }]);
    const empty = await createDatabase();
    expect(await query(empty.db.$client, 'select feedmill.current_cursor() as cursor')).toEqual([{ cursor: '0.0.0' }]);
    expect(await readChanges(empty.db.$client, '0.0.0')).toEqual([]);
  });
});

describe('a standby that is promoted', () => {
  it('begins a new epoch with its first change, and refuses cursors of changes that it never got', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'feedmill-promoted-'));
    afterAll(() => rm(folder, { recursive: true, force: true }));
    const connect = async (url: string) => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return client;
    };

    const before = await openEmbedded(join(folder, 'primary'), 54_800);
    await migrateSchema(before.url);
    const setup = await connect(before.url);
    await setup.query("insert into feedmill_data.feeds (url, host) values ('https://a.example/feed', 'a.example')");
    await addRecord(setup);
    const kept = (await waitForChanges(setup, null, 1)).at(-1)?.cursor ?? '';
    await setup.end();
    await before.close();
    // With its owner, which Postgres insists on.
    execFileSync('cp', ['-a', join(folder, 'primary'), join(folder, 'standby')]);

    const primary = await openEmbedded(join(folder, 'primary'), 54_800);
    const old = await connect(primary.url);
    await addRecord(old);
    const lost = (await waitForChanges(old, kept, 1)).at(-1)?.cursor ?? '';
    await old.end();
    await primary.close();

    await writeFile(join(folder, 'standby', 'postgres', 'standby.signal'), '');
    const standby = await openEmbedded(join(folder, 'standby'), 54_800);
    const client = await connect(standby.url);
    // A standby that is behind is no reason to start again.
    expect(await readChanges(client, lost)).toEqual([]);
    await client.query('select pg_promote()');
    const fresh = await addRecord(client);
    expect(await readEpoch(client)).toBe(2);
    expect(idsOf(await waitForChanges(client, kept, 1))).toEqual([fresh]);
    await expect(readChanges(client, lost)).rejects.toThrow(/ahead of this database/);
    await client.end();
    await standby.close();
  });
});
