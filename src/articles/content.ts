import type { Document } from 'domhandler';
import { parseHtml } from '../text/html-tree.js';
import { sanitize } from './output/sanitize.js';
import { htmlToText } from './output/text.js';

/** The body of an article. */
export interface Content {
  /** Sanitized. */
  html: string;
  text: string;
  /** Pages that it was joined from. */
  pages: number;
}

/** Open elements at once. The deepest of the 854 pages of our collections has 52; one with more than this is an attack. */
const MAX_DEPTH = 2_000;
/** Shortest text that counts as an article, in characters; Chinese, Japanese and Korean say as much with fewer. */
const MIN_TEXT = 120;
const MIN_TEXT_CJK = 50;
const CJK = /[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]/;

/** The tree of a page, or undefined if it nests too deep to be a page that people read. */
export function parsePage(html: string): Document | undefined {
  const { document, isComplete } = parseHtml(html, { maxDepth: MAX_DEPTH });
  return isComplete ? document : undefined;
}

/** A piece of HTML, such as a feed's, as content; empty if it nests too deep. */
export function readFragment(html: string, baseUrl: string): Content {
  const document = parsePage(html);
  if (!document) return { html: '', text: '', pages: 1 };
  return { html: sanitize(document.children, { baseUrl }).trim(), text: htmlToText(document.children), pages: 1 };
}

/** Whether a text is long enough to be an article. */
export const isArticleLength = (text: string): boolean => text.length >= (CJK.test(text) ? MIN_TEXT_CJK : MIN_TEXT);
