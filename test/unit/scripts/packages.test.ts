import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'packages-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the script on a project with one package. */
function check(locked: object, manifest: object = {}): string[] {
  mkdirSync(join(folder, 'node_modules/a'), { recursive: true });
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, 'node_modules/a': locked } }));
  writeFileSync(join(folder, 'node_modules/a/package.json'), JSON.stringify(manifest));
  const { stdout } = spawnSync(process.execPath, ['scripts/check-packages.mjs', '--json', '--root', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { kind: string; detail: string })
    .map(({ kind, detail }) => `${kind}: ${detail}`);
}

describe('npm run packages', () => {
  it.each([
    ['a permissive licence', { license: 'MIT' }, {}, []],
    ['a choice with a permissive licence', { license: '(GPL-3.0 OR MIT)' }, {}, []],
    ['another licence', { license: 'GPL-3.0' }, {}, ['licence: GPL-3.0']],
    ['a permissive licence and another one', { license: 'MIT AND GPL-3.0' }, {}, ['licence: MIT AND GPL-3.0']],
    ['a licence of an old package', {}, { licenses: [{ type: 'MIT' }] }, []],
    ['no licence', {}, {}, ['licence: none']],
    ['an install script', { license: 'MIT' }, { scripts: { postinstall: 'x', test: 'y' } }, ['install script: postinstall: x']],
    [
      'an install script of a package for another machine',
      { license: 'MIT', hasInstallScript: true },
      {},
      ['install script: (not installed here)'],
    ],
  ])('reports %s', (_, locked, manifest, expected) => expect(check(locked, manifest)).toEqual(expected));

  it('accepts what this project depends on', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/check-packages.mjs'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(status, stdout + stderr).toBe(0);
  });
});

it('is not run by every installation: npm takes scripts of these names for hooks', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  const hooks = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare', 'dependencies'];
  expect(hooks.filter((hook) => hook in scripts)).toEqual([]);
});
