import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { UserError } from '../user-error.js';

/**
 * What the user named as input: a file, or `-` for the standard input (POSIX utility guideline 13).
 *
 * @returns its bytes, or undefined where there is no file of that name
 * @throws {UserError} when there is one that can't be read
 */
export async function readInput(name: string): Promise<Uint8Array | undefined> {
  try {
    return name === '-' ? await buffer(process.stdin) : await readFile(name);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    throw new UserError(`${name}: it can't be read (${String(code)}).`, 2, { cause: error });
  }
}
