import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { feedDetailsStore } from '../../db/feed-details.js';
import { loadConfig } from '../../src/config.js';
import { type App, openApp } from '../../workers/app.js';
import { recordReaders } from '../../workers/record-readers.js';
import { createCommandLine } from '../command-line.js';
import { createDatabase, insertRecord } from '../database.js';
import { waitForIndex } from './search-index.js';

const { db, url, admin } = await createDatabase();

/** The commands' view of the database; a test may use another one. */
let opened = { config: {}, db } as App;
const { run, complaints } = createCommandLine(() => ({ ...feedDetailsStore(opened.db), ...recordReaders(opened) }));

/** The titles that `feedmill records` lists. */
const titles = async (...args: string[]) => {
  const lines = (await run('records', '--format', 'csv', '--fields', 'title', '--limit', 'all', ...args)).split('\r\n');
  return lines.slice(1, -1);
};

beforeAll(async () => {
  await db.$client.query(`insert into feedmill_data.feeds (url, host, title, folder) values
    ('https://ann:s3cret@a.example/feed', 'a.example', 'A', 'News / Local'), ('https://b.example/feed', 'b.example', 'B', 'News'),
    ('https://c.example/feed', 'c.example', 'C', null)`);
  const add = async (
    feedId: number,
    url: string,
    title: string,
    { site, language, published, text = 'x' }: Record<string, string>,
  ) => {
    const id = await insertRecord(db, { feedId, url, title, text });
    await db.$client.query(
      'update feedmill_data.articles set site = $2, language = $3, published_at = $4, stored_at = $4 where id = $1',
      [id, site, language, published],
    );
  };
  await add(1, 'https://www.a.example/1', 'One', { site: 'a.example', language: 'en', published: '2026-01-01T00:00Z' });
  await add(2, 'https://b.example/1', 'Two', { site: 'b.example', language: 'en-GB', published: '2026-01-02T00:00Z' });
  await add(3, 'https://news.c.example/1', 'Three', {
    language: 'de',
    published: '2026-01-03T00:00Z',
    text: 'Der Bürgermeister sprach',
  });
  await add(3, 'https://notc.example/1', '=cmd()', {
    language: 'enm',
    published: '2026-01-04T00:00Z',
    text: 'The mayor\u001b[2J spoke',
  });
});

describe('feedmill records', () => {
  it.each([
    [[], ["'=cmd()", 'Three', 'Two', 'One']],
    [['--exact'], ['=cmd()', 'Three', 'Two', 'One']],
    [['--site', 'a.example'], ['One']],
    [
      ['--site', 'https://www.b.example/x', '--site', 'c.example'],
      ['Three', 'Two'],
    ],
    [
      ['--language', 'EN'],
      ['Two', 'One'],
    ],
    [
      ['--language', 'en-gb', '--language', 'de'],
      ['Three', 'Two'],
    ],
    [
      ['--since', '2026-01-02', '--until', '2026-01-04'],
      ['Three', 'Two'],
    ],
    [['--feed', '1'], ['One']],
    [
      ['--feed', 'https://a.example/feed', '--feed', 'https://b*'],
      ['Two', 'One'],
    ],
    [
      ['--folder', 'News'],
      ['Two', 'One'],
    ],
    [['--folder', 'News / Local'], ['One']],
    [
      ['--where', "title like 'T%' -- a comment"],
      ['Three', 'Two'],
    ],
    [['--where', "title = 'One' or title = 'Two'", '--feed', '2'], ['Two']],
    [['--where', 'word_count > 5'], []],
  ])('selects by %j', async (args, expected) => expect(await titles(...args)).toEqual(expected));

  it('prints a table of chosen columns, and says that there are more', async () => {
    expect(await run('records', '--fields', 'title,language', '--limit', '2')).toBe(
      'title   language\n=cmd()  enm\nThree   de\n',
    );
    expect(complaints).toEqual([]);
    await db.$client.query(`
      insert into feedmill_data.articles (url, feed_id, status, due_at, title, published_at, content_html, content_text, excerpt, word_count, content_source, stored_at)
      select 'https://many.example/' || n, 3, 'stored', null, 'Many', '2025-01-01', 'x', 'x', 'x', 1, 'page', '2025-01-01' from generate_series(1, 450) n`);
    expect((await run('records')).split('\n')).toHaveLength(22);
    expect(complaints).toEqual(['These are the newest 20. For more: --limit N, or --limit all']);
    await db.$client.query("delete from feedmill_data.articles where title = 'Many' and id % 450 = 0");
    expect((await titles('--since', '2024-01-01')).length).toBeGreaterThan(450);
    const ids = (await run('records', '--format', 'csv', '--fields', 'id', '--limit', 'all')).trim().split('\r\n');
    expect(new Set(ids).size).toBe(ids.length);
    await db.$client.query("delete from feedmill_data.articles where title = 'Many'");
  });

  it('prints JSON Lines with all columns, and CSV with a header even without records', async () => {
    const lines = (await run('records', '--json')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {},
      {},
      {},
      { id: 1, site: 'a.example', title: 'One', feed_url: 'https://a.example/feed' },
    ]);
    expect(await run('records', '--format', 'csv', '--fields', 'id,title', '--site', 'none.example')).toBe('id,title\r\n');
    expect(await run('records', '--site', 'none.example')).toMatch(/No records match/);
  });

  it.each([
    [['--fields', 'title,nothing'], /There is no column nothing\. The columns .*: id, url, /],
    [['--fields', ' ,'], /Expected the names of columns/],
    [['--feed', '99'], /There is no feed 99/],
    [['--folder', 'Nowhere'], /There is no folder Nowhere/],
    [['--folder', 'News', '--feed', '3'], /None of these feeds is in the folder News/],
    [['--language', 'not a tag'], /Expected a language tag/],
    [['--exact'], /only works with --format csv/],
    [['--json', '--format', 'csv'], /cannot be used with/],
    [['--limit', '0'], /whole number/],
    [['--where', ' '], /Expected a condition/],
    // The caret is below the place.
    [['--where', 'word_count > 1 and\n titel = 1'], /column "titel" does not exist\.\n {3}titel = 1\n {3}\^$/],
    [['--where', "title = 'x"], /unterminated quoted string/],
    [['--where', '1 / (word_count - 1) > 0'], /division by zero/],
    [['--where', 'true) or (true'], /syntax error/],
    [['--where', 'true order by id'], /syntax error/],
    [['--where', 'true; drop view feedmill.records'], /cannot insert multiple commands|syntax error/],
    [['--where', 'pg_sleep(60) is null', '--timeout', '0.2'], /takes too long.*--timeout/],
    [['--where', 'id = (select id from feedmill.records)'], /more than one row/],
    [['--where', "set_config('transaction_read_only', 'off', true) is null"], /read-only|read-write/],
    [['--where', "nextval('feedmill_data.feeds_id_seq') > 0"], /permission denied/],
    [['--where', 'exists (select from feedmill_data.feeds)'], /permission denied/],
    [['--where', "set_config('role', 'none', true) is null or lo_create(0) > 0"], /read-only/],
  ])('fails with a clear message: %j', async (args, words) => {
    await expect(run('records', ...args)).rejects.toThrow(words);
  });
});

