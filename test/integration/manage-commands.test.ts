import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { deliveryAdminStore } from '../../db/delivery-admin.js';
import { feedDetailsStore } from '../../db/feed-details.js';
import { feedStore } from '../../db/feeds.js';
import { manageStore } from '../../db/manage.js';
import { recordReader } from '../../db/record-reader.js';
import { reportStore } from '../../db/reports.js';
import type { CliApp, CliContext } from '../../src/cli/app.js';
import { createProgram } from '../../src/cli/program.js';
import { POLITENESS } from '../builders.js';
import { createDatabase, insertRecord } from '../database.js';

const { db } = await createDatabase();
const folder = await mkdtemp(join(tmpdir(), 'feedmill-manage-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a command. @param answer what the user types when asked; undefined when there is no terminal */
async function run(args: string, answer?: string | (() => Promise<string>)): Promise<{ out: string[]; asked: string[] }> {
  const [out, asked]: [string[], string[]] = [[], []];
  const context: Partial<CliContext> = {
    out: (line) => void out.push(line),
    write: async (text) => void out.push(...text.split('\n').slice(0, -1)),
    err: () => undefined,
    ask: async (question) => {
      asked.push(question);
      return typeof answer === 'function' ? answer() : answer;
    },
    withApp: async (use) =>
      use(
        {
          ...feedStore(db, POLITENESS),
          ...feedDetailsStore(db),
          ...manageStore(db),
          ...reportStore(db),
          ...deliveryAdminStore(db),
          ...recordReader(db),
        } as unknown as CliApp,
        new AbortController().signal,
      ),
  };
  // Quoted words may have spaces.
  const words = [...args.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
  await createProgram(context as CliContext, '0').parseAsync(words, { from: 'user' });
  return { out, asked };
}

const [A, B, C] = ['https://a.example/feed', 'https://b.example/feed', 'https://c.example/feed'];
let ids: Record<string, number> = {};
beforeEach(async () => {
  await db.$client.query('truncate feedmill_data.feeds, feedmill_data.hosts cascade');
  const added = await feedStore(db, POLITENESS).addFeeds([
    { url: A, title: 'Alpha', folder: 'News' },
    { url: B, title: 'Beta', folder: 'News / World' },
    { url: C, title: 'Gamma' },
  ]);
  ids = Object.fromEntries(added.map(({ id, url }) => [url, id]));
});

const states = async () => (await feedDetailsStore(db).loadFeedSummaries()).map(({ state }) => state);
const ACTIVE = 'not polled yet';

describe('a command that changes feeds', () => {
  it('changes one feed without asking', async () => {
    expect(await run(`pause ${ids[A]}`)).toEqual({ out: [`Paused ${A}`], asked: [] });
    expect(await states()).toEqual(['paused', ACTIVE, ACTIVE]);
    expect((await run(`pause ${A}`)).out).toEqual(['Nothing to change.']);
    expect((await run('resume --paused')).out).toEqual([`Resumed ${A}`]);
  });

  it('asks with a count before it changes several, and takes nothing but yes', async () => {
    for (const answer of ['', 'n', 'yesterday'])
      await expect(run('pause --in News', answer)).rejects.toThrow('Nothing was changed');
    await expect(run('pause --in News')).rejects.toThrow(/Pause 2 feeds\?.*no terminal.*--yes/);
    expect(await states()).toEqual([ACTIVE, ACTIVE, ACTIVE]);
    expect(await run('pause --in News', 'y')).toEqual({ out: ['Paused 2 feeds'], asked: ['Pause 2 feeds? [y/N] '] });
    expect(await run('resume * --yes')).toEqual({ out: ['Resumed 2 feeds'], asked: [] });
  });

  it('says with --dry-run exactly what would change', async () => {
    await run(`set ${C} --every 30`);
    expect((await run('set --all --every 30 --content feed --dry-run')).out).toEqual([
      `${A}: every, content`,
      `${B}: every, content`,
      `${C}: content`,
      '3 feeds would change.',
    ]);
    expect((await run('remove --all --dry-run')).out).toContain('3 feeds would change.');
    expect((await run('remove --all --with-records --dry-run')).out).toEqual([
      '3 feeds and 0 records would be deleted, and 0 records kept.',
    ]);
    expect(await states()).toEqual([ACTIVE, ACTIVE, ACTIVE]);
  });

  it('prints one JSON object per feed', async () => {
    const { out } = await run(`set ${A} --every 30 --json`);
    expect(out.map((line) => JSON.parse(line))).toEqual([{ id: ids[A], url: A, changed: ['every'] }]);
  });

  it.each([
    ['pause', /Say which feeds/],
    ['pause 999999', /no feed 999999/],
    ['pause https://none.example/*', /no feed https:/],
    ['set --all', /Say what to change/],
    ['set --all --every 0', /35000/],
    ['set --all --gap soon', /500ms/],
    ['set --all --yes --gap 2000m', /"gap" must be/],
    ['set --all --headers /nonexistent/headers', /no file/],
    ['show feed 999999', /no feed 999999/],
  ])('refuses: %s', async (args, message) => {
    await expect(run(args)).rejects.toThrow(message);
  });
});

describe('a folder', () => {
  it.each([
    'list --folder world',
    'pause --folder world',
    'remove --folder world --with-records',
    'set --in world --every 30',
    'move world X',
    'records --folder world',
    'search word --folder world',
    'retry --folder world',
    'reextract --folder world',
    'deliver add https://r.example/hook --events record.stored --folder world',
  ])('that does not exist is an error that lists those that do, in: %s', async (args) => {
    const listed = /^There is no folder world\. The folders are: News \/ World, News\.$/;
    await expect(run(args)).rejects.toThrow(expect.objectContaining({ message: expect.stringMatching(listed), exitCode: 1 }));
  });

  it('is selected by --folder or --in', async () => {
    for (const option of ['--folder', '--in']) {
      expect((await run(`list --json ${option} News`)).out).toHaveLength(2);
      expect((await run(`pause ${option} News --dry-run`)).out).toContain('2 feeds would change.');
    }
    expect((await run('set --in News --folder Press --yes')).out).toEqual(['Changed 2 feeds']);
    await expect(run('pause --in None')).rejects.toThrow('The folders are: Press.');
  });
});

it('list selects feeds, and leaves out removed ones unless asked', async () => {
  await run(`pause ${A}`);
  await run(`remove ${B}`);
  const listed = async (args: string) => (await run(`list --json ${args}`)).out.map((line) => JSON.parse(line).url);
  expect(await listed('')).toEqual([A, C]);
  expect(await listed('--paused')).toEqual([A]);
  expect(await listed('--removed')).toEqual([B]);
  expect(await listed('--in News')).toEqual([A]);
  expect(await listed('*c.example*')).toEqual([C]);
  expect((await run(`list --why ${A}`)).out[0]).toMatch(/is paused. To poll it again: npx feedmill resume \d+$/);
});

it('poll says what to do about a feed that is paused or removed', async () => {
  await run(`pause ${A}`);
  await run(`remove ${B}`);
  await expect(run(`poll ${A}`)).rejects.toThrow(`npx feedmill resume ${ids[A]}`);
  await expect(run(`poll ${B}`)).rejects.toThrow(`npx feedmill add '${B}'`);
});

it('add says how a known feed differs, with the command that changes it', async () => {
  await run(`pause ${A}`);
  expect((await run(`add --no-check ${A} --content feed --every 30 --ignore-robots`)).out).toEqual([
    `Already subscribed to <${A}>`,
    `It is paused. To poll it again: npx feedmill resume ${ids[A]}`,
    `Its settings differ and were not changed. To change them: npx feedmill set ${ids[A]} --content feed --every 30 --ignore-robots`,
  ]);
  const command = (await run(`add --no-check ${A} --content feed --every 30`)).out.at(-1)?.split('npx feedmill ')[1] ?? '';
  expect((await run(command)).out).toEqual([`Changed ${A}: every, content`]);
  expect((await run(`add --no-check ${A} --content feed --every 30`)).out).toHaveLength(2);
  expect((await run(`add --no-check ${C}`)).out).toEqual([`Already subscribed to <${C}>`]);
});

it('move renames a folder, and set moves feeds between folders', async () => {
  expect((await run("move News 'Daily press' --yes")).out).toEqual(['Moved 2 feeds']);
  await run(`set ${C} --folder News`);
  await run(`set ${A} --folder ''`);
  expect((await feedDetailsStore(db).loadFeedSummaries()).map((feed) => feed.folder)).toEqual([
    null,
    'Daily press / World',
    'News',
  ]);
});

it('set takes settings back: --every auto, --gap default', async () => {
  await run(`set ${A} --every 30 --gap 5s`);
  expect((await run(`set ${A} --every auto --gap default`)).out).toEqual([`Changed ${A}: every, gap`]);
  expect((await run(`set ${A} --every auto --gap default`)).out).toEqual(['Nothing to change.']);
});

it('set reads headers from a file, and no command shows their values', async () => {
  const file = join(folder, 'headers');
  await writeFile(file, '\nX-Key:  s3cret: 1 \r\nAuthorization: Bearer s3cret\n');
  const seen = [
    await run(`set ${A} --headers ${file} --dry-run`),
    await run(`set ${A} --headers ${file}`),
    await run(`show feed ${A}`),
    await run(`show feed ${A} --json`),
    await run('list --json'),
  ];
  expect(JSON.stringify(seen)).not.toContain('s3cret');
  expect(seen[2]?.out.find((line) => line.includes('headers'))).toMatch(/headers +authorization: \*\*\*, x-key: \*\*\*$/);
  const { rows } = await db.$client.query('select headers from feedmill_data.feeds where url = $1', [A]);
  expect(rows).toEqual([{ headers: { authorization: 'Bearer s3cret', 'x-key': 's3cret: 1' } }]);

  await writeFile(file, 'X-Key: a\ns3cret');
  const refused = run(`set ${A} --headers ${file}`);
  await expect(refused).rejects.toThrow(/Line 2/);
  await expect(refused).rejects.not.toThrow(/s3cret/);
  expect((await run(`set ${A} --headers none`)).out).toEqual([`Changed ${A}: headers`]);
});

it('remove --with-records asks even for one feed, and tells what it deleted', async () => {
  for (const n of [1, 2]) await insertRecord(db, { feedId: ids[A] ?? 0, url: `https://a.example/${n}`, text: `T${n}` });
  await expect(run(`remove ${A} --with-records`, 'n')).rejects.toThrow('Nothing was changed');
  const { out, asked } = await run(`remove ${A} --with-records`, 'y');
  expect([out, asked]).toEqual([['Removed 1 feed and 2 records.'], ['Delete 1 feed and 2 records? [y/N] ']]);
  expect(await states()).toEqual([ACTIVE, ACTIVE]);
});

it('remove --with-records tells how many records it kept, not how many it would have kept when it asked', async () => {
  const record = await insertRecord(db, { feedId: ids[A] ?? 0, url: 'https://a.example/1', text: 'T' });
  const { out } = await run(`remove ${A} --with-records`, async () => {
    await db.$client.query(
      "insert into feedmill_data.entries (feed_id, key, article_id, content_hash) values ($1, 'k', $2, 'h')",
      [ids[B], record],
    );
    return 'y';
  });
  expect(out).toEqual(['Removed 1 feed and 0 records (1 records that other feeds show are kept).']);
});

it('show feed tells its state, its settings, its polls and what failed', async () => {
  const id = ids[A];
  await db.$client.query(
    `insert into feedmill_data.polls (feed_id, started_at, duration_ms, outcome, error) values ($1, now(), 12, 'missing', 'The server says 404.')`,
    [id],
  );
  await db.$client.query(
    `insert into feedmill_data.articles (url, feed_id, status, due_at, error, error_text, attempts) values ('https://a.example/x', $1, 'failed', null, 'gone', 'Gone.', 1)`,
    [id],
  );
  await db.$client.query(
    `update feedmill_data.feeds set failures = 1, last_error = 'The server says 404.', polled_at = now(), due_reasons = '{"It failed."}' where id = $1`,
    [id],
  );
  await run(`set ${A} --every 90 --gap 5s`);
  const text = (await run(`show feed ${A}`)).out.join('\n');
  for (const part of [
    /^Alpha$/m,
    /folder +News/,
    /state +failing/,
    /because +It failed\./,
    /last error +The server says 404\./,
    /polled +every 1\.5 h/,
    /gap +5000 ms between requests to a\.example/,
    /missing .*The server says 404\./,
    /gone .*https:\/\/a\.example\/x/,
  ])
    expect(text).toMatch(part);
  const [json = ''] = (await run(`show feed ${id} --json`)).out;
  expect(JSON.parse(json)).toMatchObject({
    id,
    state: 'failing',
    poll_every_ms: 5_400_000,
    gap_ms: 5_000,
    latest_polls: [{ outcome: 'missing' }],
    latest_failures: [{ kind: 'gone' }],
  });
});
