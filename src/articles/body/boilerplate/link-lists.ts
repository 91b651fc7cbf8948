import { type Element, isTag } from 'domhandler';
import { walk } from '../../dom/walk.js';
import type { BlockPosition } from '../block-positions.js';
import type { Block } from '../blocks.js';
import { isEndLine } from './end.js';
import { opensAsPointer } from './pointers.js';

/** Longer texts do not introduce a list of other articles, in characters. */
const MAX_INTRODUCTION = 90;

/**
 * Lists of links that do not belong to the article: those before or after its prose, those that the block before them
 * introduces as links to other articles, and tables of contents.
 */
export function findForeignLists(blocks: readonly Block[], positions: readonly BlockPosition[]): ReadonlySet<Element> {
  const seen = new Set<Element>();
  const foreign = new Set<Element>();
  for (const [i, { list }] of blocks.entries()) {
    if (!list || seen.has(list)) continue;
    seen.add(list);
    const position = positions[i];
    const isOutside = position !== undefined && (position.beforeProse || position.afterProse);
    if (isOutside || introducesLinks(blocks[i - 1]) || isTableOfContents(list)) foreign.add(list);
  }
  return foreign;
}

const introducesLinks = (block: Block | undefined): boolean =>
  block !== undefined && block.text.length < MAX_INTRODUCTION && (opensAsPointer(block.text) || isEndLine(block.text));

/** Whether a list has more than one link, and all lead to places on the same page. */
function isTableOfContents(list: Element): boolean {
  let [all, local] = [0, 0];
  walk(
    [list],
    (node) => {
      if (isTag(node) && node.name === 'a') {
        all += 1;
        local += Number(isLocalLink(node.attribs.href ?? ''));
      }
      return true;
    },
    () => undefined,
  );
  return all > 1 && local === all;
}

const isLocalLink = (href: string): boolean => /^[^?#]*#/.test(href) && !/^https?:/.test(href);
