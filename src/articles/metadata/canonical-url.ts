import { normalizeUrl } from '../../web/normalize-url.js';
import { firstMeta } from './meta-elements.js';
import type { PageScan } from './scan.js';

/**
 * Reads the page's canonical URL (RFC 6596) from `<link rel="canonical">`, else from `og:url`, and normalizes it. A URL that
 * leads away is ignored: to another site, as in syndicated texts, because this page is the one that was read; or from an
 * article to the home page, as broken templates write.
 */
export function readCanonicalUrl({ canonicalHref, meta, baseUrl, pageUrl }: PageScan): string | undefined {
  const page = normalizeUrl(pageUrl);
  if (!page) return undefined;
  for (const href of [canonicalHref, firstMeta(meta, 'og:url')]) {
    const url = href ? normalizeUrl(href, baseUrl) : undefined;
    if (url && !leadsAway(new URL(url), new URL(page))) return url;
  }
  return undefined;
}

function leadsAway(target: URL, page: URL): boolean {
  const isHomePage = target.pathname === '/' && target.search === '';
  return stripSubdomain(target.hostname) !== stripSubdomain(page.hostname) || (isHomePage && page.pathname !== '/');
}

/** A host without the subdomains that show the same site: `www.`, those for phones, and AMP. */
const stripSubdomain = (host: string): string => host.replace(/^(www|m|mobile|amp)\./, '');
