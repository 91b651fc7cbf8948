import { type AnyNode, type Element, isTag } from 'domhandler';
import { canParseUrl } from '../../text/url.js';
import { hasType, readName, readText, resolveReference } from './json-ld.js';
import { firstMeta } from './meta-elements.js';
import type { PageScan } from './scan.js';

/** Characters of the longest text that can be a site's name. */
const MAX_SITE_NAME = 80;
/** Levels of elements between a heading and the link around it or in it. */
const MAX_LINK_DEPTH = 3;

/** The names by which a page calls its site. */
export interface SiteNames {
  /** The name that is shown to readers. */
  siteName: string | undefined;
  /** The article's publisher in structured data. */
  publisher: string | undefined;
}

/** Reads the site's names. A name that repeats the page's title is ignored, since some templates write the headline there. */
export function readSiteNames(scan: PageScan): SiteNames {
  const { meta, jsonLd } = scan;
  const publisher = readName(resolveReference(scan.article?.publisher, jsonLd));
  const candidates = [
    firstMeta(meta, 'og:site_name'),
    firstMeta(meta, 'application-name'),
    firstMeta(meta, 'apple-mobile-web-app-title'),
    publisher,
    readText(jsonLd.find((object) => hasType(object, /^WebSite$/))?.name),
  ];
  const titles = [scan.documentTitle, firstMeta(meta, 'og:title')];
  const siteName = candidates.find((name) => name && !titles.includes(name) && name.length < MAX_SITE_NAME);
  return { siteName, publisher };
}

/** Whether a heading is the site's logo: it stands in a link to the home page, or holds nothing but such a link. */
export function isLogo(heading: Element, { pageUrl, baseUrl }: { pageUrl: string; baseUrl: string }): boolean {
  const href = findLinkAround(heading) ?? findLinkWithin(heading);
  if (!href || !canParseUrl(href, baseUrl) || !canParseUrl(pageUrl)) return false;
  const [target, page] = [new URL(href, baseUrl), new URL(pageUrl)];
  return target.host === page.host && target.pathname === '/' && target.search === '' && page.pathname !== '/';
}

function findLinkAround(element: Element): string | undefined {
  let node: AnyNode | null = element;
  for (let level = 0; node && isTag(node) && level <= MAX_LINK_DEPTH; level += 1, node = node.parent)
    if (node.name === 'a') return node.attribs.href;
  return undefined;
}

/** The link that an element holds, where no other element is beside it. */
function findLinkWithin(element: Element): string | undefined {
  let [only, ...others]: Element[] = [element];
  for (let level = 0; only && others.length === 0 && level <= MAX_LINK_DEPTH; level += 1) {
    if (only.name === 'a') return only.attribs.href;
    [only, ...others] = only.children.filter(isTag);
  }
  return undefined;
}
