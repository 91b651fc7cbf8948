import { open, readFile } from 'node:fs/promises';
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
    return explain(name, error);
  }
}

/**
 * Opens the file that the user named, or standard input if the name is `-`, to be read in pieces.
 *
 * @returns undefined when there is no such file
 * @throws {UserError} when the file exists but can't be opened, or later when it can't be read
 */
export async function openInput(name: string): Promise<AsyncIterable<Uint8Array> | undefined> {
  if (name === '-') return process.stdin;
  try {
    const file = await open(name);
    return readPieces(name, file.createReadStream());
  } catch (error) {
    return explain(name, error);
  }
}

async function* readPieces(name: string, stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    explain(name, error);
  }
}

/** @throws {UserError} unless the error says that there is no such file */
function explain(name: string, error: unknown): undefined {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
  throw new UserError(`${name} can't be read (${code}).`, 2, { cause: error });
}
