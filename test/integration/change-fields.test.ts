import { readdir, readFile } from 'node:fs/promises';
import { beforeEach, expect, it } from 'vitest';
import { createDatabase, insertFeed } from '../database.js';
import { createRecords } from './records.js';

// What docs/sql.md says about `fields` of changes().

const { db } = await createDatabase();
const { query, reset, addRecord } = createRecords(db);

beforeEach(reset);

const namesIn = (cell = '') => [...cell.matchAll(/`(\w+)`/g)].flatMap(([, name]) => name ?? []);

/** The table of docs/sql.md: each name, and the columns of `records` that it stands for. */
async function readDocumented(): Promise<Map<string, string[]>> {
  const [, section = ''] = (await readFile('docs/sql.md', 'utf8')).split('### What `fields` names');
  const rows = [...(section.split('\n\n')[1] ?? '').matchAll(/^\| (`.*?) *\| (.*?) *\|$/gm)];
  const columns = await query<{ name: string }>(
    "select attname as name from pg_attribute where attrelid = 'feedmill.records'::regclass and attnum > 0",
  );
  return new Map(
    rows.flatMap(([, names, meaning = '']) =>
      namesIn(names).map((name) => {
        const prefix = meaning.startsWith('the columns that begin with') ? namesIn(meaning)[0] : undefined;
        return [
          name,
          prefix === undefined
            ? [name, ...namesIn(meaning)]
            : columns.flatMap((column) => (column.name.startsWith(prefix) ? column.name : [])),
        ] as const;
      }),
    ),
  );
}

/** Another value for a column, by its type. */
const VALUES: Record<string, string> = {
  text: "'page'",
  'text[]': "'{x}'",
  'timestamp with time zone': "'2020-01-01'",
  integer: '77',
  boolean: 'true',
  jsonb: `'{"source": "meta", "text": "t", "clamped": true, "zoneAssumed": true}'`,
};

/** Names that are told for other reasons than a column of `articles`. */
async function readToldByName(): Promise<string[]> {
  const files = [...(await readdir('db')), ...(await readdir('db/contract')).map((name) => `contract/${name}`)];
  const texts = await Promise.all(files.filter((name) => /\.(ts|sql)$/.test(name)).map((name) => readFile(`db/${name}`, 'utf8')));
  return texts.flatMap((text) => [...text.matchAll(/'update', '\{(\w+)\}'/g)].flatMap(([, name]) => name ?? []));
}

const readRecord = async (id: number) =>
  (await query<{ row: Record<string, unknown> }>('select to_jsonb(r) as row from feedmill.records r where id = $1', [id]))[0]
    ?.row;

it('each name that an update can have is documented, with every column of `records` that it changes', async () => {
  const documented = await readDocumented();
  const otherFeed = await insertFeed(db, 'https://b.example/feed');
  const columns = await query<{ column: string; type: string }>(`
    select event_object_column as column, format_type(atttypid, null) as type
    from information_schema.triggered_update_columns
    join pg_attribute on attrelid = 'feedmill_data.articles'::regclass and attname = event_object_column
    where trigger_name = 'article_changed'`);
  expect(columns.length).toBeGreaterThan(20);
  const told = new Set(await readToldByName());
  for (const { column, type } of columns) {
    const id = await addRecord('one');
    // A value that the next one differs from.
    await query("update feedmill_data.articles set content_source = 'feed', site = 'a.example' where id = $1", [id]);
    const before = await readRecord(id);
    await query(
      `update feedmill_data.articles set ${column} = ${column === 'feed_id' ? otherFeed : VALUES[type]} where id = $1`,
      [id],
    );
    const [change] = await query<{ fields: string[] }>('select fields from feedmill_data.changes order by id desc limit 1');
    const after = await readRecord(id);
    const changed = Object.keys(after ?? {}).filter((name) => JSON.stringify(after?.[name]) !== JSON.stringify(before?.[name]));
    const names = change?.fields ?? [];
    for (const name of names) told.add(name);
    const meant = ['updated_at', ...names.flatMap((name) => documented.get(name) ?? [])];
    expect(
      changed.filter((name) => !meant.includes(name)),
      column,
    ).toEqual([]);
  }
  expect([...told].sort()).toEqual([...documented.keys()].sort());
});
