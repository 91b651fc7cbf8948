import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

/** An npm that notes when it begins and ends, and touches what the real one would. */
const NPM = `#!/bin/sh
echo "begin $1" >> log
sleep 0.3
mkdir -p node_modules dist
if [ "$1" = ci ]; then touch node_modules/.package-lock.json; else touch dist/.tsbuildinfo; fi
echo "end $1" >> log
`;
const ONCE = ['begin ci', 'end ci', 'begin run', 'end run'];

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'feedmill-setup-'));
  for (const name of ['src', 'db', 'workers', 'scripts', 'bin']) await mkdir(join(root, name));
  for (const name of ['package-lock.json', 'tsconfig.build.json', 'src/a.ts']) await writeFile(join(root, name), '');
  await cp('scripts/setup.mjs', join(root, 'scripts/setup.mjs'));
  await writeFile(join(root, 'bin/npm'), NPM);
  await chmod(join(root, 'bin/npm'), 0o755);
});
afterEach(() => rm(root, { recursive: true }));

/** Sets up in a process of its own. @returns its exit code */
async function setUp(): Promise<number> {
  const child = spawn(process.execPath, ['scripts/setup.mjs'], {
    cwd: root,
    env: { ...process.env, PATH: [join(root, 'bin'), process.env.PATH].join(delimiter) },
    stdio: 'ignore',
  });
  const [code] = await once(child, 'exit');
  return code;
}

const log = async () => (await readFile(join(root, 'log'), 'utf8')).trim().split('\n');

it('installs and builds once, however many processes start at once', async () => {
  expect(await Promise.all([setUp(), setUp(), setUp()])).toEqual([0, 0, 0]);
  expect(await log()).toEqual(ONCE);
  expect(await setUp()).toBe(0);
  expect(await log()).toEqual(ONCE);
  expect(await readdir(root)).not.toContain('.setup-lock');
});

it('ignores the lock of a process that was killed', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  await writeFile(join(root, '.setup-lock'), String(pid));
  expect(await setUp()).toBe(0);
  expect(await log()).toEqual(ONCE);
});

it('gives the lock back when the installation fails', async () => {
  await writeFile(join(root, 'bin/npm'), '#!/bin/sh\nexit 1\n');
  expect(await setUp()).toBe(1);
  expect(await readdir(root)).not.toContain('.setup-lock');
});
