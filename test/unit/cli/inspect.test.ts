import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CliContext } from '../../../src/cli/app.js';
import { createProgram } from '../../../src/cli/program.js';
import { readFeed } from '../../../src/feeds/read.js';
import type { FetchOutcome } from '../../../src/web/outcome.js';

const FEED =
  '<rss version="2.0"><channel><title>T</title><link>https://n.example/</link><ttl>60</ttl><item><title>A</title><link>https://n.example/1</link><pubDate>Tue, 03 Mar 2026 14:05:09</pubDate></item></channel></rss>';
const PAGE = '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>x</body></html>';

const folder = await mkdtemp(join(tmpdir(), 'feedmill-test-'));
afterAll(() => rm(folder, { recursive: true }));
const file = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

async function inspect(args: readonly string[], outcome?: Partial<FetchOutcome> | string) {
  const lines: string[] = [];
  const asked: string[] = [];
  const answer =
    typeof outcome === 'string' ? { kind: 'fetched', status: 200, contentType: 'text/xml', body: Buffer.from(outcome) } : outcome;
  const unused = async () => {
    throw new Error('must not be called');
  };
  const context: CliContext = {
    withApp: unused,
    start: unused,
    ask: async () => undefined,
    styles: false,
    page: unused,
    health: unused,
    withExtractTools: unused,
    out: (line) => void lines.push(line),
    err: () => undefined,
    write: unused,
    withFeedTools: (use) =>
      use({
        fetchUrl: async (url) => {
          asked.push(url);
          return { url, ...answer } as FetchOutcome;
        },
        readFeed,
        pause: async () => undefined,
      }),
  };
  await createProgram(context, '0').parseAsync(['inspect', ...args], { from: 'user' });
  return { text: lines.join('\n'), asked };
}

describe('feedmill inspect', () => {
  it('prints what a feed contains and what is wrong with it', async () => {
    const { text, asked } = await inspect(['n.example/feed'], FEED);
    expect(asked).toEqual(['https://n.example/feed']);
    for (const words of [
      'Address:  https://n.example/feed',
      'RSS, utf-8',
      'at most every 60 min',
      'no guid',
      'no zone',
      '2026-03-03T14:05:09.000Z  A',
    ])
      expect(text).toContain(words);
  });

  it('prints the same as JSON, also for a file', async () => {
    const { text, asked } = await inspect([await file('feed.xml', FEED), '--json']);
    expect(asked).toEqual([]);
    expect(JSON.parse(text)).toMatchObject({
      url: null,
      format: 'rss',
      title: 'T',
      site_url: 'https://n.example/',
      poll_every_ms: 3_600_000,
      findings: [{ code: 'no-guid', count: 1, example: 'A' }, { code: 'nothing-said' }, { code: 'zone-assumed' }],
      entries: [{ key: 'https://n.example/1', title: 'A', published_at: '2026-03-03T14:05:09.000Z' }],
    });
  });

  it('lists the feeds that a web page links to', async () => {
    await expect(inspect(['https://n.example/'], PAGE)).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/web page.*\n {2}https:\/\/n\.example\/feed\.xml$/),
    });
  });

  it.each([
    ['a file that is not a feed', async () => [await file('x.txt', 'hello')], undefined, 1, /neither RSS/],
    ['a missing file', async () => ['./nowhere.xml'], undefined, 2, /no such file/],
    ['an address of another scheme', async () => ['ftp://n.example/'], undefined, 2, /not an http/],
    ['a folder', async () => [folder], undefined, 2, /EISDIR/],
    [
      'a site that answers with an error',
      async () => ['https://n.example/'],
      { kind: 'missing', status: 404 } as const,
      1,
      /n\.example/,
    ],
  ])('fails clearly: %s', async (_, args, outcome, exitCode, message) => {
    await expect(inspect(await args(), outcome)).rejects.toMatchObject({ exitCode, message: expect.stringMatching(message) });
  });
});
