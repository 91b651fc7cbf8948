import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CliApp } from '../../src/cli/app.js';
import type { App } from '../../workers/app.js';
import { recordReaders } from '../../workers/record-readers.js';
import { createCommandLine } from '../command-line.js';
import { createDatabase, insertFeed, insertRecord } from '../database.js';

const { db } = await createDatabase();
const open = (): Partial<CliApp> => recordReaders({ config: {}, db } as App);
const { run } = createCommandLine(open);
const coloured = createCommandLine(open, { styles: true });

const URL = 'https://news.example/story';
let id = 0;

beforeAll(async () => {
  const feedId = await insertFeed(db);
  id = await insertRecord(db, {
    feedId,
    url: URL,
    title: 'Mayor says no',
    text: 'First.\n\nThe mayor said no to it.\n\nThird.\n\nFourth.\n\nLast.',
  });
  await db.execute(sql`
    insert into feedmill_data.entries (feed_id, key, article_id, title, content_hash, first_seen_at)
    values (${feedId}, 'k', ${id}, 'T', 'h', '2026-03-01T06:00Z')`);
  await db.execute(sql`
    update feedmill_data.articles set site_name = 'News', site = 'news.example', authors = '{Ann,Bo}', language = 'en',
      published_at = '2026-03-01T05:00Z', published_as = '{"source": "json-ld", "text": "1 March 5:00", "zoneAssumed": true}',
      canonical_url = 'https://news.example/canonical', paywalled = true, reading_minutes = 1, page_count = 2, word_count = 9
    where id = ${id}`);
  await db.execute(sql`
    update feedmill_data.articles set title = 'Mayor says yes',
      content_text = (select replace(content_text, 'no to', 'yes to') from feedmill.records where id = ${id}),
      content_html = '<h2>A \u001b[2Jhead</h2><p>The <b>mayor</b> said yes to it.\u202e</p>' where id = ${id}`);
  await insertRecord(db, { feedId, url: 'https://news.example/other', text: 'Other' });
  await db.execute(sql`
    insert into feedmill_data.articles (url, feed_id, status, due_at, error, error_text)
    values ('https://news.example/gone', ${feedId}, 'failed', null, 'gone', 'The page is gone.')`);
  await db.execute(sql`
    insert into feedmill_data.fingerprints (article_id, cluster_id) select id, ${id}::bigint from feedmill_data.articles where stored_at is not null`);
});

describe('feedmill show record', () => {
  it('shows an article with what is known about it', async () => {
    const printed = await run('show', 'record', String(id));
    for (const line of [
      /^Mayor says yes\n\nSite {8}News · news\.example\nAuthors {5}Ann, Bo\n/,
      /\nPublished {3}2026-03-01 05:00:00\+00 \(json-ld: 1 March 5:00; no time zone, so UTC\)\n/,
      /\nLength {6}9 words, 1 min\nAccess {6}for subscribers\nURL {9}https:\/\/news\.example\/story\n/,
      /\nCanonical {3}https:\/\/news\.example\/canonical\n/,
      /\nText from {3}its 2 pages\nSeen in {5}A \(feed 1, 2026-03-01 06:00:00\+00\)\n/,
      /\nSame story {2}record 2 \(no name\)\nRecord {6}1, stored .*, changed .*, revision 3\n/,
      /\n## A .*head\n\nThe \*\*mayor\*\* said yes to it\./,
    ])
      expect(printed).toMatch(line);
  });

  it.each([URL, 'news.example/story', `${URL}?utm_source=x#top`, 'https://news.example/canonical'])(
    'finds it by the URL %s',
    async (name) => expect(await run('show', 'record', name)).toMatch(/^Mayor says yes\n/),
  );

  it('prints the body as HTML, or all as JSON', async () => {
    expect(await run('show', 'record', URL, '--html')).toMatch(/^<h2>A .*<b>mayor<\/b>/);
    expect(JSON.parse(await run('show', 'record', URL, '--json'))).toMatchObject({
      id,
      title: 'Mayor says yes',
      sightings: [{ feed_title: 'A' }],
      same_story: [{ title: 'Other' }],
    });
  });

  it('lists the versions', async () => {
    const [header, ...rows] = (await run('show', 'record', URL, '--revisions')).trim().split('\n');
    expect(header).toMatch(/^revision +stored_at +replaced_at +changed_fields/);
    expect(rows).toEqual([
      expect.stringMatching(/^3 .* title, content_text +\d+ +Mayor says yes$/),
      expect.stringMatching(/^2 .* authors, published_at +0 +Mayor says no$/),
      expect.stringMatching(/^1 .* Mayor says no$/),
    ]);
    const lines = (await run('show', 'record', URL, '--revisions', '--json')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ revision: 3 }, { revision: 2 }, { revision: 1 }]);
  });

  it('shows what changed, word by word', async () => {
    const printed = await run('show', 'record', URL, '--diff');
    expect(printed).toMatch(
      /^From revision 2 \(.*\) to revision 3 \(.*\)\n\ntitle: Mayor says \[-no-\]\{\+yes\+\}\n\nFirst\.\n\n/,
    );
    expect(printed).toContain('\n\nThe mayor said [-no-]{+yes+} to it.\n\nThird.\n\n… 2 unchanged paragraphs …\n');
    expect(await run('show', 'record', URL, '--diff', '2')).toBe(printed);
    expect(await run('show', 'record', URL, '--diff', '1')).toContain('\nauthors: {+Ann, Bo+}\n');
    expect(await coloured.run('show', 'record', URL, '--diff')).toContain('said <red>no</red><green>yes</green> to it.');
    expect(JSON.parse(await run('show', 'record', URL, '--diff', '--json'))).toMatchObject({
      record_id: id,
      from: { revision: 2 },
      to: { revision: 3 },
      fields: [{ name: 'title' }],
    });
  });

  it.each([
    [['99'], /There is no record 99\. To find one: feedmill search/],
    [['https://nowhere.example/'], /There is no record https:\/\/nowhere\.example\/\./],
    [['not a url'], /There is no record not a url\./],
    [['https://news.example/gone'], /There is no record of .*gone: The page is gone\. To see all failures/],
    [['2', '--diff'], /Record 2 has only one version/],
    [['1', '--diff', '3'], /can be compared with these revisions: 2, 1\./],
    [['1', '--diff', '9'], /can be compared with these revisions: 2, 1\./],
    [['1', '--diff', 'x'], /Expected the number of a revision/],
    [['1', '--html', '--json'], /cannot be used with/],
  ])('fails with a clear message: %j', async (args, words) => {
    await expect(run('show', 'record', ...args)).rejects.toThrow(words);
  });
});
