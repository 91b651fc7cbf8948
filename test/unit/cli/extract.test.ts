import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CliContext } from '../../../src/cli/app.js';
import { createProgram } from '../../../src/cli/program.js';
import { fetched } from '../../builders.js';
import { SAMPLES, writePage } from '../articles/pages.js';

const [sample] = SAMPLES;
const html = sample ? writePage(sample) : '';
const folder = await mkdtemp(join(tmpdir(), 'feedmill-extract-'));
const file = join(folder, 'page.html');
await writeFile(file, html);
afterAll(() => rm(folder, { recursive: true }));

/** One page of an article of several pages; links to the next. */
const longPage = (number: number) =>
  `<html lang="en"><title>Long</title><article><h1>Long</h1><p>${`Page ${number} tells of the tide, the harbour and the boats that lie in it. `.repeat(9)}</p></article><a rel="next" href="/long?page=${number + 1}">Next</a>`;

async function run(args: readonly string[], { showColours = false } = {}): Promise<string> {
  const lines: string[] = [];
  const unused = () => Promise.reject(new Error('must not be called'));
  const context: CliContext = {
    withApp: unused,
    start: unused,
    ask: async () => undefined,
    styles: false,
    page: unused,
    health: unused,
    withFeedTools: unused,
    out: (line) => lines.push(line),
    err: (line) => lines.push(line),
    write: async (text, colour) => void lines.push(`${showColours ? `<${colour}>` : ''}${text.trimEnd()}`),
    withExtractTools: (use) =>
      use({
        findRule: () => Promise.resolve(undefined),
        pause: async () => void lines.push('(pause)'),
        fetchUrl: async (url) => {
          if (url.endsWith('/gone')) return { kind: 'gone', status: 410 };
          const number = Number(/\/long\?page=(\d+)$/.exec(url)?.[1] ?? (url.endsWith('/long') ? 1 : 0));
          if (number > 3) return { kind: 'missing', status: 404 };
          if (number > 0) return fetched(longPage(number), { url });
          if (url.endsWith('/moved')) return fetched('<meta http-equiv="refresh" content="0;url=/here">', { url });
          return fetched(html, { url });
        },
      }),
  };
  const program = createProgram(context, '0');
  await program.parseAsync(['extract', ...args], { from: 'user' });
  return lines.join('\n');
}

describe('feedmill extract', () => {
  const text = sample?.paragraphs.join('\n\n') ?? '';
  it.each([
    ['a file as text', [file], `${sample?.title}\n\nThe Example · en\n\n${text}`],
    ['a URL as text', ['https://n.example/a'], `${sample?.title}\n\nThe Example · en\n\n${text}`],
    [
      'the target of a meta refresh, as Markdown',
      ['https://n.example/moved', '--markdown'],
      `# ${sample?.title}\n\n${text.replaceAll('\n\n', '\n\n![](https://n.example/p.jpg)\n\nCAPTION\n\n')}`,
    ],
  ])('shows %s', async (_, args, expected) => {
    expect((await run(args)).replaceAll('CAPTION\n\n', '')).toBe(expected.replaceAll('CAPTION\n\n', ''));
  });

  it('fetches the further pages of an article with a pause before each, until one is missing', async () => {
    const shown = await run(['https://n.example/long']);
    expect(shown.match(/\(pause\)/g)).toHaveLength(3);
    expect(shown).toContain('https://n.example/long?page=4: ');
    expect(shown.match(/Page \d tells/g)?.join()).toBe([1, 2, 3].flatMap((page) => Array(9).fill(`Page ${page} tells`)).join());
  });

  it('prints everything as JSON', async () => {
    const shown = JSON.parse(await run([file, '--json', '--explain', '--url', 'https://n.example/a'])) as Record<string, unknown>;
    expect(shown).toMatchObject({
      url: 'https://n.example/a',
      kind: 'article',
      record: { title: sample?.title },
      explanation: { blocks: expect.anything() as unknown },
    });
  });

  it('explains what was kept and dropped, in colour', async () => {
    const plain = await run([file, '--explain']);
    expect(plain).toContain(`  + p: ${sample?.paragraphs[0]}`);
    expect(plain).toContain('  - figcaption (caption): CAPTION');
    expect(plain).toMatch(/ {2}· \d+ blocks outside the body/);
    expect(plain).not.toContain('\u001b');
    const coloured = await run([file, '--explain'], { showColours: true });
    expect(coloured).toContain(`<green>  + p: ${sample?.paragraphs[0]}`);
    expect(coloured).toContain('<red>  - figcaption (caption): CAPTION');
    expect(coloured).toMatch(/<grey> {2}· \d+ blocks outside the body/);
  });

  it.each([
    [['https://n.example/gone'], /n\.example\/gone: /],
    [[join(folder, 'none.html')], /neither a URL .*, nor the id of a record, nor a file/],
    [[file, '--open'], /--open only works with --explain/],
    [[file, '--json', '--html'], /cannot be used with/],
  ])('fails with a clear message: %j', (args, message) => expect(run(args)).rejects.toThrow(message));
});
