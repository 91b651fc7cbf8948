// The upgrade over a change that the version before can't work with: it is stopped first (docs/operating.md, "Upgrade").
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../db/client.js';
import { startSampler } from '../../src/sampler/server.js';
import { createDatabase, insertFeed, insertRecord, until } from '../database.js';
import { checkOut, git, openVersion, stop, type Version, warnOfObstacle } from './other-version.js';

/** The first of the migrations that moved bodies and search to tables of their own. */
const MIGRATION = 'db/migrations/0030_partitions.sql';
/** What is measured by the poller, instead of computed by the view, after the upgrade. */
const MEASURED = ['entries_per_week', 'median_delay'];
const VIEWS = ['records', 'record_revisions', 'sightings', 'enclosures', 'feeds', 'polls', 'failures', 'possible_gaps'];
const SEARCHES = ['breakwater', '"breakwater master"', 'ceremony -breakwater', '岸田文雄', 'nowhere'];
const WIRE = Array.from({ length: 60 }, (_, n) => `breakwater ${['ship', 'crane', 'pilot', 'cargo'][n % 4]}${n}`).join(' ');

/** A row once the version before has indexed all changes. */
const INDEXED = `select from feedmill_data.contract where search_cursor = feedmill.current_cursor()
  and not exists (select from feedmill_data.articles where due_at < now())`;

/** The last commit without these migrations; undefined when the history does not go so far back. */
async function findVersionBefore(): Promise<string | undefined> {
  const added = await git('log', '-1', '--diff-filter=A', '--format=%H', '--', MIGRATION);
  return git('rev-parse', '--verify', '--quiet', `${added}^`).catch(() => undefined);
}

const revision = await findVersionBefore();
if (!revision) warnOfObstacle('The upgrade after a stop', `the commit before ${MIGRATION} is not in the history of this clone`);

describe.skipIf(!revision)('an upgrade that the version before must be stopped for', () => {
  const epoch = new Date(Date.now() - 3_600_000);
  let now = epoch.getTime() + 10_000;
  let databaseUrl: string;
  let before: Version;
  const current = openVersion('.', () => ({ DATABASE_URL: databaseUrl }));

  beforeAll(async () => {
    before = await checkOut(String(revision), () => ({ DATABASE_URL: databaseUrl }));
  });
  afterAll(async () => {
    await current.remove();
    await before.remove();
  });

  it('shows the same rows as before, and goes on', { timeout: 600_000 }, async () => {
    const sampler = await startSampler({ port: 0, epoch, storyEveryMs: 1_000, now: () => new Date(now) });
    const { url, db } = await createDatabase({ migrated: false });
    databaseUrl = url;
    await before.feedmill('migrate');
    await storeAllKinds(db);
    await before.feedmill('add', ...sampler.feeds.map((feed) => feed.url));
    const old = before.start();
    await until(
      async () => (await read(db, 'select from feedmill.records')).length >= 18,
      'records of the version before',
      60_000,
    );
    await until(async () => (await read(db, INDEXED)).length > 0, 'its search index', 60_000);
    await stop(old, 'SIGTERM');
    const columns = await readColumns(db);
    const [cursor, shown] = [await readCursor(db), await readAll(db, columns)];
    expect(Object.entries(shown).filter(([, rows]) => rows.length === 0)).toEqual([['nowhere', []]]);

    expect(await current.feedmill('migrate')).toContain('Data migration article-bodies: not begun');
    expect(await readAll(db, columns)).toEqual(shown);
    await current.feedmill('migrate', '--wait');
    expect(await read(db, 'select from feedmill_data.articles where num_nonnulls(content_text, content_html) > 0')).toEqual([]);
    expect(await readAll(db, columns)).toEqual(shown);
    expect(await read(db, `select * from feedmill.changes('${cursor}')`)).toEqual([]);

    const refused = expect.objectContaining({
      code: 1,
      stderr: expect.stringContaining('The database was set up by a newer version of Feedmill. Update this one.'),
    });
    await Promise.all(['start', 'migrate', 'status'].map((command) => expect(before.feedmill(command)).rejects.toEqual(refused)));

    now += 6_000;
    const next = current.start();
    const stored = shown.records?.length ?? 0;
    await until(async () => (await read(db, 'select from feedmill.records')).length >= stored + 6, 'records of this version');
    await until(async () => (await read(db, 'select from feedmill_data.unindexed')).length === 0, 'its search index');
    await stop(next, 'SIGTERM');
    expect(await read(db, 'select url from feedmill.records group by url having count(*) > 1')).toEqual([]);
    await sampler.close();
  });
});

