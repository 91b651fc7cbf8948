import { load } from 'cheerio/slim';
import type { Document } from 'domhandler';
import { selectElements } from '../text/html-tree.js';
import { canParseUrl } from '../text/url.js';

/** A page that shows itself for longer before it redirects is a page of its own, in seconds. */
const MAX_DELAY_SECONDS = 30;

/**
 * The page that `<meta http-equiv="refresh">` redirects to, as the HTML standard reads it ("shared declarative refresh steps").
 * Gives an absolute http(s) URL; undefined if there is none, if the delay is long, or if the page only reloads itself.
 */
export function findRefreshTarget(document: Document, pageUrl: string): string | undefined {
  const content = selectElements(load(document), 'meta[http-equiv][content]').find(({ attribs }) =>
    /^\s*refresh\s*$/i.test(attribs['http-equiv'] ?? ''),
  )?.attribs.content;
  const [, seconds, target] = /^\s*(\d{1,6})[\d.]*\s*[;,\s]\s*(?:url\s*=\s*)?["']?([^"']+)/i.exec(content ?? '') ?? [];
  if (!target || Number(seconds) > MAX_DELAY_SECONDS || !canParseUrl(target.trim(), pageUrl)) return undefined;
  const { href, protocol } = new URL(target.trim(), pageUrl);
  return /^https?:$/.test(protocol) && href !== pageUrl ? href : undefined;
}
