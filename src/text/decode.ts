import { isAscii, isUtf8 } from 'node:buffer';
import chardet from 'chardet';
import iconv from 'iconv-lite';

/**
 * How much of a document is searched for an encoding declaration, in bytes. The HTML standard reads 1,024; careless sites
 * need more.
 */
const DECLARATION_BYTES = 4_096;
/** How much of a document is used for statistical detection, in bytes. More does not improve the result. */
const DETECTION_BYTES = 64 * 1024;

/** WHATWG encodings and the iconv-lite codec for each. Where sites really write a superset, it is the superset. */
const CODECS: Record<string, string> = {
  gbk: 'gb18030',
  shift_jis: 'cp932',
  'euc-kr': 'cp949',
  big5: 'big5-hkscs',
  'iso-8859-8-i': 'iso-8859-8',
  macintosh: 'macroman',
  'x-mac-cyrillic': 'maccyrillic',
  unicode: 'utf-16le',
};

/**
 * Decodes a document and reports the encoding used. Weighs the byte order mark, the Content-Type header, the declaration in the
 * document and the bytes themselves. Never fails: when nothing fits, the text is read as windows-1252.
 */
export function decode(body: Uint8Array, contentType: string, kind: 'xml' | 'html'): { text: string; encoding: string } {
  const encoding = detectBom(body) ?? detectEncoding(body, contentType, kind);
  return { text: decodeAs(body, encoding), encoding };
}

/** How much of a long document tells its encoding, in bytes: a shorter one is decoded as a whole. */
const HEAD_BYTES = 4 * 1024 * 1024;

/** Decodes a document of any length that arrives in pieces, as `decode` does; of a long one, the beginning tells the encoding. */
export async function* decodePieces(pieces: AsyncIterable<Uint8Array>, kind: 'xml' | 'html'): AsyncGenerator<string> {
  let head: Uint8Array[] | undefined = [];
  let decoder: PieceDecoder | undefined;
  let length = 0;
  for await (const piece of pieces) {
    if (decoder) {
      yield decoder.write(piece);
      continue;
    }
    head?.push(piece);
    length += piece.length;
    if (length < HEAD_BYTES) continue;
    const start: Buffer = Buffer.concat(head ?? []);
    head = undefined;
    decoder = openDecoder(detectBom(start) ?? detectEncoding(toWholeCharacters(start), '', kind));
    yield decoder.write(start);
  }
  yield decoder ? decoder.end() : decode(Buffer.concat(head ?? []), '', kind).text;
}

interface PieceDecoder {
  write(piece: Uint8Array): string;
  end(): string;
}

/** Keeps what belongs to a character that the next piece completes. */
function openDecoder(encoding: string): PieceDecoder {
  if (encoding === 'utf-8' || encoding === 'iso-2022-jp') {
    const decoder = new TextDecoder(encoding);
    return { write: (piece) => decoder.decode(piece, { stream: true }), end: () => decoder.decode() };
  }
  const decoder = iconv.getDecoder(encoding);
  return { write: (piece) => decoder.write(Buffer.from(piece)), end: () => decoder.end() ?? '' };
}

/** Without what may be the start of a UTF-8 sequence at its end. */
function toWholeCharacters(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > bytes.length - 4 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end -= 1;
  return (bytes[end - 1] ?? 0) >= 0xc0 ? bytes.subarray(0, end - 1) : bytes;
}

