import { describe, expect, it } from 'vitest';
import { expireReextractions, giveBackReextractions, recordReextractionFault } from '../../db/reextractions.js';
import { expireRecords } from '../../db/retention.js';
import { EXTRACTOR_VERSION } from '../../src/articles/extractor-version.js';
import { readArticle } from '../../src/articles/read.js';
import { feedEntry, fetched } from '../builders.js';
import { createDatabase } from '../database.js';
import { createReextractor, createReplayWorld, storyPage } from './replay-world.js';

const { db } = await createDatabase();
const world = createReplayWorld(db);
const { query, store } = world;
const reextractor = createReextractor(db);
const { age, ask, readRecords, reextractOnce, outcomes } = reextractor;
const changes = async (id: number) =>
  query('select operation, fields from feedmill_data.changes where record_id = $1 order by tx, id', [id]);

describe('extracting records again', () => {
  it('makes records of an older extractor what this one makes of their pages, and asks no site', async () => {
    const feed = await world.subscribe('old.example');
    const ids = [await store(feed, 1), await store(feed, 2), await store(feed, 3)];
    const before = await readRecords(ids);
    expect(before.map((row) => row.content_source)).toEqual(['page', 'page', 'page']);
    await age(ids.slice(0, 2));
    const requests = world.requested.length;
    const { run, ...counts } = await ask([...ids, 999_999]);
    expect(counts).toEqual({ marked: 3, refetched: 0, left_out: 1 });
    expect((await reextractOnce()).map((report) => report.status)).toEqual(['reextracted', 'reextracted', 'reextracted']);
    expect(await readRecords(ids)).toEqual(before);
    expect(world.requested).toHaveLength(requests);
    expect(await outcomes(run)).toEqual([
      { id: ids[0], outcome: 'changed', note: 'content_text, content_html, word_count' },
      { id: ids[1], outcome: 'changed', note: 'content_text, content_html, word_count' },
      { id: ids[2], outcome: 'unchanged', note: null },
    ]);
    expect(await reextractOnce()).toEqual([]);
    const versions = await query('select revision, extractor_version from feedmill.records where id = any ($1) order by id', [
      ids,
    ]);
    expect(versions.map((row) => row.extractor_version)).toEqual([EXTRACTOR_VERSION, EXTRACTOR_VERSION, EXTRACTOR_VERSION]);
    const former = await query('select extractor_version from feedmill.record_revisions where record_id = $1 order by revision', [
      ids[0],
    ]);
    expect(former.map((row) => row.extractor_version)).toEqual([EXTRACTOR_VERSION, 0, EXTRACTOR_VERSION]);
  });

  it('makes no change and no revision of a record that stays the same, but notes the version', async () => {
    const id = await store(await world.subscribe('same.example'), 1);
    await query('update feedmill_data.articles set extractor_version = null where id = $1', [id]);
    await ask([id]);
    await reextractOnce();
    expect(await changes(id)).toEqual([{ operation: 'insert', fields: null }]);
    const [row] = await query('select revision, extractor_version from feedmill.records where id = $1', [id]);
    expect(row).toEqual({ revision: 1, extractor_version: EXTRACTOR_VERSION });
  });

  it('joins the pages of a long article, but no page that is left from an earlier fetch', async () => {
    const feed = await world.subscribe('long.example');
    const url = 'https://long.example/1';
    world.pages.set(url, fetched(storyPage(1, { next: '/1?p=2' }), { url }));
    world.pages.set(`${url}?p=2`, fetched(storyPage(2), { url: `${url}?p=2` }));
    const id = await store(feed, 1);
    const before = await readRecords([id]);
    expect(before).toMatchObject([{ page_count: 2 }]);
    await age([id]);
    await ask([id]);
    await reextractOnce();
    expect(await readRecords([id])).toEqual(before);

    // The article now has one page: the second one is of the fetch before.
    world.pages.set(url, fetched(storyPage(1), { url }));
    await query("update feedmill_data.pages set fetched_at = fetched_at - interval '1 hour' where article_id = $1", [id]);
    await world.poll(feed, [feedEntry(1, { host: 'long.example', title: 'Story 1', contentHash: 'edited' })]);
    const shorter = await readRecords([id]);
    expect(shorter).toMatchObject([{ page_count: 1 }]);
    await age([id]);
    await ask([id]);
    await reextractOnce();
    expect(await readRecords([id])).toEqual(shorter);
  });

  it('reads the content of the feed again where the record has it', async () => {
    const feed = await world.subscribe('feed.example', 'feed');
    const id = await store(feed, 1, { contentHtml: '<p>All that the feed says.</p>' });
    const before = await readRecords([id]);
    expect(before).toMatchObject([{ content_source: 'feed', content_text: 'All that the feed says.' }]);
    await age([id]);
    expect(await ask([id])).toMatchObject({ marked: 1 });
    await reextractOnce();
    expect(await readRecords([id])).toEqual(before);
  });

  it('finds content in a kept page that an older extractor did not find, and takes back the problem', async () => {
    const id = await store(await world.subscribe('found.example'), 1);
    const before = await readRecords([id]);
    await query(
      `update feedmill_data.articles set content_source = 'feed', page_count = 0, content_text = 'Short.', content_html = '<p>Short.</p>',
         error = 'no-text', error_text = 'The page has no text.' where id = $1`,
      [id],
    );
    await ask([id]);
    await reextractOnce();
    expect(await readRecords([id])).toEqual(before);
    expect(await query('select page_error from feedmill.records where id = $1', [id])).toEqual([{ page_error: null }]);
  });

  it.each([
    ['has no text', '<html><body></body></html>', 'No article text was found on the page.'],
    ['has much less text', storyPage(1, { paragraphs: 1 }), 'Of '],
    ['is a gate', '<html><body><form><input type="password"></form><p>Please log in.</p></body></html>', 'The page'],
  ])('keeps a record whose kept page %s', async (what, html, reason) => {
    const feed = await world.subscribe(`kept-${what.replaceAll(' ', '-')}.example`);
    const id = await store(feed, 1);
    await age([id]);
    const before = await readRecords([id]);
    await reextractor.keepPage(id, html);
    const { run } = await ask([id]);
    await reextractOnce();
    const [outcome] = await outcomes(run);
    expect(outcome).toMatchObject({ outcome: 'kept' });
    expect(outcome?.note).toContain(reason);
    expect(await readRecords([id])).toEqual(before);
    expect(await query('select extractor_version from feedmill.records where id = $1', [id])).toEqual([{ extractor_version: 0 }]);
  });

  it('leaves out records whose page is no longer kept or, if asked, fetches those again at their host’s turn', async () => {
    const id = await store(await world.subscribe('gone.example'), 1);
    const before = await readRecords([id]);
    await age([id]);
    await query('delete from feedmill_data.pages where article_id = $1', [id]);
    expect(await ask([id])).toMatchObject({ marked: 0, refetched: 0, left_out: 1 });
    const requests = world.requested.length;
    expect(await ask([id], true)).toMatchObject({ marked: 0, refetched: 1, left_out: 0 });
    await world.processAll();
    expect(world.requested.slice(requests)).toEqual(['https://gone.example/1']);
    expect(await readRecords([id])).toEqual(before);

    // A page that can't be fetched costs the record nothing.
    world.pages.set('https://gone.example/1', { kind: 'missing', status: 404 });
    await query('delete from feedmill_data.pages where article_id = $1', [id]);
    await ask([id], true);
    await world.processAll();
    expect(await readRecords([id])).toEqual(before);
  });

  it('drops a result when the article was fetched or edited meanwhile, and reads it again', async () => {
    const feed = await world.subscribe('meanwhile.example');
    const id = await store(feed, 1);
    await age([id]);
    const { run } = await ask([id]);
    const url = 'https://meanwhile.example/1';
    const [report] = await reextractOnce({
      readArticle: async (input) => {
        const reading = readArticle(input);
        world.pages.set(url, fetched(storyPage(1, { paragraphs: 6 }), { url }));
        await world.poll(feed, [feedEntry(1, { host: 'meanwhile.example', title: 'Story 1, corrected', contentHash: 'edited' })]);
        return reading;
      },
    });
    expect(report).toMatchObject({ status: 'stale' });
    const newer = await readRecords([id]);
    expect(newer).toMatchObject([{ title: 'Story 1, corrected' }]);
    await reextractOnce();
    expect(await readRecords([id])).toEqual(newer);
    expect(await outcomes(run)).toEqual([{ id, outcome: 'unchanged', note: null }]);
  });

  it('waits while the pages of an article are being fetched', async () => {
    const id = await store(await world.subscribe('busy.example'), 1);
    await query('update feedmill_data.articles set pages_kept = 1 where id = $1', [id]);
    const { run } = await ask([id]);
    expect(await reextractOnce()).toEqual([{ status: 'nothing-to-do', articleId: id }]);
    await query('update feedmill_data.articles set pages_kept = 0 where id = $1', [id]);
    await query('update feedmill_data.reextractions set due_at = now() where run = $1', [run]);
    await reextractOnce();
    expect(await outcomes(run)).toMatchObject([{ outcome: 'unchanged' }]);
  });

  it('uses what the entry with the best right says', async () => {
    const stranger = await world.subscribe('stranger.example');
    const own = await world.subscribe('own.example');
    const id = await store(own, 1);
    await world.poll(stranger, [
      feedEntry(9, { host: 'own.example', normalizedUrl: 'https://own.example/1', title: 'Not theirs to say' }),
    ]);
    await age([id]);
    await ask([id]);
    await reextractOnce();
    expect(await readRecords([id])).toMatchObject([{ title: 'Story 1' }]);

    // When no entry shows it any more, what the feed had said stays.
    await query("update feedmill_data.articles set title = 'As the feed had it' where id = $1", [id]);
    await query('update feedmill_data.entries set article_id = null where article_id = $1', [id]);
    await ask([id]);
    await reextractOnce();
    expect(await readRecords([id])).toMatchObject([{ title: 'As the feed had it' }]);
  });
});

