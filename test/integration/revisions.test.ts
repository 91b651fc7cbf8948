import { beforeEach, describe, expect, it } from 'vitest';
import { createDatabase } from '../database.js';
import { createRecords } from './records.js';

const { db } = await createDatabase();
const { query, reset, addRecord, waitForChanges } = createRecords(db);

beforeEach(reset);

describe('record_revisions', () => {
  const versions = (id: number) =>
    query(
      'select revision, latest, title, content_text, changed_fields, changed_chars, replaced_at is null as open from feedmill.record_revisions where record_id = $1 order by revision',
      [id],
    );

  it('keeps earlier versions, with what changed and how much', async () => {
    const id = await addRecord('The minister resigns');
    await query("update feedmill_data.articles set content_text = 'The prime minister resigns' where id = $1", [id]);
    await query("update feedmill_data.articles set title = 'Resignation' where id = $1", [id]);
    expect(await versions(id)).toEqual([
      {
        revision: 1,
        latest: false,
        title: 'The minister resigns',
        content_text: 'The minister resigns',
        changed_fields: null,
        changed_chars: null,
        open: false,
      },
      {
        revision: 2,
        latest: false,
        title: 'The minister resigns',
        content_text: 'The prime minister resigns',
        changed_fields: ['content_text'],
        changed_chars: 6,
        open: false,
      },
      {
        revision: 3,
        latest: true,
        title: 'Resignation',
        content_text: 'The prime minister resigns',
        changed_fields: ['title'],
        changed_chars: 0,
        open: true,
      },
    ]);
  });

  it('gets no new version when only the markup changes, only a change', async () => {
    const id = await addRecord('Same');
    const before = (await waitForChanges(null, 1)).at(-1)?.cursor ?? '';
    await query("update feedmill_data.articles set content_html = '<div><p>Same</p></div>' where id = $1", [id]);
    expect(await versions(id)).toHaveLength(1);
    expect((await waitForChanges(before, 1)).map(({ fields }) => fields)).toEqual([['content_html']]);
  });

  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['abcdef', 'abXdef', 1],
    ['aaaa', 'aaaaa', 1],
    ['首相は辞任', '首相が辞任', 1],
    ['x'.repeat(1000), `${'x'.repeat(500)}yy${'x'.repeat(500)}`, 2],
    ['abc', 'xyz', 3],
  ])('measures the change from %j to %j as %i', async (before, after, span) => {
    expect(await query('select feedmill_data.changed_span($1, $2) as span', [before, after])).toEqual([{ span }]);
  });
});
