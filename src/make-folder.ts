import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder, and those above it that are missing. Not by `mkdir` with `recursive`: in a file system that takes no folders (/proc), where each try
 * says that something above is missing, Node 20 tries for ever.
 * @throws the error of the system where one can't be made
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
      // Somebody else was quicker.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
      throw error;
    },
  );
