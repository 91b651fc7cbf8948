import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readBody } from '../../../src/web/read-body.js';

const MAX_BYTES = 100_000;
const deadline = new AbortController().signal;
const read = (body: Buffer, encoding: string, signal = deadline) =>
  readBody(Readable.from([body]), encoding, { maxBytes: MAX_BYTES, deadline: signal });

/** Empty gzip members unpack to nothing, however many there are. */
const emptyMembers = (bytes: number) => {
  const member = gzipSync('');
  return Buffer.alloc(bytes - (bytes % member.byteLength), member);
};

describe('readBody', () => {
  it('undoes two codings', async () => {
    expect(Buffer.from((await read(gzipSync(gzipSync('hello')), 'gzip, gzip')) as Uint8Array).toString()).toBe('hello');
  });

  it('refuses three codings', async () => {
    expect(await read(gzipSync(gzipSync(gzipSync('hello'))), 'gzip, gzip, gzip')).toEqual({
      kind: 'bad-content',
      reason: 'encoding',
    });
  });

  it.each([
    ['the transfer', emptyMembers(2 * MAX_BYTES), 'gzip'],
    ['the first layer', gzipSync(emptyMembers(50 * MAX_BYTES)), 'gzip, gzip'],
    ['the last layer', gzipSync(gzipSync(Buffer.alloc(2 * MAX_BYTES))), 'gzip, gzip'],
  ])('limits the size of %s', async (_, body, encoding) => {
    expect(await read(body, encoding)).toEqual({ kind: 'too-large', maxBytes: MAX_BYTES });
  });

  it('leaves a body that looks corrupt after the deadline to the caller, who reports it as too slow', async () => {
    await expect(read(Buffer.from('not gzip'), 'gzip', AbortSignal.abort())).rejects.toThrow();
    expect(await read(Buffer.from('not gzip'), 'gzip')).toEqual({ kind: 'bad-content', reason: 'encoding' });
  });
});
