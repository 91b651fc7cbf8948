import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { rss } from '../builders.js';
import { createDatabase, until } from '../database.js';

const run = promisify(execFile);
const GAP_MS = 150;
const line = (n: number) =>
  `Paragraph ${n}, of a hundred characters or so, in which the ferry is late, and the gulls, as always, are early.`;

/** A story of three pages. The second redirects, and each has a box that only a site rule can identify. */
const BOX = '<div class="odd"><p>BOX, which looks like any other paragraph of the story, but is not part of it.</p></div>';
const page = (n: number) => {
  const next = n < 3 ? `<link rel="next" href="/story?page=${n + 1}">` : '';
  return `<html lang="en"><head><title>The late ferry</title>${next}</head><body><h1>The late ferry</h1>
<article><p>${line(n * 2 - 1)}</p>${BOX}<p>${line(n * 2)}</p></article></body></html>`;
};

it('joins an article of several pages by a site rule, one page per turn, and can extract it again', async () => {
  const { url, db } = await createDatabase();
  const asked: { path: string; at: number }[] = [];
  const server = createServer(({ url: path = '' }, response) => {
    asked.push({ path, at: Date.now() });
    const { port } = server.address() as AddressInfo;
    if (path === '/story?page=2') return response.writeHead(302, { location: '/story?page=2&r=1' }).end();
    if (path.startsWith('/story'))
      return response.setHeader('content-type', 'text/html').end(page(Number(/page=(\d)/.exec(path)?.[1] ?? 1)));
    if (path !== '/feed') return response.writeHead(404).end();
    return response
      .setHeader('content-type', 'application/rss+xml')
      .end(rss(`<item><title>The late ferry</title><link>http://127.0.0.1:${port}/story</link></item>`));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = await mkdtemp(join(tmpdir(), 'feedmill-rules-'));
  await writeFile(join(folder, 'here.yml'), 'domains: [127.0.0.1]\nstrip: .odd\nnext: link[rel=next]\n');
  const env = {
    ...process.env,
    DATABASE_URL: url,
    REDIS_URL: '',
    ALLOW_PRIVATE_HOSTS: '127.0.0.0/8',
    HOST_GAP_MS: String(GAP_MS),
    RULES_DIR: folder,
  };
  const feedmill = (...args: string[]) => run(process.execPath, ['bin/feedmill.mjs', ...args], { env });
  await feedmill('add', '--no-check', `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed`);
  const all = spawn(process.execPath, ['bin/feedmill.mjs', 'start', '--no-sampler'], { env, stdio: 'ignore' });
  try {
    const records = async () =>
      (await db.execute(sql`select id, content_text, page_count, page_error from feedmill.records`)).rows;
    await until(async () => (await records()).length === 1, 'the record');
    const text = [1, 2, 3, 4, 5, 6].map(line).join('\n\n');
    const [record] = await records();
    expect(record).toMatchObject({ content_text: text, page_count: 3, page_error: null });
    expect(asked.map(({ path }) => path)).toEqual([
      '/feed',
      '/robots.txt',
      '/story',
      '/story?page=2',
      '/story?page=2&r=1',
      '/story?page=3',
    ]);
    const gaps = asked.slice(1).map(({ at }, i) => at - (asked[i]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(GAP_MS - 10);

    const { rows } = await db.execute(sql`select number, url like '%/story%' as kept from feedmill_data.pages order by number`);
    expect(rows).toEqual([1, 2, 3].map((number) => ({ number, kept: true })));
    const again = JSON.parse((await feedmill('extract', String(record?.id), '--json')).stdout) as Record<string, unknown>;
    expect(again).toMatchObject({ kind: 'article', record: { contentText: text, pageCount: 3 } });
  } finally {
    all.kill('SIGTERM');
    await once(all, 'exit');
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  }
});
