import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { errorCode } from '../text/error-code.js';
import { UserError } from '../user-error.js';

/**
 * Reads the file that the user named, or standard input if the name is `-` (POSIX utility syntax guideline 13).
 *
 * @returns its bytes, or undefined when there is no such file
 * @throws {UserError} when the file exists but can't be read
 */
export async function readInput(name: string): Promise<Uint8Array | undefined> {
  try {
    return name === '-' ? await buffer(process.stdin) : await readFile(name);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    throw new UserError(`${name} can't be read (${code}).`, 2, { cause: error });
  }
}
