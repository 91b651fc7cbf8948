import { beforeEach, describe, expect, it } from 'vitest';
import { loadRecordToExtract } from '../../db/record-to-extract.js';
import { createDatabase } from '../database.js';
import { createRecords } from './records.js';

const { db } = await createDatabase();
const { query, reset, addRecord, readCursor, waitForChanges } = createRecords(db);

beforeEach(reset);

/** Where bodies are: `bodies`, or `articles` in a row that the backfill has not reached. */
const KINDS = ['bodies', 'articles'] as const;

async function addAs(kind: (typeof KINDS)[number], title: string): Promise<number> {
  if (kind === 'bodies') return addRecord(title);
  await query('alter table feedmill_data.articles disable trigger article_body_inserted');
  const id = await addRecord(title);
  await query('alter table feedmill_data.articles enable trigger article_body_inserted');
  return id;
}

const bodyOf = async (id: number) =>
  (await query('select excerpt, content_text, content_html from feedmill.records where id = $1', [id]))[0];
const isMoved = async (id: number) =>
  (await query('select body is not null as moved from feedmill_data.bodies where article_id = $1', [id]))[0]?.moved === true;

it('keeps bodies out of the rows that are claimed', async () => {
  const id = await addRecord('One');
  expect(await bodyOf(id)).toEqual({ excerpt: 'One', content_text: 'One', content_html: '<p>One</p>' });
  expect(await query('select excerpt, content_text, content_html from feedmill_data.articles')).toEqual([
    { excerpt: null, content_text: null, content_html: null },
  ]);
});

describe.each(KINDS)('a record whose body is in %s', (kind) => {
  it('changes as one change and one revision, whatever a statement writes', async () => {
    const id = await addAs(kind, 'One');
    const start = await readCursor();
    await query(
      "update feedmill_data.articles set title = 'Two', content_text = 'Two', content_html = '<p>Two</p>', tags = '{t}' where id = $1",
      [id],
    );
    await query("update feedmill_data.articles set content_text = 'Two', content_html = '<p>Two</p>' where id = $1", [id]);
    const changes = await waitForChanges(start, 1);
    expect(changes.map(({ fields }) => fields?.toSorted())).toEqual([['content_html', 'content_text', 'tags', 'title']]);
    expect(await bodyOf(id)).toEqual({ excerpt: 'One', content_text: 'Two', content_html: '<p>Two</p>' });
    expect(await isMoved(id)).toBe(true);
    expect(
      await query('select revision, title, excerpt, content_text, content_html from feedmill.record_revisions order by 1'),
    ).toEqual([
      { revision: 1, title: 'One', excerpt: 'One', content_text: 'One', content_html: '<p>One</p>' },
      { revision: 2, title: 'Two', excerpt: 'One', content_text: 'Two', content_html: '<p>Two</p>' },
    ]);
  });

  it('keeps its body in the revision when only its title changes', async () => {
    const id = await addAs(kind, 'One');
    await query("update feedmill_data.articles set title = 'Two' where id = $1", [id]);
    expect(await query('select content_text, content_html from feedmill.record_revisions where not latest')).toEqual([
      { content_text: 'One', content_html: '<p>One</p>' },
    ]);
    expect(await bodyOf(id)).toEqual({ excerpt: 'One', content_text: 'One', content_html: '<p>One</p>' });
  });

  it('is read whole, and goes whole', async () => {
    const id = await addAs(kind, 'One');
    expect((await loadRecordToExtract(db, id))?.current).toMatchObject({
      contentText: 'One',
      contentHtml: '<p>One</p>',
      excerpt: 'One',
    });
    await query('delete from feedmill_data.articles');
    expect(await query('select 1 from feedmill_data.bodies')).toEqual([]);
  });
});

it('keeps a body without text that the backfill has not reached, when another column changes', async () => {
  const id = await addAs('articles', 'One');
  await query('alter table feedmill_data.articles disable trigger article_changed');
  await query('update feedmill_data.articles set content_text = null where id = $1', [id]);
  await query('alter table feedmill_data.articles enable trigger article_changed');
  await query("update feedmill_data.articles set language = 'de' where id = $1", [id]);
  expect(await bodyOf(id)).toEqual({ excerpt: 'One', content_text: null, content_html: '<p>One</p>' });
});

it('records a change to a body by hand, too', async () => {
  const id = await addRecord('One');
  const start = await readCursor();
  await query("update feedmill_data.bodies set body.content_text = 'Two' where article_id = $1", [id]);
  expect((await waitForChanges(start, 1)).map(({ fields }) => fields)).toEqual([['content_text']]);
  expect(await bodyOf(id)).toEqual({ excerpt: 'One', content_text: 'Two', content_html: '<p>One</p>' });
  expect((await query('select content_text from feedmill.record_revisions where not latest'))[0]).toEqual({
    content_text: 'One',
  });
});
