import { escapeAttribute } from '../../../text/escape.js';
import { canParseUrl } from '../../../text/url.js';

/** HTML attributes that hold one URL. */
const URL_ATTRIBUTE_NAMES = ['href', 'src', 'poster', 'cite', 'longdesc', 'action', 'data', 'background'];
/** The same names, for lookups. */
export const URL_ATTRIBUTES: ReadonlySet<string> = new Set(URL_ATTRIBUTE_NAMES);

const ATTRIBUTE = `\\s(?:${URL_ATTRIBUTE_NAMES.join('|')})\\s*=\\s*`;
const SCHEME = '\\s*[a-z][a-z0-9+.-]*:';
/** An attribute with a URL that has no scheme, quoted or not. */
const RELATIVE_URL = new RegExp(`${ATTRIBUTE}(?:"(?!${SCHEME})|'(?!${SCHEME})|(?![\\s"']|[a-z][a-z0-9+.-]*:))`, 'i');
const URL_VALUE = new RegExp(`(${ATTRIBUTE})(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'gi');
const STARTS_WITH_SCHEME = new RegExp(`^${SCHEME}`, 'i');

/** Relative links resolved in one text. No real text has more. */
const MAX_LINKS = 10_000;

/** Makes the relative links of an HTML text absolute. Each tag is read up to the next `<`, so the time is linear. */
export function makeLinksAbsolute(html: string, base: string): string {
  if (!RELATIVE_URL.test(html)) return html;
  let links = 0;
  const resolve = (whole: string, before: string, quoted?: string, singleQuoted?: string, bare?: string) => {
    const value = (quoted ?? singleQuoted ?? bare ?? '').replaceAll('&amp;', '&');
    if (links >= MAX_LINKS || STARTS_WITH_SCHEME.test(value)) return whole;
    links += 1;
    const resolved = resolveUrl(value, base);
    return resolved === undefined ? whole : `${before}"${escapeAttribute(resolved)}"`;
  };
  return html.replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(URL_VALUE, resolve));
}

/** Resolves a URL of any scheme. Undefined if it is not one. */
export const resolveUrl = (url: string, base: string): string | undefined =>
  canParseUrl(url.trim(), base) ? new URL(url.trim(), base).href : undefined;
