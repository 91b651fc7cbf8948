import { type Document, type Element, isTag, isText } from 'domhandler';
import { decode } from '../../text/decode.js';
import { present } from '../../text/present.js';
import type { Page } from '../article.js';
import { parsePage } from '../content.js';
import { BLOCK_ELEMENTS, SILENT_ELEMENTS } from '../dom/elements.js';
import { getTextLine } from '../dom/text.js';
import { walk } from '../dom/walk.js';
import { type LocatedBody, locateBody } from '../locate-body.js';
import type { SiteRule } from '../site-rules.js';

/** A block of a page's text, and what the extraction did with it. */
export interface ExplainedBlock {
  fate: 'kept' | 'dropped' | 'outside';
  /** Why it was dropped. */
  reason?: string;
  /** The element that holds it, as a selector: `div.story-body`. */
  element: string;
  text: string;
}

/** How the extraction read a page, for display to a person. */
export interface Explanation {
  /** Path to the element that holds the body, outermost first; empty if no body was found. */
  body: string[];
  /** File name of the site rule that applied, if any. */
  rule?: string;
  /** In document order. */
  blocks: ExplainedBlock[];
}

/** Blocks listed for one page. A person reads no more, and hostile pages have millions. */
const MAX_BLOCKS = 5_000;
/** Characters shown of an element's selector. */
const MAX_SELECTOR = 60;

/**
 * Explains block by block which text of a page was kept, which was dropped and why. Parses the page again. Lists nothing for
 * a page that nests too deep to be read.
 */
export function explainPage(page: Page, now: Date, rule?: SiteRule): Explanation {
  const document = parsePage(decode(page.body, page.contentType, 'html').text);
  if (!document) return { body: [], blocks: [] };
  const located = locateBody(document, { url: page.url, now, ...present({ rule }) });
  const body = located.roots.at(-1);
  return { body: body ? listPath(body) : [], ...present({ rule: rule?.file }), blocks: listBlocks(document, located) };
}

/** A block element whose end has not been reached. */
interface OpenBlock {
  element: Element;
  parts: string[];
}

function listBlocks(document: Document, { roots, skip, explainDropped }: LocatedBody): ExplainedBlock[] {
  const blocks: ExplainedBlock[] = [];
  const rootSet = new Set<Element>(roots);
  const open: OpenBlock[] = [];
  let openRoots = 0;
  const add = (block: ExplainedBlock) => {
    if (block.text !== '' && blocks.length < MAX_BLOCKS) blocks.push(block);
  };
  const flush = () => {
    const block = open.at(-1);
    if (block) add({ fate: openRoots > 0 ? 'kept' : 'outside', element: toSelector(block.element), text: takeText(block) });
  };
  walk(
    document.children,
    (node) => {
      if (isText(node)) open.at(-1)?.parts.push(node.data);
      if (!isTag(node)) return true;
      const isRoot = rootSet.has(node);
      const isBlock = BLOCK_ELEMENTS.has(node.name);
      const isDropped = openRoots > 0 && !isRoot && skip(node);
      const isLeftOut = isDropped || SILENT_ELEMENTS.has(node.name);
      if (isBlock || (isRoot && !isLeftOut)) flush();
      if (isDropped)
        add({ fate: 'dropped', reason: explainDropped(node) ?? '', element: toSelector(node), text: getTextLine(node) });
      if (isLeftOut) return false;
      if (isBlock || isRoot) open.push({ element: node, parts: [] });
      if (isRoot) openRoots += 1;
      return true;
    },
    (node) => {
      if (open.at(-1)?.element === node) {
        flush();
        open.pop();
      }
      if (rootSet.has(node)) openRoots -= 1;
    },
  );
  return blocks;
}

/** The text collected since the last call, white space collapsed. */
function takeText(block: OpenBlock): string {
  const text = block.parts.join('').replace(/\s+/g, ' ').trim();
  block.parts = [];
  return text;
}

/** An element as a selector: `div#main.story-body`. */
function toSelector({ name, attribs }: Element): string {
  const classes = (attribs.class ?? '')
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => `.${word}`);
  const id = attribs.id ? `#${attribs.id}` : '';
  return (name + id + classes.join('')).slice(0, MAX_SELECTOR);
}

/** The selectors of an element and its ancestors, outermost first. */
function listPath(element: Element): string[] {
  const path: string[] = [];
  for (let up: Element['parent'] | Element = element; up && isTag(up); up = up.parent) path.unshift(toSelector(up));
  return path;
}
