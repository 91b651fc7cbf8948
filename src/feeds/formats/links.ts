import { canParseUrl } from '../../text/url.js';

/** A host as people write it, without a scheme. To RFC 3986 this is a relative path, but no site has a path of that name. */
const BARE_HOST = /^www\.[^\s/.]+\.[^\s/]/i;

/** Resolves a link against `base`. Undefined unless the result is an http or https URL. */
export function resolveHttpUrl(link: string | undefined, base: string): string | undefined {
  const written = link?.trim();
  const text = written && BARE_HOST.test(written) ? `//${written}` : written;
  if (!text || !canParseUrl(text, base)) return undefined;
  const { href, protocol } = new URL(text, base);
  return /^https?:$/.test(protocol) ? href : undefined;
}

/** Schemes that would run code or open something local. */
export const UNSAFE_SCHEME = /^\s*(javascript|vbscript|data|file|blob|about):/i;

/** Longest unsafe link that is kept to be shown, in characters. */
const MAX_BAD_LINK = 100;

/** The link of an entry: `url` if it leads to a page, `badLink` if its scheme is unsafe, and neither if it is something else. */
export function resolveEntryLink(link: string | undefined, base: string): { url?: string; badLink?: string } {
  if (link !== undefined && UNSAFE_SCHEME.test(link)) return { badLink: link.trim().slice(0, MAX_BAD_LINK) };
  const url = resolveHttpUrl(link, base);
  return url ? { url } : {};
}
