import { type Document, type Element, isTag, isText } from 'domhandler';
import { readClassWords } from '../dom/class-words.js';
import { walk } from '../dom/walk.js';
import { readClassVerdict } from './class-verdict.js';

/** What the first pass over a page finds: its headings, and the elements that wrap the article whatever their class says. */
export interface PageLayout {
  /** Elements around the headline, or around a part whose class names it the body: "with-sidebar", "has-comments". */
  landmarkWrappers: ReadonlySet<Element>;
  /** Elements around most of the page's paragraphs, such as a form around the whole page or a body that a script would unhide. */
  mainWrappers: ReadonlySet<Element>;
  /** All `h1` and `h2` elements, in document order. */
  headings: readonly Element[];
  /** Number of `article` elements. */
  articleCount: number;
}

/** Elements that never hold text, wherever they stand. */
export const TEXTLESS_ELEMENTS: ReadonlySet<string> = new Set(
  'script style noscript template svg iframe object button select textarea input dialog title'.split(' '),
);

/** A wrapper holds at least this share of the page's paragraph text. */
const MAIN_SHARE = 0.6;
/** Comments may be longer than the article, so an element with these class words is never a wrapper of it. */
const COMMENTS = /comment|disqus|kommentar|comentario/i;

/** Finds the headings and the wrappers of a page, in one pass. */
export function readLayout(document: Document): PageLayout {
  const landmarkWrappers = new Set<Element>();
  const paragraphText = new Map<Element, number>();
  const headings: Element[] = [];
  let articleCount = 0;
  const open = [0];
  walk(
    document.children,
    (node) => {
      if (!isTag(node) || TEXTLESS_ELEMENTS.has(node.name)) return false;
      open.push(node.name === 'p' ? countOwnText(node) : 0);
      if (node.name === 'article') articleCount += 1;
      else if (node.name === 'h1' || node.name === 'h2') headings.push(node);
      if (isLandmark(node)) addAncestors(node, landmarkWrappers);
      return true;
    },
    (node) => {
      const length = open.pop() ?? 0;
      if (length > 0) paragraphText.set(node, length);
      open.push((open.pop() ?? 0) + length);
    },
  );
  return { landmarkWrappers, mainWrappers: findMainWrappers(paragraphText, open[0] ?? 0), headings, articleCount };
}

const countOwnText = (element: Element): number =>
  element.children.reduce((sum, child) => sum + (isText(child) ? child.data.trim().length : 0), 0);

const isLandmark = (element: Element): boolean =>
  element.name === 'h1' ||
  element.name === 'main' ||
  element.attribs.itemprop === 'articleBody' ||
  (element.name === 'div' && readClassVerdict(element) === 'body');

function addAncestors(element: Element, wrappers: Set<Element>): void {
  for (let up = element.parent; up && isTag(up) && !wrappers.has(up); up = up.parent) wrappers.add(up);
}

function findMainWrappers(paragraphText: ReadonlyMap<Element, number>, total: number): ReadonlySet<Element> {
  const wrappers = new Set<Element>();
  for (const [element, length] of paragraphText) {
    if (length >= total * MAIN_SHARE && !COMMENTS.test(readClassWords(element))) wrappers.add(element);
  }
  return wrappers;
}
