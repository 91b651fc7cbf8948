import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readPatterns } from '../../../scripts/patterns/collect.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'patterns-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the script on the files whose path contains `only`. */
function check(only: string): string {
  const args = ['--import', 'tsx', 'scripts/check-patterns.mjs', '--only', only];
  return execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
}

describe('readPatterns', () => {
  it('finds literals, and calls of RegExp', () => {
    writeFileSync(join(folder, 'a.ts'), "const a = /x\\/[/]+/gi;\nconst b = new RegExp('y');\nconst c = () => RegExp('z');\n");
    const { literals, calls } = readPatterns(folder, 'a.ts');
    expect(literals).toEqual([{ path: 'a.ts', line: 1, source: 'x\\/[/]+', flags: 'gi' }]);
    expect(calls).toEqual([2, 3]);
  });
});

describe('npm run patterns', () => {
  it('checks literals and what modules build when they are imported', { timeout: 60_000 }, () => {
    expect(check('src/articles/body/boilerplate/dateline.ts')).toMatch(
      /^\d+ expressions \([1-9]\d* built\), 0 bounded, 0 to mend/m,
    );
  });

  it('accepts what only meets short text', { timeout: 60_000 }, () =>
    expect(check('src/articles/body/boilerplate/pointers.ts')).toMatch(/, 1 bounded, 0 to mend/),
  );
});
