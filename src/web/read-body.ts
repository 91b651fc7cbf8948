import { once } from 'node:events';
import { pipeline, type Readable, Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { errorCode } from '../text/error-code.js';
import { present } from '../text/present.js';
import type { EncodedBody, FailedFetch } from './outcome.js';

/**
 * The most codings that may be stacked in Content-Encoding. Misconfigured proxies compress a compressed body once more; each
 * further layer only multiplies what a few kilobytes unpack to.
 */
const MAX_CODINGS = 2;
/** Node's zlib decodes Zstandard from 22.15 on, but before 24 it takes a truncated body for a complete one. */
const hasZstd = 'createZstdDecompress' in zlib && Number.parseInt(process.versions.node, 10) >= 24;

/** The codings that `readBody` understands, for the Accept-Encoding header. */
export const ACCEPT_ENCODING = hasZstd ? 'gzip, deflate, br, zstd' : 'gzip, deflate, br';

/** How much of a body is read, and until when. */
export interface BodyLimits {
  /**
   * The size limit of a body, in bytes. It holds for what is transferred and for what each layer of compression unpacks to,
   * because a layer may be huge although the last one is small.
   */
  maxBytes: number;
  /** Read this many bytes and ignore the rest, instead of failing with `too-large`. */
  readAtMost?: number;
  /** Aborts the transfer. */
  deadline: AbortSignal;
}

/** A body that was read. */
export interface ReadBody {
  body: Uint8Array;
  /** What was transferred, if it is whole and can be kept as it is. */
  encoded?: EncodedBody;
}

/**
 * Reads and decompresses a response body up to its limit, and aborts the transfer beyond it.
 * @param encoding the Content-Encoding header
 * @throws the error of the transport when the connection fails
 */
export async function readBody(raw: Readable, encoding: string, limits: BodyLimits): Promise<ReadBody | FailedFetch> {
  const codings = parseCodings(encoding);
  if (codings.length > MAX_CODINGS) {
    discardBody(raw);
    return { kind: 'bad-content', reason: 'encoding' };
  }
  const firstByte = codings.length > 0 ? await peekFirstByte(raw) : undefined;
  if (codings.length > 0 && firstByte === undefined) return { body: new Uint8Array() };
  const abort = () => raw.destroy(new Error('deadline'));
  limits.deadline.addEventListener('abort', abort, { once: true });
  try {
    const sent: Uint8Array[] = [];
    const read = await collect(raw, decompress(raw, codings, { firstByte, maxBytes: limits.maxBytes, sent }), limits);
    if ('kind' in read) return read;
    return { body: read.body, ...present({ encoded: read.isWhole ? toEncoded(codings, sent) : undefined }) };
  } catch (error) {
    discardBody(raw);
    // A transfer that was cut off at the deadline may look corrupt; the caller reports it as too slow.
    if (limits.deadline.aborted) throw error;
    if (error instanceof LayerTooLargeError) return { kind: 'too-large', maxBytes: limits.maxBytes };
    if (/^(Z_|ZSTD_|ERR__ERROR_FORMAT)/.test(errorCode(error)))
      return { kind: 'bad-content', reason: errorCode(error) === 'Z_BUF_ERROR' ? 'truncated' : 'encoding' };
    throw error;
  } finally {
    limits.deadline.removeEventListener('abort', abort);
  }
}

/** Drops a body that nobody reads; otherwise it would keep its connection busy. */
export function discardBody(body: Readable): void {
  body.on('error', () => body.destroy());
  body.destroy();
}

const parseCodings = (encoding: string): string[] =>
  encoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');

/** Bodies are kept in these codings only: "deflate" may mean either of two formats, and older versions of Node lack zstd. */
const KEPT_CODINGS: ReadonlyMap<string, EncodedBody['coding']> = new Map([
  ['br', 'br'],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
]);

function toEncoded(codings: readonly string[], sent: readonly Uint8Array[]): EncodedBody | undefined {
  const coding = codings.length === 1 ? KEPT_CODINGS.get(codings[0] ?? '') : undefined;
  return coding && { coding, bytes: join(sent) };
}

const join = (chunks: readonly Uint8Array[]): Uint8Array =>
  chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);

async function collect(
  raw: Readable,
  decoded: Readable,
  { maxBytes, readAtMost }: BodyLimits,
): Promise<{ body: Uint8Array; isWhole: boolean } | FailedFetch> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of decoded as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > (readAtMost ?? maxBytes)) {
      discardBody(raw);
      if (readAtMost === undefined) return { kind: 'too-large', maxBytes };
      chunks.push(chunk.subarray(0, readAtMost - size));
      return { body: join(chunks), isWhole: false };
    }
    chunks.push(chunk);
  }
  return { body: join(chunks), isWhole: true };
}

/** What is transferred, or what a layer of compression unpacks to, exceeds the limit. */
class LayerTooLargeError extends Error {}

/**
 * Undoes the codings, last one first, and limits the input of each. `collect` limits the output of the last. `pipeline`
 * forwards an error of either end to the stream that it returns.
 */
const decompress = (
  raw: Readable,
  codings: readonly string[],
  { firstByte, maxBytes, sent }: { firstByte: number | undefined; maxBytes: number; sent: Uint8Array[] },
): Readable =>
  codings
    .toReversed()
    .map((coding, i) => createDecoder(coding, i === 0 ? firstByte : undefined))
    .filter((decoder) => decoder !== undefined)
    .reduce<Readable>((source, decoder, i) => {
      const limited = limitSize(maxBytes, i === 0 ? (chunk) => sent.push(chunk) : undefined);
      return pipeline(source, limited, decoder, () => undefined);
    }, raw);

/** Passes on what it reads, and fails beyond `maxBytes`. */
function limitSize(maxBytes: number, onChunk?: (chunk: Uint8Array) => void): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Uint8Array, _, done) {
      size += chunk.byteLength;
      if (size > maxBytes) return done(new LayerTooLargeError());
      onChunk?.(chunk);
      done(null, chunk);
    },
  });
}

/** Looks at the first byte without consuming it; undefined for an empty body. */
async function peekFirstByte(raw: Readable): Promise<number | undefined> {
  let chunk = raw.read(1) as Buffer | null;
  if (!chunk && !raw.readableEnded) {
    // An empty body may end without another 'readable'.
    await Promise.race([once(raw, 'readable'), once(raw, 'end')]);
    chunk = raw.read(1) as Buffer | null;
  }
  if (chunk) raw.unshift(chunk);
  return chunk?.[0];
}

/** The decoder of a coding; undefined for an unknown one, whose body is then read as it is. */
function createDecoder(coding: string, firstByte: number | undefined): Transform | undefined {
  if (coding === 'gzip' || coding === 'x-gzip') return zlib.createGunzip();
  // "deflate" means the zlib format (RFC 9110 §8.4.1.2), whose first byte ends in 8. Some servers send raw deflate instead.
  if (coding === 'deflate')
    return firstByte === undefined || (firstByte & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw();
  if (coding === 'br') return zlib.createBrotliDecompress();
  if (coding === 'zstd' && hasZstd) return (zlib as unknown as { createZstdDecompress(): Transform }).createZstdDecompress();
  return undefined;
}
