import { Parser } from 'htmlparser2';

/** More than any page needs to name. */
const MAX_LINKS = 20;
/** Types that feeds are linked under. */
const FEED_TYPE = /^(application|text)\/(rss|atom|rdf|feed|x\.atom)?\+?(xml|json)$/i;

/** The feeds that a web page names by `<link rel="alternate">` (RSS autodiscovery), in the order of the page. */
export function discoverFeeds(html: string, pageUrl: string): { url: string; title?: string }[] {
  const found = new Map<string, { url: string; title?: string }>();
  let base = pageUrl;
  const parser = new Parser({
    onopentag(name, { rel = '', type = '', href, title }) {
      if (name === 'base' && href && URL.canParse(href, pageUrl)) base = new URL(href, pageUrl).href;
      if (
        name !== 'link' ||
        !href ||
        !/(^|\s)(alternate|feed)(\s|$)/i.test(rel) ||
        !FEED_TYPE.test(type.split(';')[0]?.trim() ?? '')
      )
        return;
      if (found.size >= MAX_LINKS || !URL.canParse(href, base)) return;
      const url = new URL(href, base).href;
      if (/^https?:/.test(url) && !found.has(url)) found.set(url, { url, ...(title ? { title } : {}) });
    },
  });
  parser.end(html);
  return [...found.values()];
}
