import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../src/make-folder.js';

const folder = await mkdtemp(join(tmpdir(), 'feedmill-folder-'));
afterAll(() => rm(folder, { recursive: true }));

describe('makeFolder', () => {
  it('makes what is missing, once, however often it is asked', async () => {
    const path = join(folder, 'a', 'b', 'c');
    await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(folder, 'a', 'd'))]);
    await makeFolder(path);
    await Promise.all([access(path), access(join(folder, 'a', 'd'))]);
  });

  it('fails below a file', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, 'file', 'a'))).rejects.toThrow('ENOTDIR');
  });

  it.runIf(process.platform === 'linux')('fails where there can be no folders', async () => {
    await expect(makeFolder('/proc/feedmill/a')).rejects.toThrow('ENOENT');
  });
});
