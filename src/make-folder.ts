import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorCode } from './text/error-code.js';

/**
 * Creates a folder and its missing parents. We can't use `mkdir` with `recursive`: in a file system that allows no folders
 * (/proc), each attempt reports a missing parent, and Node 20 retries forever.
 * @throws the error of the system when a folder can't be created
 */
export async function makeFolder(path: string): Promise<void> {
  const missing: string[] = [];
  let folder = resolve(path);
  while (!(await exists(folder))) {
    missing.unshift(folder);
    folder = dirname(folder);
  }
  for (const name of missing)
    await mkdir(name).catch((error: unknown) => {
      // Another process may have created it meanwhile.
      if (errorCode(error) !== 'EEXIST') throw error;
    });
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    (error: unknown) => {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    },
  );