function detectEncoding(body: Uint8Array, contentType: string, kind: 'xml' | 'html'): string {
  const utf16 = detectUtf16(body);
  if (utf16) return utf16;
  const declared = toCodec(/charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType)?.[1]) ?? toCodec(findDeclaration(body, kind));
  const utf8 = isUtf8(body);
  // ISO-2022-JP uses 7 bits, so it always looks like valid UTF-8.
  if (declared === 'iso-2022-jp') return declared;
  if (utf8 && hasHighBytes(body)) return 'utf-8';
  // Real UTF-16 or UTF-32 contains zero bytes. Valid UTF-8 without any shows that the declaration is wrong.
  const wrongWide = declared !== undefined && /^(utf-?(16|32)|ucs)/.test(declared) && utf8 && !body.includes(0);
  if (declared && !wrongWide && !(declared === 'utf-8' && !utf8 && !mostlyUtf8(body))) return declared;
  if (utf8) return /\x1b\$[@B]/.test(latin1(body, DETECTION_BYTES)) ? 'iso-2022-jp' : 'utf-8';
  return toCodec(chardet.detect(body.subarray(0, DETECTION_BYTES)) ?? undefined) ?? 'windows-1252';
}

/** The encoding of a byte order mark. */
function detectBom(body: Uint8Array): string | undefined {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8';
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be';
  if (body[0] === 0xff && body[1] === 0xfe) return body[2] === 0 && body[3] === 0 && body.length >= 4 ? 'utf-32le' : 'utf-16le';
  return undefined;
}

/** UTF-16 without a byte order mark: a leading `<` beside a zero byte. */
function detectUtf16(body: Uint8Array): string | undefined {
  if (body[0] === 0x3c && body[1] === 0) return 'utf-16le';
  if (body[0] === 0 && body[1] === 0x3c) return 'utf-16be';
  return undefined;
}

/** The label of the document's own declaration: `<?xml encoding>`, or in HTML `<meta charset>` first. */
function findDeclaration(body: Uint8Array, kind: 'xml' | 'html'): string | undefined {
  const head = latin1(body, DECLARATION_BYTES);
  const xml = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)/i.exec(head)?.[1];
  const label = kind === 'html' ? (/<meta[^<>]+?charset\s*=\s*["']?([^\s"'/>;]+)/i.exec(head)?.[1] ?? xml) : xml;
  // We read the declaration as ASCII, so the document is not UTF-16, whatever it says.
  return label && /^utf-?16/i.test(label) ? 'utf-8' : label;
}

/** Codecs of iconv-lite that are not text encodings, or that the WHATWG standard forbids. */
const FORBIDDEN_CODEC = /^(base64|hex|binary|_?internal|utf-?7(-?imap)?|ucs2)$/;

/** The codec for a label; undefined for an unknown label. */
function toCodec(label: string | undefined): string | undefined {
  const name = label?.trim().toLowerCase();
  if (!name || FORBIDDEN_CODEC.test(name)) return undefined;
  const standard = toStandardName(name);
  const encoding = CODECS[standard] ?? standard;
  return encoding === 'iso-2022-jp' || iconv.encodingExists(encoding) ? encoding : undefined;
}

/**
 * The WHATWG name for a label (Encoding standard §4.2), such as windows-1252 for `latin1`; the label itself when there is
 * none.
 */
function toStandardName(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (error) {
    if (error instanceof RangeError) return label;
    throw error;
  }
}

const latin1 = (body: Uint8Array, length: number) =>
  Buffer.from(body.buffer, body.byteOffset, Math.min(length, body.length)).toString('latin1');

/**
 * Whether more multi-byte sequences are valid than broken. A truncated character here and there does not mean another
 * encoding.
 */
function mostlyUtf8(body: Uint8Array): boolean {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  const broken = text.match(/\ufffd/g)?.length ?? 0;
  return (text.match(/[^\x00-\x7f\ufffd]/g)?.length ?? 0) > broken;
}

const hasHighBytes = (body: Uint8Array) => !isAscii(body);

/**
 * Uses iconv-lite, because Node 20's TextDecoder leaves 0x80–0x9F of windows-1252 as control characters and lacks code page
 * 949.
 */
function decodeAs(body: Uint8Array, encoding: string): string {
  if (encoding === 'iso-2022-jp') return new TextDecoder(encoding).decode(body);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // Buffer's decoder is several times as fast as TextDecoder, but keeps the byte order mark.
  return encoding === 'utf-8' ? bytes.toString('utf8').replace(/^\ufeff/, '') : iconv.decode(bytes, encoding);
}
