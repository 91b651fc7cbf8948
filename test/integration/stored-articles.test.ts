import { beforeEach, describe, expect, it } from 'vitest';
import { articleStore } from '../../db/articles.js';
import { articleRecord, feedEntry, POLITENESS } from '../builders.js';
import { createDatabase, lease, leasedRows } from '../database.js';
import { createRecords } from './records.js';
import { createWorker } from './worker.js';

const { db } = await createDatabase();
const { query, reset, addRecord } = createRecords(db);

beforeEach(reset);

describe('the date of a record', () => {
  const columns =
    'published_at = first_seen_at as first_seen, published_at_source, published_at_text, published_at_clamped, published_at_zone_assumed';
  it.each([
    [
      'is the time it was first seen if neither feed nor page has a date',
      {},
      {
        first_seen: true,
        published_at_source: 'first seen',
        published_at_text: null,
        published_at_clamped: null,
        published_at_zone_assumed: null,
      },
    ],
    [
      'is the time it was first seen if the date is in the future',
      {
        publishedAt: new Date('2999-01-01'),
        published: { source: 'feed' as const, text: 'soon', zoneAssumed: true, clamped: true },
      },
      {
        first_seen: true,
        published_at_source: 'feed',
        published_at_text: 'soon',
        published_at_clamped: true,
        published_at_zone_assumed: true,
      },
    ],
    [
      'is the date of the page',
      {
        publishedAt: new Date('2020-01-01'),
        published: { source: 'json-ld' as const, text: '2020', zoneAssumed: true, clamped: false },
      },
      {
        first_seen: false,
        published_at_source: 'json-ld',
        published_at_text: '2020',
        published_at_clamped: false,
        published_at_zone_assumed: true,
      },
    ],
  ])('%s', async (_, dates, expected) => {
    const id = await addRecord('Dated');
    await lease(db, 'articles', id);
    const [row] = await leasedRows(db, 'articles', [id]);
    if (!row) throw new Error('no article');
    await articleStore(db, POLITENESS).recordArticle(row, { kind: 'stored', record: articleRecord(dates) }, {});
    expect(await query(`select ${columns} from feedmill.records where id = $1`, [id])).toEqual([expected]);
  });
});

describe('revisiting a stored page', () => {
  const { feeds, articles, claim, startArticle } = createWorker(db);
  const entry = feedEntry(1, { host: 'revisit.example' });
  const record = articleRecord();
  const soon = () => new Date(Date.now() + 3_600_000);
  const claimAndStart = async () => {
    await query(
      "update feedmill_data.articles set due_at = now() where due_at is not null; update feedmill_data.hosts set turn_at = now(), next_at = now(), leases = '{}'",
    );
    return startArticle((await claim()).articles[0]);
  };

  it('is conditional, makes no change if the page is the same, and gives way to an edit of the entry', async () => {
    const [feed] = await query<{ id: string; url: string }>('select id, url from feedmill_data.feeds');
    const own = { id: Number(feed?.id), url: feed?.url ?? '', content: 'page' as const };
    await query('update feedmill_data.feeds set due_at = null');
    await feeds.addEntries(own, [entry]);
    const first = await claimAndStart();
    expect([first.revisit, first.storedAt]).toEqual([undefined, undefined]);
    const validators = { etag: '"1"' };
    const revisit = () => ({ dueAt: soon(), validators });
    await articles.recordArticle(first, { kind: 'stored', record, revisit: revisit() }, {});

    const second = await claimAndStart();
    expect(second).toMatchObject({ revisit: { validators }, attempts: 1, storedAt: expect.any(Date) });
    const before = await query('select count(*)::int as n from feedmill_data.changes');
    await articles.recordArticle(second, { kind: 'stored', record, revisit: revisit() }, {});
    expect(await query('select count(*)::int as n from feedmill_data.changes')).toEqual(before);

    const third = await claimAndStart();
    await feeds.addEntries(own, [{ ...entry, contentHash: 'edited' }]);
    await articles.recordArticle(third, { kind: 'unchanged', revisit: revisit() }, {});
    expect((await claimAndStart()).revisit).toBeUndefined();
  });
});
