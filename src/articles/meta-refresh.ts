import { type Document, isTag } from 'domhandler';
import { walk } from './dom/walk.js';

/** A page that shows itself for longer than this before it goes elsewhere is a page, in seconds. */
const MAX_DELAY_SECONDS = 30;

/**
 * Where a page that only leads on leads to: absolute, http(s), and not the page itself; undefined for most pages.
 * `<meta http-equiv="refresh">` as the HTML standard reads it ("shared declarative refresh steps").
 */
export function findRefreshTarget(document: Document, pageUrl: string): string | undefined {
  let content: string | undefined;
  walk(
    document.children,
    (node) => {
      if (isTag(node) && node.name === 'meta' && /^\s*refresh\s*$/i.test(node.attribs['http-equiv'] ?? ''))
        content ??= node.attribs.content;
      return content === undefined;
    },
    () => undefined,
  );
  const [, seconds, target] = /^\s*(\d{1,6})[\d.]*\s*[;,\s]\s*(?:url\s*=\s*)?["']?([^"']+)/i.exec(content ?? '') ?? [];
  if (!target || Number(seconds) > MAX_DELAY_SECONDS || !URL.canParse(target.trim(), pageUrl)) return undefined;
  const { href, protocol } = new URL(target.trim(), pageUrl);
  return /^https?:$/.test(protocol) && href !== pageUrl ? href : undefined;
}
