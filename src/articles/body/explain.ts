import { type Element, isTag, isText } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import { decode } from '../../text/decode.js';
import type { Page } from '../article.js';
import { BLOCK_ELEMENTS, SILENT_ELEMENTS } from '../dom/elements.js';
import { getTextLine } from '../dom/text.js';
import { walk } from '../dom/walk.js';
import { locateBody } from '../locate-body.js';
import type { SiteRule } from '../site-rules.js';

/** A piece of a page's text, and what became of it. */
export interface ExplainedBlock {
  fate: 'kept' | 'dropped' | 'outside';
  /** Why it was dropped. */
  reason?: string;
  /** The element that it is in: `div.story-body`. */
  element: string;
  text: string;
}

export interface Explanation {
  /** What holds the body, from the outside in; empty where nothing does. */
  body: string[];
  /** The file of the site's rule, where there is one. */
  rule?: string;
  blocks: ExplainedBlock[];
}

/** More blocks are no help to anybody. */
const MAX_BLOCKS = 5_000;
/** Characters of a class that are shown. */
const MAX_NAME = 60;

/** What of a page was kept, what was dropped and why, block by block, in the order of the page. For people: it reads the page anew. */
export function explainPage(page: Page, now: Date, rule?: SiteRule): Explanation {
  const document = parseDocument(decode(page.body, page.contentType, 'html').text);
  const { roots, skip, explainDropped } = locateBody(document, { url: page.url, now, ...(rule ? { rule } : {}) });
  const blocks: ExplainedBlock[] = [];
  const inside = new Set<Element>(roots);
  let depth = 0;
  const open: { element: Element; parts: string[] }[] = [];
  const end = () => {
    const block = open.at(-1);
    const text = block?.parts.join('').replace(/\s+/g, ' ').trim() ?? '';
    if (block) block.parts = [];
    if (block && text !== '' && blocks.length < MAX_BLOCKS)
      blocks.push({ fate: depth > 0 ? 'kept' : 'outside', element: nameOf(block.element), text });
  };
  walk(
    document.children,
    (node) => {
      if (isText(node)) open.at(-1)?.parts.push(node.data);
      if (!isTag(node)) return true;
      const isRoot = inside.has(node);
      const dropped = depth > 0 && !isRoot && skip(node);
      if (dropped || SILENT_ELEMENTS.has(node.name)) {
        const text = dropped ? getTextLine(node) : '';
        if (BLOCK_ELEMENTS.has(node.name)) end();
        if (text !== '' && blocks.length < MAX_BLOCKS)
          blocks.push({ fate: 'dropped', reason: explainDropped(node) ?? '', element: nameOf(node), text });
        return false;
      }
      if (isRoot || BLOCK_ELEMENTS.has(node.name)) {
        end();
        open.push({ element: node, parts: [] });
      }
      if (isRoot) depth += 1;
      return true;
    },
    (node) => {
      if (open.at(-1)?.element === node) {
        end();
        open.pop();
      }
      if (inside.has(node)) depth -= 1;
    },
  );
  const [last] = roots.slice(-1);
  return { body: last ? pathOf(last) : [], ...(rule ? { rule: rule.file } : {}), blocks };
}

/** `div#main.story-body`, as a selector would say it. */
function nameOf(element: Element): string {
  const classes = (element.attribs.class ?? '')
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => `.${word}`);
  const id = element.attribs.id ? `#${element.attribs.id}` : '';
  return (element.name + id + classes.join('')).slice(0, MAX_NAME);
}

function pathOf(element: Element): string[] {
  const path: string[] = [];
  for (let up: Element['parent'] | Element = element; up && isTag(up); up = up.parent) path.unshift(nameOf(up));
  return path;
}
