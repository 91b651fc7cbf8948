import { type AnyNode, type Document, type Element, isTag, isText } from 'domhandler';
import { walk } from '../dom/walk.js';
import { isClutterByClass, isNeverBody, type TextAmounts } from './clutter.js';
import type { PageLayout } from './layout.js';

/** How much text an element holds, in characters. */
export interface Measure extends TextAmounts {
  /** Text on its own lines, outside blocks and links: old sites separate paragraphs by `<br>` or put them into spans. */
  looseText: number;
}

/** The measures of a page's elements; those that never hold the article's text have none. */
export type Measures = ReadonlyMap<AnyNode, Measure>;

/** Elements that hold one paragraph of prose each. */
export const PARAGRAPHS: ReadonlySet<string> = new Set(['p', 'pre', 'blockquote', 'li', 'td', 'dd', 'h2', 'h3', 'h4']);
/** Text outside paragraphs counts as prose if it is longer than this, in characters. */
export const MIN_LOOSE_PROSE = 140;
/** A paragraph counts as prose from this length on, in characters outside links. */
const MIN_PARAGRAPH = 25;
/** Weight of prose in paragraphs other than `p`. */
const OTHER_PARAGRAPH_WEIGHT = 0.7;
/** Characters that each comma is worth, up to the paragraph's own length: prose has commas, menus do not. */
const COMMA_WEIGHT = 10;

const INLINE = new Set('a abbr b cite code em font i ins mark q s small span strong sub sup time u'.split(' '));
const COMMAS = /[,，、،;；。．]/g;

/** Measures the text of every element in one pass from the leaves up. Clutter does not count towards its ancestors. */
export function measureText(document: Document, layout: PageLayout): Measures {
  const measures = new Map<AnyNode, Measure>();
  const open: Measure[] = [{ text: 0, linkText: 0, prose: 0, looseText: 0 }];
  walk(
    document.children,
    (node) => {
      if (isText(node)) addText(open.at(-1), node.data.trim().length);
      if (!isTag(node)) return true;
      if (isNeverBody(node, layout)) return false;
      open.push({ text: 0, linkText: 0, prose: 0, looseText: 0 });
      return true;
    },
    (node) => {
      const own = open.pop();
      const parent = open.at(-1);
      if (!own || !parent) return;
      finishMeasure(node, own);
      if (INLINE.has(node.name)) parent.looseText += own.looseText;
      measures.set(node, own);
      if (!isClutterByClass(node, own)) addToParent(parent, own);
    },
  );
  return measures;
}

function addText(measure: Measure | undefined, length: number): void {
  if (!measure) return;
  measure.text += length;
  measure.looseText += length;
}

function addToParent(parent: Measure, own: Measure): void {
  parent.text += own.text;
  parent.linkText += own.linkText;
  parent.prose += own.prose;
}

/** Completes the measure of an element whose children have been added. */
function finishMeasure(element: Element, own: Measure): void {
  if (element.name === 'a') {
    own.linkText = own.text;
    own.looseText = 0;
  }
  if (PARAGRAPHS.has(element.name)) own.prose = Math.max(own.prose, weighParagraph(element, own));
  else if (!INLINE.has(element.name) && own.looseText > MIN_LOOSE_PROSE) own.prose += own.looseText;
}

function weighParagraph(element: Element, { text, linkText }: Measure): number {
  const plain = text - linkText;
  if (plain < MIN_PARAGRAPH) return 0;
  return plain * (element.name === 'p' ? 1 : OTHER_PARAGRAPH_WEIGHT) + Math.min(countCommas(element) * COMMA_WEIGHT, plain);
}

/** Commas in an element's own text nodes. */
const countCommas = (element: Element): number =>
  element.children.reduce((count, child) => count + (isText(child) ? (child.data.match(COMMAS)?.length ?? 0) : 0), 0);