const read = async (db: Db, query: string): Promise<Record<string, unknown>[]> => (await db.$client.query(query)).rows;

const readCursor = async (db: Db) => (await read(db, 'select feedmill.current_cursor() as cursor'))[0]?.cursor;

/** Records, and what belongs to them, that the sample sites don't have. */
async function storeAllKinds(db: Db): Promise<void> {
  const [feedId, otherId] = [await insertFeed(db), await insertFeed(db, 'https://b.example/feed')];
  await db.$client.query('update feedmill_data.feeds set due_at = null, paused_at = now()');
  const store = (url: string, text: string) => insertRecord(db, { feedId, url, text, title: text.slice(0, 20) });
  const revised = await store('https://a.example/revised', 'A ceremony was held.');
  await store('https://a.example/wire', `${WIRE} The breakwater master spoke.`);
  await store('https://b.example/wire', `${WIRE} The breakwater master spoke.`);
  await store('https://a.example/japan', 'その席で岸田文雄は述べた。');
  await store('https://a.example/edited', 'Old text.');
  await db.$client.query(`
    update feedmill_data.articles set title = 'A ceremony', content_text = 'A ceremony was held at noon.' where id = ${revised};
    update feedmill_data.articles set title = 'Breakwater ceremony', content_text = 'At the breakwater.' where url like '%/edited';
    insert into feedmill_data.entries (feed_id, key, article_id, url, title, content_hash, enclosures)
      select f.id, a.url, a.id, a.url, a.title, 'h', '[{"url": "https://a.example/1.mp3", "type": "audio/mpeg"}]'
      from feedmill_data.articles a, feedmill_data.feeds f where f.id in (${feedId}, ${otherId});
    insert into feedmill_data.entries (feed_id, key, title, content_hash) values (${feedId}, 'tombstone', 'Gone', 'h');
    insert into feedmill_data.articles (url, feed_id, status, due_at, error, error_text) values
      ('https://a.example/gone', ${feedId}, 'failed', null, 'gone', 'The page is gone.');
    insert into feedmill_data.articles (url, feed_id, due_at) values ('https://a.example/later', ${feedId}, now() + interval '1 day');
    insert into feedmill_data.polls (feed_id, started_at, duration_ms, outcome, possible_gap) values
      (${feedId}, now() - interval '1 hour', 5, 'news', false), (${feedId}, now(), 5, 'news', true)`);
}

/** The columns of each view, apart from those that are measured. */
async function readColumns(db: Db): Promise<Map<string, string>> {
  const { rows } = await db.$client.query(
    `select table_name as view, string_agg(quote_ident(column_name), ', ') as columns from information_schema.columns
     where table_schema = 'feedmill' and table_name = any ($1) and column_name <> all ($2) group by 1`,
    [VIEWS, MEASURED],
  );
  return new Map(rows.map(({ view, columns }) => [view, columns]));
}

/** All rows of the views, and what searches find. Kept pages are shown by no view. */
async function readAll(db: Db, columns: ReadonlyMap<string, string>): Promise<Record<string, string[]>> {
  const queries = {
    ...Object.fromEntries(VIEWS.map((view) => [view, `select ${columns.get(view)} from feedmill.${view}`])),
    ...Object.fromEntries(SEARCHES.map((text) => [text, `select record_id, title from feedmill.search('${text}')`])),
    pages: 'select article_id, number, url, md5(body) as body from feedmill_data.pages',
    status: 'select feed_id, status, due_at, attempts from feedmill_data.articles',
  };
  const shown: Record<string, string[]> = {};
  for (const [name, query] of Object.entries(queries))
    shown[name] = (await read(db, query)).map((row) => JSON.stringify(row)).sort();
  return shown;
}
