import { trimEndChars } from '../text/trim.js';
import { canParseUrl } from '../text/url.js';
import { isTrackingParameter } from './tracking-parameters.js';

/**
 * The longest URL that we keep, in characters: what browsers and servers agree on, and what a unique index of Postgres can
 * hold.
 */
const MAX_URL_LENGTH = 2_000;

/** Java servers put the session into the path (Servlet specification §7.1.3). */
const PATH_SESSION = /;(jsessionid|phpsessid)=[^/?#;]*/gi;

/**
 * Normalizes a URL to the one spelling that identifies a page: absolute, http(s), lower-case host without a trailing dot, no
 * default port (WHATWG URL), no credentials, no fragment (except `#!`, which selects content), percent-encoding in upper case
 * and only where needed (RFC 3986 §6.2.2), no session and no tracking parameters.
 *
 * Everything else stays: the order and case of parameters, slashes, `index.html`, http versus https, mobile and AMP hosts.
 * Only the page itself can tell that two of those are the same. Idempotent.
 * @returns undefined when the URL is not the address of a page, or too long to be stored
 */
export function normalizeUrl(url: string, base?: string): string | undefined {
  const text = url.trim();
  if (text.length === 0 || text.length > MAX_URL_LENGTH * 2 || !canParseUrl(text, base)) return undefined;
  const parsed = new URL(text, base);
  if (!/^https?:$/.test(parsed.protocol) || parsed.hostname === '') return undefined;
  parsed.username = '';
  parsed.password = '';
  if (!parsed.hash.startsWith('#!')) parsed.hash = '';
  parsed.hostname = trimEndChars(parsed.hostname, '.');
  parsed.pathname = normalizeEscapes(parsed.pathname).replace(PATH_SESSION, '');
  parsed.search = normalizeQuery(parsed.search);
  return parsed.href.length > MAX_URL_LENGTH ? undefined : parsed.href;
}

/**
 * Works on the text, because URLSearchParams would re-encode the parameters that stay, and some servers care how they are
 * spelled.
 */
function normalizeQuery(search: string): string {
  const pairs = search
    .slice(1)
    .split('&')
    .map(normalizeEscapes)
    .filter((pair) => pair !== '' && !isTrackingParameter(pair));
  // The setter of `search` strips one leading question mark. Adding ours protects one that belongs to the first parameter.
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

/**
 * Normalizes percent-encoding (RFC 3986 §6.2.2.1, §6.2.2.2). An escaped dot stays escaped: decoded, it could form a path
 * segment with another meaning. So does an escape right after a stray `%` or `%a`: decoded, the two could form a new escape.
 */
const normalizeEscapes = (text: string): string =>
  text.replace(/(?<!%[0-9a-f]?)%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return /[A-Za-z0-9_~-]/.test(character) ? character : escaped.toUpperCase();
  });
