import { Readable } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
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
    expect(await read(gzipSync(gzipSync('hello')), 'gzip, gzip')).toEqual({ body: Buffer.from('hello') });
  });

  it.each([
    ['gzip', gzipSync('hello'), 'gzip'],
    ['x-gzip', gzipSync('hello'), 'gzip'],
    ['br', brotliCompressSync('hello'), 'br'],
  ] as const)('gives what was transferred by %s as it is', async (header, bytes, coding) => {
    expect(await read(bytes, header)).toEqual({ body: Buffer.from('hello'), encoded: { coding, bytes } });
    const chunks = Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]);
    expect(await readBody(chunks, header, { maxBytes: MAX_BYTES, deadline })).toMatchObject({ encoded: { bytes } });
  });

  it.each([
    ['plain', Buffer.from('hello'), ''],
    ['of an unknown coding', Buffer.from('hello'), 'rot13'],
    ['of two codings', gzipSync(gzipSync('hello')), 'gzip, gzip'],
  ])('gives nothing to be kept as it is of a body that is %s', async (_, bytes, header) => {
    expect(await read(bytes, header)).toEqual({ body: Buffer.from('hello') });
  });

  it('gives nothing to be kept as it is when it reads a part only', async () => {
    const bytes = gzipSync('hello');
    expect(await readBody(Readable.from([bytes]), 'gzip', { maxBytes: MAX_BYTES, readAtMost: 3, deadline })).toEqual({
      body: Buffer.from('hel'),
    });
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
