import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Files that may read this machine's clock, and what for. Nothing that is stored or planned may depend on it. */
const ALLOWED = new Map([
  ['src/feeds/read.ts', 'feeds that are read without a database'],
  ['src/cli/article-pages.ts', 'pages that are read without a database'],
  ['src/cli/extract.ts', 'pages that are read without a database'],
  ['src/cli/inspect.ts', 'feeds that are read without a database'],
  ['src/cli/option-values.ts', 'what a user means by "2 days ago"'],
  ['src/cli/export-target.ts', 'the age of temporary files on the same machine'],
  ['src/sampler/server.ts', 'sample sites'],
  ['workers/sampler.ts', 'sample sites'],
  ['workers/heartbeat.ts', 'the age of a file on the same machine'],
  ['workers/watch.ts', 'the status line'],
  ['workers/cli-app.ts', 'how often progress is printed'],
  ['workers/log.ts', 'how often a message is logged'],
]);

it('no clock of a worker decides anything: only listed files read it', () => {
  const root = join(import.meta.dirname, '../..');
  const files = ['src', 'db', 'workers'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );
  const readers = files.filter((file) => /new Date\(\)|Date\.now\b/.test(readFileSync(join(root, file), 'utf8')));
  expect(files.length).toBeGreaterThan(100);
  expect(readers.filter((file) => !ALLOWED.has(file))).toEqual([]);
});