describe('work on re-extractions', () => {
  it('goes with the record when retention deletes it, before or during the work', async () => {
    const feed = await world.subscribe('retention.example');
    const ids = [await store(feed, 1), await store(feed, 2)];
    const { run } = await ask(ids);
    const expire = async (id: number | undefined) => {
      await query("update feedmill_data.articles set stored_at = now() - interval '99 days' where id = $1", [id]);
      await expireRecords(db, 90);
    };
    const reports = await reextractOnce({
      readArticle: async (input) => {
        await expire(ids[0]);
        await expire(ids[1]);
        return readArticle(input);
      },
    });
    expect(reports.map(({ status }) => status)).toEqual(['stale', 'nothing-to-do']);
    expect(await outcomes(run)).toEqual([]);
  });

  it('is claimed by one process at a time, and again when its lease ends', async () => {
    const ids = [await store(await world.subscribe('leases.example'), 1)];
    const { run } = await ask(ids);
    expect(await reextractor.claimReextractions(10)).toEqual(ids);
    expect(await reextractor.claimReextractions(10)).toEqual([]);
    // The worker is killed after it has started.
    const started = await reextractor.startReextraction(ids[0] ?? 0);
    await query('update feedmill_data.reextractions set due_at = now() where run = $1', [run]);
    expect(await reextractor.claimReextractions(10)).toEqual(ids);
    // The dead one comes back: what it found is dropped.
    if (!started) throw new Error('not started');
    expect(await reextractor.recordReextraction(started, { kind: 'kept', reason: 'late' })).toBe('stale');
    await query('update feedmill_data.reextractions set due_at = now() where run = $1', [run]);
    await reextractOnce();
    expect(await outcomes(run)).toMatchObject([{ outcome: 'unchanged' }]);
  });

  it('ends after three attempts that crashed their worker', async () => {
    const id = await store(await world.subscribe('crash.example'), 1);
    const { run } = await ask([id]);
    for (let crash = 0; crash < 3; crash += 1) {
      await reextractor.claimReextractions(10);
      expect(await reextractor.startReextraction(id)).toMatchObject({ attempts: crash + 1 });
      await query('update feedmill_data.reextractions set due_at = now() where run = $1', [run]);
    }
    await reextractOnce();
    expect(await outcomes(run)).toEqual([{ id, outcome: 'kept', note: 'Every attempt crashed its worker.' }]);
  });

  it('is given back when a worker stops, and ends with a fault of ours', async () => {
    const id = await store(await world.subscribe('stop.example'), 1);
    const { run } = await ask([id]);
    const claimAndStart = async () => {
      await reextractor.claimReextractions(10);
      const started = await reextractor.startReextraction(id);
      if (!started) throw new Error('not started');
      return started;
    };
    await giveBackReextractions(db, [await claimAndStart()], 'now');
    const started = await claimAndStart();
    expect(started).toMatchObject({ attempts: 1 });
    await recordReextractionFault(db, started, 'This is a bug');
    expect(await outcomes(run)).toEqual([{ id, outcome: 'fault', note: 'This is a bug' }]);
  });

  it('is asked for again by a later run, which takes it over', async () => {
    const id = await store(await world.subscribe('again.example'), 1);
    const first = await ask([id]);
    const second = await ask([id]);
    expect(await outcomes(first.run)).toEqual([]);
    const [more] = await query('select run::int, marked::int from feedmill_admin.reextract_records($1, into_run => $2)', [
      [id],
      second.run,
    ]);
    expect(more).toEqual({ run: second.run, marked: 1 });
    await reextractOnce();
    expect(await outcomes(second.run)).toMatchObject([{ outcome: 'unchanged' }]);
  });

  it('is forgotten after a month', async () => {
    const id = await store(await world.subscribe('month.example'), 1);
    const { run } = await ask([id]);
    await reextractOnce();
    await expireReextractions(db);
    expect(await outcomes(run)).toHaveLength(1);
    await query("update feedmill_data.reextractions set done_at = now() - interval '31 days' where run = $1", [run]);
    expect(await expireReextractions(db)).toBe(false);
    expect(await outcomes(run)).toEqual([]);
  });

  it('costs a claim the same however many records wait', async () => {
    await query(`
      alter table feedmill_data.articles disable trigger user;
      insert into feedmill_data.articles (url, feed_id, status, due_at, stored_at)
        select 'https://many.example/' || n, (select min(id) from feedmill_data.feeds), 'stored', null, now() from generate_series(1, 20000) n;
      alter table feedmill_data.articles enable trigger user;
      insert into feedmill_data.reextractions (article_id, run) select id, 0 from feedmill_data.articles where url like 'https://many.example/%';
      analyze feedmill_data.reextractions`);
    const claims = await query<{ 'QUERY PLAN': string }>(`
      explain (analyze, buffers, timing off) select article_id from feedmill_data.reextractions
      where due_at <= now() order by due_at limit 100 for update skip locked`);
    const plan = claims.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('reextractions_due');
    expect(plan).not.toContain('Seq Scan');
    expect(await reextractor.claimReextractions(100)).toHaveLength(100);
  });
});
