import { pick } from '../faults/random.js';
import { CHARSETS } from './pieces.js';

type Random = () => number;

/** Byte-order marks of UTF-8 and UTF-16, and the beginning of gzip. */
const SIGNATURES = ['efbbbf', 'fffe', 'feff', '1f8b'].map((hex) => Buffer.from(hex, 'hex'));
/** How many bytes of a document are damaged, as a share. */
const DAMAGED_SHARE = 0.002;

/** Changes bytes so that they no longer are what their encoding allows. */
const MUTATIONS: readonly ((body: Buffer, random: Random) => Buffer)[] = [
  (body, random) => body.subarray(0, Math.floor(random() * body.length)),
  (body, random) => Buffer.concat([pick(SIGNATURES, random), body]),
  (body, random) => insert(body, Buffer.from(Array.from({ length: 8 }, () => random() * 256)), random),
  // An escape sequence of ISO-2022-JP.
  (body, random) => insert(body, Buffer.from('\x1b$B0!'), random),
  (body, random) => insert(body, Buffer.alloc(Math.ceil(random() * 2_000)), random),
  (body, random) => Buffer.from(body.map((byte) => (random() < DAMAGED_SHARE ? byte ^ (1 << (random() * 8)) : byte))),
  // UTF-8, encoded twice.
  (body) => Buffer.from(body.toString('latin1'), 'utf8'),
];

function insert(body: Buffer, piece: Buffer, random: Random): Buffer {
  const at = Math.floor(random() * body.length);
  return Buffer.concat([body.subarray(0, at), piece, body.subarray(at)]);
}

/** Changes a document's bytes once. */
export const mutateBytes = (body: Buffer, random: Random): Buffer => pick(MUTATIONS, random)(body, random);

/** Another encoding than the one that a document declares. */
export const pickCharset = (random: Random): string =>
  pick(
    CHARSETS.filter((name) => !/x-none|2022|utf-7/.test(name)),
    random,
  );
