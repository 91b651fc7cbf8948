import type { Document, Element } from 'domhandler';
import { present } from '../../text/present.js';
import type { BodyHints } from './boilerplate/recognize.js';
import { chooseRoot } from './choose-root.js';
import { isClutterByClass, isLinkBlock, isLinkList, isNeverBody } from './clutter.js';
import { readLayout } from './layout.js';
import { measureText } from './measure.js';
import { findNestedArticles } from './nested-articles.js';
import { pruneBoilerplate } from './prune.js';
import { findStandfirst } from './standfirst.js';
import { widenRoot } from './widen-root.js';

/** Where the body of a page is, and what in it does not belong to it. */
export interface FoundBody {
  /** The element that holds the body. */
  root: Element;
  /** The standfirst, where it stands between the headline and the body. */
  standfirst?: Element;
  /** Whether an element within the body does not belong to the article, with everything in it. */
  isClutter(element: Element): boolean;
  /** Why an element is clutter, in words; undefined if it is not. */
  explainDropped(element: Element): string | undefined;
}

/**
 * Finds the article on a page by the density of its text. One pass from the leaves up measures text, links and prose; the
 * element with the most prose for its links is the body, or an ancestor if the body is split into several boxes. Returns
 * undefined for a page without text.
 */
export function findBody(document: Document, hints: BodyHints = { authors: [] }): FoundBody | undefined {
  const { title } = hints;
  const layout = readLayout(document);
  const measures = measureText(document, layout);
  const root = widenRoot(chooseRoot(document, { layout, measures, title }), measures);
  if (!root) return undefined;
  const nested = findNestedArticles(root, measures);

  const explainElement = (element: Element): string | undefined => {
    if (isNeverBody(element, layout)) return 'hidden, or not an element for text';
    const measure = measures.get(element);
    if (isClutterByClass(element, measure)) return 'clutter by its class';
    return isLinkBlock(element, measure) ? 'block of links' : undefined;
  };
  const explainInBody = memoizeByElement((element) => {
    if (element === root) return undefined;
    return nested.has(element) ? 'another article' : explainElement(element);
  });
  const dropped = pruneBoilerplate(root, {
    isClutter: (element) => explainInBody(element) !== undefined,
    isLinkList: (list) => isLinkList(list, measures.get(list)),
    hints,
  });
  const isClutter = (element: Element) => explainElement(element) !== undefined;
  const standfirst = title ? findStandfirst(document, root, { title, isClutter }) : undefined;
  return {
    root,
    ...present({ standfirst }),
    isClutter: (element) => dropped.has(element) || explainInBody(element) !== undefined,
    explainDropped: (element) => dropped.get(element) ?? explainInBody(element),
  };
}

/** Caches answers: pruning, the plain text and the HTML ask about the same elements. */
function memoizeByElement(explain: (element: Element) => string | undefined): (element: Element) => string | undefined {
  const answers = new Map<Element, string | null>();
  return (element) => {
    let answer = answers.get(element);
    if (answer === undefined) {
      answer = explain(element) ?? null;
      answers.set(element, answer);
    }
    return answer ?? undefined;
  };
}
