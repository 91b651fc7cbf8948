import { resolveHttpUrl } from '../../text/url.js';

/** A host as people write it, without a scheme. To RFC 3986 this is a relative path, but no site has a path of that name. */
const BARE_HOST = /^www\.[^\s/.]+\.[^\s/]/i;

/** Resolves a link of a feed, which may be a bare host, against `base`. Undefined unless the result is an http or https URL. */
export function resolveFeedLink(link: string | undefined, base: string): string | undefined {
  const written = link?.trim();
  if (!written) return undefined;
  return resolveHttpUrl(BARE_HOST.test(written) ? `//${written}` : written, base);
}

/** Schemes that would run code or open something local. */
export const UNSAFE_SCHEME = /^\s*(javascript|vbscript|data|file|blob|about):/i;

/** Longest unsafe link that is kept to be shown, in characters. */
const MAX_BAD_LINK = 100;

/** The link of an entry: `url` if it leads to a page, `badLink` if its scheme is unsafe, and neither if it is something else. */
export function resolveEntryLink(link: string | undefined, base: string): { url?: string; badLink?: string } {
  if (link !== undefined && UNSAFE_SCHEME.test(link)) return { badLink: link.trim().slice(0, MAX_BAD_LINK) };
  const url = resolveFeedLink(link, base);
  return url ? { url } : {};
}
