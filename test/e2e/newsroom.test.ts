import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, until } from '../database.js';
import { findFreePorts } from '../faults/ports.js';

// A simulator of news sites with all kinds of faults, and an audit of every case. They are not part of the repository.
const newsroom = fileURLToPath(new URL('../../../shared/newsroom/', import.meta.url));
const corpus = fileURLToPath(new URL('../../../shared/extraction/dev/', import.meta.url));
const run = promisify(execFile);
/** The port of the sites. Their control server uses the next one. */
const PORT = await findFreePorts(8_600, 2);
const CONTROL = `http://127.0.0.1:${PORT + 1}`;

interface Audit {
  counts: Record<string, number>;
}
interface Host {
  maxConcurrent: number;
  minGapMs: number | null;
  violations: Record<string, number>;
}

describe.skipIf(!existsSync(newsroom))('a newsroom with all kinds of faults', () => {
  const children: ChildProcess[] = [];
  const start = (command: string, args: string[], env: Record<string, string>, stdout: 'pipe' | 'ignore') => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', stdout, 'ignore'] });
    children.push(child);
    return child;
  };
  let database: Awaited<ReturnType<typeof createDatabase>>;
  const GAP_MS = 50;

  beforeAll(async () => {
    database = await createDatabase();
    const sites = [
      `${newsroom}newsroom.mjs`,
      ...['--corpus', corpus, '--sites', '60', '--items', '8', '--port', String(PORT), '--faults', 'all,feed-5000=0'],
      ...['--crawl-delay', '0:0.2', '--retry-after', '2', '--slow-sec', '20'],
    ];
    const site = start('node', sites, {}, 'pipe');
    await new Promise<void>((ready) => site.stdout?.once('data', () => ready()));
    const env = {
      DATABASE_URL: database.url,
      REDIS_URL: '',
      ALLOW_PRIVATE_HOSTS: '127.0.1.0/24',
      HOST_GAP_MS: String(GAP_MS),
      POLL_MIN: '3s',
      RETRY_BASE: '1s',
      FETCH_TIMEOUT: '4s',
      LOG_LEVEL: 'warn',
      LOG_FORMAT: 'json',
    };
    const opml = await (await fetch(`${CONTROL}/opml`)).text();
    const urls = [...opml.matchAll(/xmlUrl="([^"]+)"/g)].map(([, url = '']) => url);
    await run('node', ['bin/feedmill.mjs', 'add', '--no-check', ...urls], { env: { ...process.env, ...env } });
    start('node', ['bin/feedmill.mjs', 'start', '--no-sampler'], env, 'ignore');
  }, 180_000);

  afterAll(async () => {
    for (const child of children) child.kill();
  });

  const sql = 'SELECT url, title, content_text, published_at FROM feedmill.records';
  const audit = async (...more: string[]) =>
    (
      await run('node', [`${newsroom}audit.mjs`, '--control', CONTROL, '--pg', database.url, '--sql', sql, ...more]).catch(
        (error: { stdout: string }) => error,
      )
    ).stdout;

  it('ends every case as it should, and never asks a host too often', { timeout: 170_000 }, async () => {
    const counts = async () => (JSON.parse(await audit('--json')) as Audit).counts;
    await until(
      async () => {
        const { missing, unseen } = await counts();
        return missing === 0 && unseen === 0;
      },
      'all required items',
      120_000,
    ).finally(async () => console.log(await audit('--show', '3')));
    const { thinContent: _, ...found } = await counts();
    expect(found).toEqual({ missing: 0, unseen: 0, duplicated: 0, unexpected: 0, leaked: 0, wrongTitle: 0, wrongDate: 0 });

    const stats = (await (await fetch(`${CONTROL}/stats`)).json()) as { hosts: Record<string, Host> };
    const rude = Object.entries(stats.hosts).filter(
      ([, host]) =>
        host.maxConcurrent > 1 ||
        (host.minGapMs !== null && host.minGapMs < GAP_MS) ||
        Object.values(host.violations).some((n) => n > 0),
    );
    expect(rude).toEqual([]);
  });
});