it.each([
  [['--where', 'titel = 1'], 2],
  [['--fields', 'nothing'], 2],
  [['--where', 'pg_sleep(60) is null', '--timeout', '0.2'], 1],
  [['--feed', '99'], 1],
])('the exit code tells what was typed wrong from what failed: %j', async (args, exitCode) => {
  await expect(run('records', ...args)).rejects.toMatchObject({ exitCode });
});

describe('feedmill search', () => {
  beforeAll(() => waitForIndex(db));

  it('marks what was found', async () => {
    expect(await run('search', 'burgermeister')).toBe(
      'Three\n  2026-01-03 · record 3\n  https://news.c.example/1\n  Der *Bürgermeister* sprach\n\n',
    );
  });

  it('passes no control characters of a record on', async () =>
    expect(await run('search', 'mayor')).toContain('  The *mayor* [2J spoke\n'));

  it('prints JSON Lines with the places of the matches', async () =>
    expect(JSON.parse(await run('search', 'sprach', '--json'))).toMatchObject({
      id: 3,
      title: 'Three',
      snippet: 'Der Bürgermeister sprach',
      matches: [{ start: 18, end: 24 }],
    }));

  it('selects like records does', async () => {
    expect(await run('search', 'x', '--language', 'en', '--where', "title = 'Two'")).toMatch(/^Two\n.*record 2\n/);
    expect(await run('search', 'sprach', '--site', 'a.example')).toMatch(/Nothing was found/);
    await expect(run('search', 'x', '--where', 'nothing')).rejects.toThrow(/column "nothing" does not exist/);
    await expect(run('search', '--', '-x')).rejects.toThrow(/at least one word/);
  });
});

describe('a login with only the rights of the reader role', () => {
  const login = `${new URL(url).pathname.slice(1)}_login`;
  const address = new URL(url);
  [address.username, address.password] = [login, 'p'];
  const open = () =>
    openApp(loadConfig({ DATABASE_URL: address.href, LOG_LEVEL: 'silent' }), 'test', { schema: 'read', role: 'all' });
  beforeAll(() => admin.query(`create role ${login} login password 'p'`));
  afterAll(() => admin.query(`drop role ${login}`));

  it('is told what it lacks, and then lists and searches records', async () => {
    await expect(open()).rejects.toThrow(/grant feedmill_reader to/);
    await admin.query(`grant feedmill_reader to ${login}`);
    const app = await open();
    opened = app;
    try {
      expect(await titles('--feed', '1')).toEqual(['One']);
      expect(await run('search', 'sprach')).toMatch(/^Three/);
    } finally {
      await app.close();
    }
  });
});
