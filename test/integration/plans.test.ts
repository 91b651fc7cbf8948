import { readFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { countRowsRead, createDatabase } from '../database.js';

/** Enough records that an index is cheaper than a sequential scan. PLAN_RECORDS=1000000 checks the plans at that size. */
const RECORDS = Number(process.env.PLAN_RECORDS ?? 30_000);
const { db } = await createDatabase();

/** Tables that grow with the records, so that none of them may be scanned sequentially. */
const LARGE = /^(articles|entries|polls|revisions|changes|search|fingerprints)$/;

beforeAll(async () => {
  await db.$client.query(`
    alter table feedmill_data.articles disable trigger user;
    insert into feedmill_data.feeds (url, host, title, polled_at, failures) select 'https://h' || n || '.example/feed', 'h' || n, 'F' || n, now(), n % 50 / 49 from generate_series(1, ${RECORDS / 500}) n;
    insert into feedmill_data.articles (url, feed_id, status, due_at, title, content_text, content_html, published_at, content_source, error, updated_at, stored_at)
      select 'https://h.example/' || n, 1 + n % ${RECORDS / 500}, 'stored', null, 'T' || n, 'word' || n, repeat(md5(n::text), 20), now() - n * interval '1 minute', 'page',
             case when n % 100 = 0 then 'gone' end, now() - n * interval '1 minute', now() - n * interval '1 minute'
      from generate_series(1, ${RECORDS}) n;
    insert into feedmill_data.entries (feed_id, key, article_id, title, content_hash, first_seen_at, enclosures)
      select feed_id, url, id, title, 'h', stored_at, case when id % 50 = 0 then '[{"url": "https://x.example/a.mp3"}]'::jsonb else '[]' end from feedmill_data.articles;
    insert into feedmill_data.polls (feed_id, started_at, duration_ms, outcome, possible_gap)
      select 1 + n % ${RECORDS / 500}, now() - n * interval '1 minute', 5, 'news', n % 500 = 0 from generate_series(1, ${RECORDS}) n;
    insert into feedmill_data.revisions (article_id, revision, revised_at, authors, title)
      select id, 1, stored_at, '{}', title from feedmill_data.articles where id % 10 = 0;
    insert into feedmill_data.fingerprints (article_id, cluster_id) select id, id from feedmill_data.articles;
    insert into feedmill_data.changes (epoch, tx, record_id, operation) select 1, pg_current_xact_id(), id, 'insert' from feedmill_data.articles`);
  await db.$client.query('vacuum analyze');
}, 3_600_000);

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  Plans?: Plan[];
}
const scans = (plan: Plan): string[] => [
  ...(plan['Node Type'] === 'Seq Scan' && LARGE.test(plan['Relation Name'] ?? '') ? [plan['Relation Name'] ?? ''] : []),
  ...(plan.Plans ?? []).flatMap(scans),
];

/** The most frequent queries, besides those in docs/sql.md. */
const MORE = [
  'select * from feedmill.records where id = 1',
  'select * from feedmill.records order by id desc limit 100',
  'select * from feedmill.records order by stored_at desc limit 100',
  "select * from feedmill.records where stored_at > now() - interval '1 hour' order by stored_at",
  'select * from feedmill.records order by published_at desc limit 100',
  "select * from feedmill.records where updated_at > now() - interval '1 hour' order by updated_at",
  "select * from feedmill.records where canonical_url = 'https://h.example/5' and canonical_url <> url",
  "select * from feedmill.records where url = 'https://h.example/5'",
  'select * from feedmill.records where feed_id = 3 order by stored_at desc limit 20',
  'select * from feedmill.records where cluster_id = 3',
  'select * from feedmill.record_revisions where record_id = 3 order by revision',
  'select * from feedmill.sightings where record_id = 3',
  'select * from feedmill.sightings where feed_id = 3 order by first_seen_at desc limit 20',
  'select * from feedmill.enclosures where record_id = 3',
  'select * from feedmill.polls where feed_id = 3 order by started_at desc limit 20',
  'select * from feedmill.polls order by started_at desc limit 20',
  'select * from feedmill.failures order by failed_at desc limit 20',
  'select * from feedmill.possible_gaps order by missed_before desc limit 20',
  'select * from feedmill.feeds where id = 3',
  "select url, state, last_error from feedmill.feeds where state <> 'well'",
];

describe(`with ${RECORDS} records`, async () => {
  const text = await readFile('docs/sql.md', 'utf8');
  // EXPLAIN does not look into functions; benchmarks measure them.
  const documented = [...text.matchAll(/^```sql\n(.*?)^```/gms)]
    .map(([, code = '']) => code)
    .filter((code) => !/feedmill\.(changes|search|current_cursor|contract_version)\(/.test(code));

  it.each([...MORE, ...documented])('an index serves: %s', async (query) => {
    const { rows } = await db.$client.query(`explain (format json) ${query}`);
    expect(scans(rows[0]['QUERY PLAN'][0].Plan)).toEqual([]);
  });

  it('the change cursor continues from an index, however many changes came before', async () => {
    const { rows } = await db.$client.query(
      "select concat_ws('.', epoch, tx, id - 10) as cursor from feedmill_data.changes order by epoch desc, tx desc, id desc limit 1",
    );
    const read = await countRowsRead(db, 'changes', async (tx) => {
      const page = await tx.execute(sql`select * from feedmill.changes(${rows[0].cursor})`);
      expect(page.rows).toHaveLength(10);
    });
    expect(read).toEqual({ by_scan: 0, by_index: 10 });
  });
});
