import { type Element, isTag } from 'domhandler';
import { hasDescendant } from '../dom/relations.js';
import { PAGE_PARTS } from './clutter.js';
import type { Measures } from './measure.js';

/** A parent is preferred if it has at least this many times the prose of its child. */
const CLEARLY_MORE = 1.25;
/** A parent is not preferred if its share of links exceeds its child's by more than this. */
const MAX_EXTRA_LINK_SHARE = 0.15;
/** Elements around a part of a body that are searched for siblings like it. */
const MAX_BOXES = 3;
/** A sibling with the same name and class is part of the body if it has more than this share of the other's prose. */
const SIBLING_PROSE_SHARE = 0.3;

/** Moves from the chosen element to its ancestors while they hold clearly more prose: a body may be split into several boxes. */
export function widenRoot(start: Element | undefined, measures: Measures): Element | undefined {
  let root = start;
  while (root) {
    const wider = widenOnce(root, measures);
    if (!wider) return root;
    root = wider;
  }
  return undefined;
}

function widenOnce(root: Element, measures: Measures): Element | undefined {
  const { parent } = root;
  // What stands beside an `article` is another article.
  if (!parent || !isTag(parent) || parent.name === 'body' || parent.name === 'html' || root.name === 'article') return undefined;
  const inner = measures.get(root);
  const outer = measures.get(parent);
  if (!inner || !outer) return undefined;
  if (isPartOfSeries(root, measures)) return parent;
  if (outer.prose < inner.prose * CLEARLY_MORE) return findSeriesAround(parent, measures);
  const extraLinkShare = outer.linkText / Math.max(1, outer.text) - inner.linkText / Math.max(1, inner.text);
  return extraLinkShare > MAX_EXTRA_LINK_SHARE ? undefined : parent;
}

/** Whether an element is one of several boxes that hold the body together, rather than one of several articles. */
const isPartOfSeries = (element: Element, measures: Measures): boolean =>
  hasSiblingLikeIt(element, measures) && !hasDescendant(element, /^(h1|article)$/);

/** The element that holds a body in several boxes, where each part stands in boxes of its own. */
function findSeriesAround(box: Element, measures: Measures): Element | undefined {
  const own = measures.get(box)?.prose ?? 0;
  let up: Element | null = box;
  for (let i = 0; up && i < MAX_BOXES && (measures.get(up)?.prose ?? 0) < own * CLEARLY_MORE; i += 1) {
    const parent: Element | null = up.parent && isTag(up.parent) ? up.parent : null;
    if (!parent || PAGE_PARTS.has(up.name)) return undefined;
    if (up.attribs.class && isPartOfSeries(up, measures)) return parent;
    up = parent;
  }
  return undefined;
}

function hasSiblingLikeIt(element: Element, measures: Measures): boolean {
  const own = measures.get(element)?.prose ?? 0;
  return (element.parent?.children ?? []).some(
    (child) =>
      child !== element &&
      isTag(child) &&
      child.name === element.name &&
      child.attribs.class === element.attribs.class &&
      (measures.get(child)?.prose ?? 0) > own * SIBLING_PROSE_SHARE,
  );
}
