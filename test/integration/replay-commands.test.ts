import { describe, expect, it } from 'vitest';
import { feedDetailsStore } from '../../db/feed-details.js';
import { pageStore } from '../../db/pages.js';
import { replayStore } from '../../db/replay.js';
import { reportStore } from '../../db/reports.js';
import { readArticle } from '../../src/articles/read.js';
import type { CliApp, CliContext } from '../../src/cli/app.js';
import { createProgram } from '../../src/cli/program.js';
import { reextract } from '../../src/jobs/reextraction.js';
import { fetched } from '../builders.js';
import { createDatabase, until } from '../database.js';
import { createReextractor, createReplayWorld, storyPage } from './replay-world.js';

const { db } = await createDatabase();
const world = createReplayWorld(db);
const { query, store, pages } = world;
const { age, readRecords, reextractOnce } = createReextractor(db);
const replay = replayStore(db);

/** Extracts in this thread what a dry run extracts in one of its own. */
async function tryReextraction(id: number) {
  const record = await replay.loadRecordToExtract(id);
  if (!record) return undefined;
  const deps = { ...pageStore(db), readArticle: async (input: Parameters<typeof readArticle>[0]) => readArticle(input) };
  return { url: record.url, title: record.current.title, result: await reextract(deps, { ...record, attempts: 1 }) };
}

const app = { ...feedDetailsStore(db), ...reportStore(db), ...replay, tryReextraction } as unknown as CliApp;

/** Runs a command; `stopping` is aborted when the user presses Ctrl-C. */
async function run(args: string, stopping = new AbortController().signal) {
  const [out, err]: [string[], string[]] = [[], []];
  const context: Partial<CliContext> = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    withApp: async (use) => use(app, stopping),
  };
  await createProgram(context as CliContext, '0').parseAsync(args.split(' '), { from: 'user' });
  return { out, err, json: () => JSON.parse(out.at(-1) ?? '') as Record<string, unknown> };
}

describe('feedmill retry', () => {
  /** Articles of a host whose pages fail, except the last. */
  async function failing(host: string, outcome: Parameters<typeof pages.set>[1]) {
    const feed = await world.subscribe(host);
    for (const n of [1, 2]) pages.set(`https://${host}/${n}`, outcome);
    return { feed, ids: [await store(feed, 1), await store(feed, 2), await store(feed, 3)] };
  }
  const readStates = (ids: readonly number[]) =>
    query('select status, error, attempts from feedmill_data.articles where id = any ($1) order by id', [ids]);

  it('fetches the selected failures again, one at each turn of their host, and says how that ended', async () => {
    const { ids } = await failing('broken.example', { kind: 'missing', status: 404 });
    await failing('walled.example', { kind: 'refused', status: 403 });
    expect(await readStates(ids)).toMatchObject([{ status: 'failed' }, { status: 'failed' }, { status: 'stored' }]);
    const dry = await run('retry --host broken.example --dry-run');
    expect(dry.out).toEqual(['2 failed articles: 2 missing.']);
    expect((await run('retry --all --dry-run --json')).json()).toMatchObject({ selected: 4 });

    const url = 'https://broken.example/1';
    pages.set(url, fetched(storyPage(1), { url }));
    const requests = world.requested.length;
    const waiting = run('retry --host broken.example --json');
    await until(async () => {
      await world.processAll();
      return world.requested.length === requests + 2;
    }, 'both pages');
    expect((await waiting).json()).toEqual({ selected: 2, retried: 2, solved: 1, later: 0, failed: 1 });
    expect(await readStates(ids)).toMatchObject([
      { status: 'stored', error: null },
      { status: 'failed', error: 'missing', attempts: 1 },
      { status: 'stored', error: null },
    ]);
  });

  it('starts over from the article’s own address, not from where redirects once led', async () => {
    const feed = await world.subscribe('moved.example');
    pages.set('https://moved.example/1', {
      kind: 'moved',
      status: 302,
      to: 'https://moved.example/maintenance',
      permanent: false,
    });
    const id = await store(feed, 1);
    expect(await readStates([id])).toMatchObject([{ status: 'failed' }]);
    pages.set('https://moved.example/1', fetched(storyPage(1), { url: 'https://moved.example/1' }));
    await run(`retry --id ${id} --no-wait`);
    await world.processAll();
    expect(await readStates([id])).toMatchObject([{ status: 'stored', error: null }]);
  });

  it('never replaces a record that came from its page by what the feed says', async () => {
    const feed = await world.subscribe('partial.example');
    const id = await store(feed, 1, { contentHtml: '<p>Only a teaser.</p>' });
    const before = await readRecords([id]);
    await query("update feedmill_data.articles set error = 'missing', error_text = 'Its second page is missing.' where id = $1", [
      id,
    ]);
    pages.set('https://partial.example/1', { kind: 'missing', status: 404 });
    await run(`retry --id ${id} --no-wait`);
    await world.processAll();
    expect(await readRecords([id])).toEqual(before);
  });

  it('leaves out what has not failed, what is being tried, and links that are no addresses', async () => {
    const { ids } = await failing('mixed.example', { kind: 'missing', status: 404 });
    await query("update feedmill_data.articles set error = 'bad-link' where id = $1", [ids[0]]);
    await query(
      `with leased as (update feedmill_data.articles set due_at = date_trunc('milliseconds', now() + interval '1 hour') where id = $1 returning host, due_at)
       update feedmill_data.hosts set leases = leases || leased.due_at from leased where hosts.host = leased.host`,
      [ids[1]],
    );
    const [counts] = await query('select retried::int, left_out::int from feedmill_admin.retry_articles($1)', [
      [...ids, 999_999],
    ]);
    expect(counts).toEqual({ retried: 0, left_out: 4 });
  });

  it('asks for a selection, and leaves the work going on when it is interrupted', async () => {
    await expect(run('retry')).rejects.toThrow('Say which ones');
    await expect(run('retry --all --kind missing')).rejects.toThrow('goes with no other selection');
    expect((await run('retry --kind no-such-kind')).out).toEqual(['No failed articles match.']);
    const { ids } = await failing('interrupted.example', { kind: 'missing', status: 404 });
    const control = new AbortController();
    const interrupted = run('retry --host interrupted.example', control.signal);
    await until(
      async () => (await readStates(ids)).filter(({ attempts }) => attempts === 0).length >= 2,
      'the articles to be due',
    );
    control.abort();
    await expect(interrupted).rejects.toThrow('are still due');
    await world.processAll();
    expect(await readStates(ids.slice(0, 2))).toMatchObject([{ attempts: 1 }, { attempts: 1 }]);
  });
});

