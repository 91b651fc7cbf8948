import iconv from 'iconv-lite';
import { expect, it } from 'vitest';
import { decodePieces } from '../../../src/text/decode.js';

/** Decodes bytes that arrive in pieces of so many. */
async function decodeInPieces(bytes: Uint8Array, pieceBytes: number): Promise<string> {
  async function* cut() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  const pieces: string[] = [];
  for await (const piece of decodePieces(cut(), 'xml')) pieces.push(piece);
  return pieces.join('');
}

/** Longer than what is decoded as a whole, with characters of several bytes across the ends of pieces. */
const long = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>${'<outline text="Житомир €"/>'.repeat(200_000)}`;

it.each([
  ['a short document, as a whole', '<a>Ä</a>', 'utf-8', 3],
  ['a long one in UTF-8', long('utf-8'), 'utf-8', 65_537],
  ['a long one in the encoding that its beginning declares', long('windows-1251'), 'windows-1251', 65_537],
  ['a long one in UTF-16', long('utf-16'), 'utf-16', 65_537],
  ['an empty one', '', 'utf-8', 3],
])('decodes %s', async (_, text, encoding, pieceBytes) =>
  expect((await decodeInPieces(iconv.encode(text, encoding), pieceBytes)) === text).toBe(true),
);

it('reads a character that the first part of a document cuts in two as UTF-8', async () => {
  const text = `${'x'.repeat(4 * 1024 * 1024 - 1)}Ä${'y'.repeat(10)}`;
  expect((await decodeInPieces(Buffer.from(text), 4 * 1024 * 1024)) === text).toBe(true);
});
