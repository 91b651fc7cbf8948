import { isAscii, isUtf8 } from 'node:buffer';
import chardet from 'chardet';
import iconv from 'iconv-lite';

/** A declaration stands in the first bytes of a document: the HTML standard reads 1,024, careless sites need more. */
const DECLARATION_BYTES = 4_096;
/** Detection by statistics is as good on this much, in bytes. */
const DETECTION_BYTES = 64 * 1024;

/** Encodings of the WHATWG standard by the name of what iconv-lite has for them; supersets where these are what is written. */
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

/** Bytes of a document → text, and the encoding that was used. Never fails: what no encoding explains is read as windows-1252. */
export function decode(body: Uint8Array, contentType: string, kind: 'xml' | 'html'): { text: string; encoding: string } {
  const encoding = bomOf(body) ?? encodingOf(body, contentType, kind);
  return { text: decodeAs(body, encoding), encoding };
}

function encodingOf(body: Uint8Array, contentType: string, kind: 'xml' | 'html'): string {
  const zeros = utf16Of(body);
  if (zeros) return zeros;
  const declared = known(/charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType)?.[1]) ?? known(declaredIn(body, kind));
  const utf8 = isUtf8(body);
  // ISO-2022-JP is 7-bit, and so valid UTF-8 always.
  if (declared === 'iso-2022-jp') return declared;
  if (utf8 && hasHighBytes(body)) return 'utf-8';
  // Text in UTF-16 or UTF-32 is not valid UTF-8 without a single zero byte.
  const wide = declared !== undefined && /^(utf-?(16|32)|ucs)/.test(declared) && utf8 && !body.includes(0);
  if (declared && !wide && !(declared === 'utf-8' && !utf8 && !mostlyUtf8(body))) return declared;
  if (utf8) return /\x1b\$[@B]/.test(latin1(body, DETECTION_BYTES)) ? 'iso-2022-jp' : 'utf-8';
  return known(chardet.detect(body.subarray(0, DETECTION_BYTES)) ?? undefined) ?? 'windows-1252';
}

function bomOf(body: Uint8Array): string | undefined {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8';
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be';
  if (body[0] === 0xff && body[1] === 0xfe) return body[2] === 0 && body[3] === 0 && body.length >= 4 ? 'utf-32le' : 'utf-16le';
  return undefined;
}

/** `<` with a zero beside it: UTF-16 without a mark. */
function utf16Of(body: Uint8Array): string | undefined {
  if (body[0] === 0x3c && body[1] === 0) return 'utf-16le';
  if (body[0] === 0 && body[1] === 0x3c) return 'utf-16be';
  return undefined;
}

function declaredIn(body: Uint8Array, kind: 'xml' | 'html'): string | undefined {
  const head = latin1(body, DECLARATION_BYTES);
  const xml = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)/i.exec(head)?.[1];
  const label = kind === 'html' ? (/<meta[^>]+?charset\s*=\s*["']?([^\s"'/>;]+)/i.exec(head)?.[1] ?? xml) : xml;
  // A document whose declaration could be read as ASCII is not UTF-16, whatever it says.
  return label && /^utf-?16/i.test(label) ? 'utf-8' : label;
}

/** Codecs of iconv-lite that are no encodings of text, or that the WHATWG standard forbids. */
const NO_TEXT = /^(base64|hex|binary|_?internal|utf-?7(-?imap)?|ucs2)$/;

function known(label: string | undefined): string | undefined {
  const name = label?.trim().toLowerCase();
  if (!name || NO_TEXT.test(name)) return undefined;
  const standard = standardName(name);
  const encoding = CODECS[standard] ?? standard;
  return encoding === 'iso-2022-jp' || iconv.encodingExists(encoding) ? encoding : undefined;
}

/** What the web means by a label (WHATWG Encoding §4.2): `latin1` is windows-1252; the label itself where the web has no meaning for it. */
function standardName(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (error) {
    if (error instanceof RangeError) return label;
    throw error;
  }
}

const latin1 = (body: Uint8Array, length: number) =>
  Buffer.from(body.buffer, body.byteOffset, Math.min(length, body.length)).toString('latin1');

/** A cut character here and there does not make another encoding: most sequences are whole. */
function mostlyUtf8(body: Uint8Array): boolean {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  const broken = text.match(/\ufffd/g)?.length ?? 0;
  return (text.match(/[^\x00-\x7f\ufffd]/g)?.length ?? 0) > broken;
}

const hasHighBytes = (body: Uint8Array) => !isAscii(body);

/** iconv-lite and not TextDecoder: Node 20's leaves 0x80–0x9F of windows-1252 as controls, and lacks code page 949. */
function decodeAs(body: Uint8Array, encoding: string): string {
  if (encoding === 'iso-2022-jp') return new TextDecoder(encoding).decode(body);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // Buffer's own decoder is several times as fast as TextDecoder's; it keeps the mark at the start, which is no text.
  return encoding === 'utf-8' ? bytes.toString('utf8').replace(/^\ufeff/, '') : iconv.decode(bytes, encoding);
}
