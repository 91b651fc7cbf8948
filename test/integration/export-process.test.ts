import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, insertFeed, until } from '../database.js';

const { url, db } = await createDatabase();
const folder = await mkdtemp(join(tmpdir(), 'feedmill-export-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Starts the command in a process of its own. */
function start(args: string[]): { child: ChildProcess; printed: () => string; ended: Promise<number> } {
  const env = { ...process.env, DATABASE_URL: url };
  const child = spawn(process.execPath, ['bin/feedmill.mjs', 'export', ...args], { cwd: root, env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (text += String(data)));
  return { child, printed: () => text, ended: once(child, 'exit').then(([code]) => Number(code)) };
}

const addRecords = (name: string, count: number, html: string) =>
  db.$client.query(
    `insert into feedmill_data.articles (url, feed_id, status, due_at, title, content_html, content_text, excerpt, word_count, content_source, stored_at)
     select 'https://a.example/' || $1 || n, 1, 'stored', null, 'T', $3, 'x', 'x', 1, 'page', now() from generate_series(1, $2::int) n`,
    [name, count, html],
  );

/** Files below the folder, by the end of their names. */
const listFiles = async (end: string) => (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(end));

beforeAll(async () => {
  await insertFeed(db);
});

describe('feedmill export in a process of its own', () => {
  it('writes records that are made to be slow', { timeout: 180_000 }, async () => {
    const cell = '\\'.repeat(1_000_000);
    const wide = `<table><tr>${'<td>x</td>'.repeat(20_000)}</tr>${'<tr><td>x</td><td>y</td></tr>'.repeat(5_000)}</table>`;
    await addRecords('slow', 1, `<table><tr><td>${cell}</td><td>x</td></tr></table>${wide}`);
    const { printed, ended } = start(['--format', 'markdown', '--out', join(folder, 'slow')]);
    expect(await ended, printed()).toBe(0);
    expect(printed()).toContain('1 written');
  });

  it('finishes the record that it writes when it is stopped', { timeout: 180_000 }, async () => {
    await addRecords('many', 20_000, '<p>x</p>');
    const { child, printed, ended } = start(['--format', 'markdown', '--out', folder]);
    await until(async () => (await listFiles('.md')).length > 10, `files; so far: ${printed()}`);
    child.kill('SIGTERM');
    expect(await ended, printed()).toBe(143);
    expect(printed()).toMatch(/^\d+ written.*\nInterrupted\.\n$/);
    expect(await listFiles('.new')).toEqual([]);
    expect((await listFiles('.md')).length).toBeLessThan(20_000);
  });
});
