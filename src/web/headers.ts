import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';

/** Looks up a response header by its lower-case name. */
export type Header = (name: string) => string | undefined;

/**
 * Headers whose value is a list, so that several lines of them are one list (RFC 9110 §5.3). Of all others, the first line
 * counts.
 */
const LIST_HEADERS = new Set(['link', 'cache-control', 'content-encoding']);

/**
 * Whether a name or value of a header is printable ASCII. The database checks it too, but what is no JSON for it, such as a NUL, would
 * be repeated in its log, and headers are secrets.
 */
export const isHeaderText = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** Turns the headers of a response into a lookup function. */
export const headerLookup =
  (headers: IncomingHttpHeaders): Header =>
  (name) => {
    const value = headers[name];
    return Array.isArray(value) ? (LIST_HEADERS.has(name) ? value.join(', ') : value[0]) : value;
  };

/** Node decodes headers as Latin-1. Some sites send raw UTF-8 in Location and Link, and browsers read it as such; so do we. */
export function decodeUtf8Header(value: string | undefined): string | undefined {
  if (value === undefined || !/[\x80-\xff]/.test(value)) return value;
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : value;
}
