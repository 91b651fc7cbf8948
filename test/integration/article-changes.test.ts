import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { articleStore } from '../../db/articles.js';
import type { ArticleChange } from '../../src/jobs/article-change.js';
import { articleRecord, POLITENESS } from '../builders.js';
import { createDatabase } from '../database.js';

const { db } = await createDatabase();
const articles = articleStore(db, POLITENESS);

const URL_1 = 'https://a.example/1';
const dueAt = new Date('2100-01-01T00:00:00Z');
const problem = { kind: 'missing', text: 'Not found.' };
const to = { url: 'https://b.example/2', host: 'b.example' };
const firstPage = { url: URL_1, host: 'a.example' };

/** The row before each change: a third attempt, after two redirects, at the third of several pages. */
const BEFORE = {
  status: 'pending',
  due: true,
  host: 'a.example',
  page_url: 'https://a.example/1?page=3',
  hops: 2,
  pages_kept: 2,
  attempts: 3,
  revisit: false,
  etag: '"0"',
  error: null,
};

beforeEach(async () => {
  await db.execute(sql`
    truncate feedmill_data.feeds, feedmill_data.hosts cascade;
    insert into feedmill_data.hosts (host) values ('a.example');
    insert into feedmill_data.feeds (url, host) values ('https://a.example/feed', 'a.example');
    insert into feedmill_data.articles (url, feed_id, host, due_at, attempts, hops, page_url, pages_kept, etag, error)
      select ${sql.raw(`'${URL_1}'`)}, id, 'a.example', now() - interval '1 second', 2, 2, 'https://a.example/1?page=3', 2, '"0"', 'earlier'
      from feedmill_data.feeds`);
});

/** Starts the article, applies a change, and returns the columns that a change may write. */
async function apply(change: ArticleChange, meanwhile = sql`select 1`) {
  const { rows: ids } = await db.execute<{ id: string }>(sql`
    update feedmill_data.articles set due_at = date_trunc('milliseconds', now() + interval '1 minute') returning id`);
  await db.execute(sql`
    update feedmill_data.hosts set leases = array(select due_at from feedmill_data.articles) where host = 'a.example'`);
  const article = await articles.startArticle(Number(ids[0]?.id));
  if (!article) throw new Error('nothing to start');
  await db.execute(meanwhile);
  await articles.recordArticle(article, change, {});
  const { rows } = await db.execute(sql`
    select status, due_at is not null as due, host, page_url, hops, pages_kept, attempts, revisit, etag, error from feedmill_data.articles`);
  return rows[0];
}

describe('a change of an article', () => {
  it.each<[ArticleChange, object]>([
    [
      { kind: 'stored', record: articleRecord() },
      { status: 'stored', due: false },
    ],
    [
      { kind: 'stored', record: articleRecord(), problem },
      { status: 'stored', due: false, error: 'missing' },
    ],
    [
      { kind: 'stored', record: articleRecord(), firstPage },
      { status: 'stored', due: false, page_url: URL_1, hops: 0, pages_kept: 0 },
    ],
    [
      { kind: 'stored', record: articleRecord(), revisit: { dueAt, validators: { etag: '"1"' } } },
      { status: 'stored', hops: 0, attempts: 0, revisit: true, etag: '"1"' },
    ],
    [{ kind: 'unchanged' }, { due: false }],
    [
      { kind: 'unchanged', revisit: { dueAt, validators: {} } },
      { hops: 0, attempts: 0, revisit: true, etag: null },
    ],
    [
      { kind: 'failed', problem },
      { status: 'failed', due: false, error: 'missing' },
    ],
    [
      { kind: 'retry', dueAt, host: 'b.example', problem },
      { host: 'b.example', error: 'missing' },
    ],
    [
      { kind: 'uncounted', dueAt, problem },
      { attempts: 2, error: 'missing' },
    ],
    [
      { kind: 'robots-first', dueAt, host: 'b.example' },
      { host: 'b.example', attempts: 2 },
    ],
    [
      { kind: 'redirected', dueAt, to },
      { host: 'b.example', page_url: to.url, hops: 3, attempts: 2 },
    ],
    [
      { kind: 'next-page', dueAt, to, pagesKept: 3 },
      { host: 'b.example', page_url: to.url, hops: 0, pages_kept: 3, attempts: 2 },
    ],
  ])('writes what it says, and nothing else: $kind', async (change, expected) => {
    expect(await apply(change)).toEqual({ ...BEFORE, ...expected });
  });

  it('that failed leaves a stored record as it is', async () => {
    await db.execute(sql`update feedmill_data.articles set status = 'stored', stored_at = now()`);
    expect(await apply({ kind: 'failed', problem })).toMatchObject({ status: 'stored', due: false, error: 'missing' });
  });

  it.each<[ArticleChange]>([
    [{ kind: 'stored', record: articleRecord() }],
    [{ kind: 'unchanged', revisit: { dueAt, validators: {} } }],
  ])('does not undo an edit of the entry that came meanwhile: $kind', async (change) => {
    const edit = sql`update feedmill_data.articles set due_at = now(), attempts = 0`;
    expect(await apply(change, edit)).toMatchObject({ due: true, attempts: 0, revisit: false });
  });
});
