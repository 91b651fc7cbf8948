import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exportStore } from '../../db/exports.js';
import { feedStore } from '../../db/feeds.js';
import { reportStore } from '../../db/reports.js';
import type { CliApp, CliContext } from '../../src/cli/app.js';
import { createProgram } from '../../src/cli/program.js';
import { writeRecord } from '../../src/export/write-record.js';
import { POLITENESS } from '../builders.js';
import { createDatabase, until } from '../database.js';

const { db } = await createDatabase();
const folder = await mkdtemp(join(tmpdir(), 'feedmill-export-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const { readFeedPlaces, loadSubscriptions } = feedStore(db, POLITENESS);

/** What the command printed to standard error. */
let complaints: string[] = [];
beforeEach(() => {
  complaints = [];
});
/** In the command line, a thread does this. */
let write: CliApp['writeRecord'] = async (input) => writeRecord(input);

/** Runs the command and returns what it printed. Stops a command that never ends once `enough` is true of its output. */
async function run(args: string[], enough?: (printed: string) => Promise<boolean>): Promise<string> {
  let printed = '';
  const stopping = new AbortController();
  const context: Partial<CliContext> = {
    out: (line) => {
      printed += `${line}\n`;
    },
    err: (line) => {
      complaints.push(line);
    },
    write: async (text) => {
      printed += text;
    },
    withApp: async (use) =>
      use(
        { ...reportStore(db), ...exportStore(db), readFeedPlaces, loadSubscriptions, writeRecord: write } as unknown as CliApp,
        stopping.signal,
      ),
  };
  const program = createProgram(context as CliContext, '0');
  const done = program.parseAsync(['export', ...args], { from: 'user' });
  if (!enough) await done;
  else {
    await until(() => enough(printed), `more output of the export; so far: ${printed}`);
    stopping.abort();
    await done;
  }
  return printed;
}

const addRecord = async (feedId: number, title: string, publishedAt = '2026-03-01T06:39:03Z') => {
  const { rows } = await db.$client.query(
    `with article as (
       insert into feedmill_data.articles (url, feed_id, status, due_at, title, published_at, content_html, content_text, excerpt, word_count, content_source, stored_at)
       values ('https://a.example/' || $2::text, $1::bigint, 'stored', null, $2, '2026-03-01T06:34:03Z', E'<p>\\u00a0' || $2 || E'</p>\\n  <p>x</p>', $2, $2, 1, 'page', now()) returning id
     ), entry as (
       insert into feedmill_data.entries (feed_id, key, article_id, title, published_at, content_hash) select $1::bigint, $2, id, $2, $3, 'h' from article
     ) select id from article`,
    [feedId, title, publishedAt],
  );
  return Number(rows[0].id);
};
const ids: Record<string, number> = {};

beforeAll(async () => {
  await db.$client.query(`insert into feedmill_data.feeds (url, host, title) values
    ('https://user:s3cret@a.example/feed', 'a.example', 'A'), ('http://b.example:8080/feed', 'b.example:8080', 'B')`);
  for (const title of ['One', 'Two']) ids[title] = await addRecord(1, title);
  ids.Three = await addRecord(2, 'Three');
});

describe('feedmill export', () => {
  it('writes the archive with one file per record, and later only the files that changed', async () => {
    const out = join(folder, 'archive');
    expect(await run(['--format', 'archive', '--out', out])).toBe(`3 written, 0 unchanged in ${out}.\n`);
    expect((await readdir(out)).sort()).toEqual(['1-a.example', '2-b.example_8080']);
    const path = join(out, '1-a.example', `${ids.One}.md`);
    // The date is the feed's, not the page's.
    expect(await readFile(path, 'utf8')).toBe(
      `<!--${Date.UTC(2026, 2, 1, 6, 39, 3)}-->\n[One](https://a.example/One)\n------\n\n<p>\u00a0One</p><p>x</p>\n`,
    );
    const before = (await stat(path)).mtimeMs;
    await db.$client.query("update feedmill_data.articles set title = 'Zwei' where title = 'Two'");
    expect(await run(['--format', 'archive', '--out', out])).toBe(`1 written, 2 unchanged in ${out}.\n`);
    expect((await stat(path)).mtimeMs).toBe(before);
    expect(await run(['--format', 'archive', '--feed', '2', '--out', join(folder, 'b')])).toMatch(/^1 written/);
    expect(await run(['--format', 'archive', '--since', '2999-01-01', '--out', join(folder, 'none')])).toMatch(/^0 written/);
  });

  it('moves the file of a record whose feed URL changed, and leaves other files alone', async () => {
    const out = join(folder, 'moved');
    await run(['--format', 'markdown', '--out', out]);
    await writeFile(join(out, 'notes.md'), 'mine');
    await writeFile(join(out, '2-b.example_8080', 'notes.md'), 'mine');
    await db.$client.query("update feedmill_data.feeds set url = 'http://c.example/feed' where id = 2");
    expect(await run(['--format', 'markdown', '--out', out])).toMatch(/^1 written, 2 unchanged/);
    expect((await readdir(out)).sort()).toEqual(['1-a.example', '2-b.example_8080', '2-c.example', 'notes.md']);
    expect(await readdir(join(out, '2-b.example_8080'))).toEqual(['notes.md']);
    expect(await readdir(join(out, '2-c.example'))).toEqual([`${ids.Three}.md`]);
    await db.$client.query("update feedmill_data.feeds set url = 'http://b.example:8080/feed' where id = 2");
  });

  it('removes unfinished files of a killed export, but none of a running export', async () => {
    const out = join(folder, 'killed');
    await run(['--format', 'archive', '--out', out]);
    const [old, fresh] = ['1.md.77-0123abcd.new', '1.md.78-0123abcd.new'].map((name) => join(out, '1-a.example', name)) as [
      string,
      string,
    ];
    await Promise.all([old, fresh].map((path) => writeFile(path, 'half')));
    await utimes(old, new Date(0), new Date(0));
    await run(['--format', 'archive', '--out', out]);
    expect((await readdir(join(out, '1-a.example'))).filter((name) => name.endsWith('.new'))).toEqual(['1.md.78-0123abcd.new']);
  });

  it('writes, rewrites and removes files while following', async () => {
    const out = join(folder, 'followed');
    const here = (title: string) => readFile(join(out, '2-b.example_8080', `${ids[title]}.md`), 'utf8').catch(() => undefined);
    await run(['--format', 'markdown', '--follow', '--out', out], async (printed) => {
      if (!printed.includes('3 written')) return false;
      ids.Four = await addRecord(2, 'Four');
      await until(async () => (await here('Four'))?.includes('title: "Four"'), 'a new file');
      await db.$client.query("update feedmill_data.articles set title = 'Vier' where title = 'Four'");
      await until(async () => (await here('Four'))?.includes('title: "Vier"'), 'a changed file');
      await db.$client.query("delete from feedmill_data.articles where title = 'Vier'");
      await until(async () => (await here('Four')) === undefined, 'the file to be removed');
      return true;
    });
  });

  it('streams JSON Lines, including deletions', async () => {
    const out = await run(['--format', 'jsonl', '--feed', 'https://user:s3cret@a.example/feed']);
    expect(out).not.toContain('s3cret');
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { id: ids.One, title: 'One', feed_id: 1, authors: [], published_at: '2026-03-01T06:34:03.000Z' },
      { id: ids.Two },
    ]);
    const gone = await addRecord(1, 'Gone');
    let deleted = false;
    await run(['--format', 'jsonl', '--follow'], async (printed) => {
      if (printed.includes('Gone') && !deleted) {
        deleted = true;
        await db.$client.query("delete from feedmill_data.articles where title = 'Gone'");
      }
      return printed.includes(`{"id":${gone},"deleted":true}`);
    });
  });

  it('exports more records than one batch holds', async () => {
    await Promise.all(Array.from({ length: 250 }, (_, n) => addRecord(2, `Many ${n}`)));
    const lines = (await run(['--format', 'jsonl'])).trim().split('\n');
    expect(new Set(lines.map((line) => (JSON.parse(line) as { id: number }).id)).size).toBe(253);
  });

  it('writes complete files when several exports share one folder', async () => {
    const [out, alone] = [join(folder, 'both'), join(folder, 'alone')];
    await Promise.all([1, 2, 3].map(() => run(['--format', 'archive', '--out', out])));
    await run(['--format', 'archive', '--out', alone]);
    const contents = async (root: string) => {
      const files = (await readdir(root, { recursive: true })).filter((name) => /[.]/.test(name.split('/')[1] ?? '')).sort();
      return Promise.all(files.map(async (name) => [name, await readFile(join(root, name), 'utf8')]));
    };
    expect(await contents(out)).toEqual(await contents(alone));
  });

  it('names and skips records that cannot be written, and then fails', async () => {
    const out = join(folder, 'skipped');
    write = async (input) => {
      if (input.record.title === 'One') return { kind: 'stopped', reason: 'too-slow' };
      if (input.record.title === 'Three') throw new Error('x');
      return writeRecord(input);
    };
    try {
      await expect(run(['--format', 'markdown', '--out', out])).rejects.toThrow('2 records were skipped.');
    } finally {
      write = async (input) => writeRecord(input);
    }
    expect(complaints).toEqual([
      `Record ${ids.One} (https://a.example/One) was skipped: writing it took too long.`,
      `Record ${ids.Three} (https://a.example/Three) was skipped: Feedmill has a bug (x).`,
    ]);
    expect(await readdir(join(out, '1-a.example'))).toEqual([`${ids.Two}.md`]);
  });

  it.each(['rss', 'atom', 'opml'])('writes %s', async (format) => {
    const out = await run(['--format', format]);
    expect(out).toMatch(/^<\?xml/);
    expect(out).not.toContain('s3cret');
  });

  it.each([
    [['--format', 'rss', '--follow'], /--follow only works with/],
    [['--format', 'archive', '--since', 'soon', '--out', 'x'], /Expected a date/],
    [['--format', 'archive', '--feed', '99', '--out', 'x'], /There is no feed 99/],
    [['--format', 'jsonl', '--out', '/dev/null/x'], /can't be written/],
    [['--format', 'archive', '--out', '/dev/null/x'], /can't be written/],
  ])('fails with a clear message: %j', async (args, words) => {
    await expect(run(args)).rejects.toThrow(words);
  });
});
