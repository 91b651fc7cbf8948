import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../src/make-folder.js';

const folder = await mkdtemp(join(tmpdir(), 'feedmill-folder-'));
afterAll(() => rm(folder, { recursive: true }));

describe('makeFolder', () => {
  it('creates missing folders, also when called several times at once', async () => {
    const path = join(folder, 'a', 'b', 'c');
    await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(folder, 'a', 'd'))]);
    await makeFolder(path);
    await Promise.all([access(path), access(join(folder, 'a', 'd'))]);
  });

  it('fails when a parent is a file', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, 'file', 'a'))).rejects.toThrow('ENOTDIR');
  });

  it.runIf(process.platform === 'linux')('fails in a file system without folders', async () => {
    await expect(makeFolder('/proc/feedmill/a')).rejects.toThrow('ENOENT');
  });
});