describe('feedmill reextract', () => {
  it('shows what would change, then has the workers do exactly that', async () => {
    const feed = await world.subscribe('dry.example');
    const ids = [await store(feed, 1), await store(feed, 2), await store(feed, 3)];
    const fresh = await readRecords(ids);
    await age(ids.slice(0, 2));
    const aged = await readRecords(ids);

    const dry = await run('reextract --host dry.example --dry-run --limit 1');
    expect(dry.err[0]).toBe('3 records are selected.');
    expect(dry.out.join('\n')).toMatch(
      /^\d+ {2}Story 1 {2}https:\/\/dry.example\/1\n {2}content_text: \d+ → \d+ characters\n {4}\[-Share this\.-]\n/,
    );
    expect(dry.out.filter((line) => line.includes('https://'))).toHaveLength(1);
    expect(dry.out).toContain('Of 3 records 2 would change, 1 would not, and 0 would be kept as they are.');
    expect(dry.out).toContain('Changed: content_text 2, content_html 2, word_count 2.');
    expect(await readRecords(ids)).toEqual(aged);
    const json = await run('reextract --host dry.example --dry-run --json');
    expect(json.json()).toMatchObject({ selected: 3, tried: 3, changed: 2, unchanged: 1, kept: 0 });

    const waiting = run('reextract --host dry.example --json');
    const reports = await until(async () => {
      const done = await reextractOnce();
      return done.length > 0 && done;
    }, 'the records to be claimed');
    expect(reports).toHaveLength(3);
    expect((await waiting).json()).toMatchObject({ selected: 3, marked: 3, changed: 2, unchanged: 1, kept: 0, waiting: 0 });
    expect(await readRecords(ids)).toEqual(fresh);
  });

  it('selects what an older extractor made, and returns at once if told to; the run can be followed later', async () => {
    const feed = await world.subscribe('older.example');
    const ids = [await store(feed, 1), await store(feed, 2), await store(feed, 3)];
    await age(ids.slice(0, 1));
    await query('update feedmill_data.articles set extractor_version = null where id = $1', [ids[1]]);
    await query('delete from feedmill_data.pages where article_id = $1', [ids[1]]);
    const { json, err } = await run('reextract --older-extractor --host older.example --no-wait --json');
    expect(err).toContain('1 are left out: their pages are no longer kept. To fetch them again: --refetch');
    expect(json()).toMatchObject({ selected: 2, marked: 1, leftOut: 1, waiting: 1 });
    await reextractOnce();
    expect((await run(`reextract --follow ${String(json().run)}`)).out).toEqual([
      `Run ${String(json().run)}: 1 changed, 0 unchanged.`,
    ]);
    expect((await run('reextract --older-extractor --host older.example --refetch --no-wait --json')).json()).toMatchObject({
      selected: 1,
      refetched: 1,
    });
    await world.processAll();
    expect((await run('reextract --extractor-before 1 --host older.example')).out).toEqual(['No records match.']);
    await expect(run('reextract --follow 999999')).rejects.toThrow('There is no run 999999');
    await expect(run('reextract')).rejects.toThrow('Say which ones');
  });
});
