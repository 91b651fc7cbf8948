import type { AnyNode, Element } from 'domhandler';
import { type BlockPosition, locateBlocks } from './block-positions.js';
import { type Block, type BlockFilter, type Blocks, collectBlocks, HEADINGS } from './blocks.js';
import { isPictureLegend } from './boilerplate/captions.js';
import { findEnd } from './boilerplate/end.js';
import { isHeadline } from './boilerplate/headline.js';
import { findForeignLists } from './boilerplate/link-lists.js';
import { type BodyHints, type BoilerplateReason, recognizeBoilerplate } from './boilerplate/recognize.js';
import { findSlideshow } from './boilerplate/slides.js';

/** What pruning knows about the page besides the body itself. */
export interface PruneOptions extends BlockFilter {
  hints: BodyHints;
}

/** Why a block is not part of the article, as shown to the user. */
export type PruneReason =
  | BoilerplateReason
  | 'after the end of the article'
  | 'heading without text'
  | 'list of links'
  | 'repeated text';

/** If less than this share of the text would be left, the rules do not fit the page and everything is kept. */
const MIN_KEPT_SHARE = 0.15;
/** Texts longer than this, in characters, do not occur twice in an article. */
const MAX_REPEATABLE = 60;

/**
 * Finds the blocks of a body that are not part of the article, and why: interface text, captions and credits, links to other
 * articles, newsletters, the headline, byline and date, biographies, and everything after the end.
 */
export function pruneBoilerplate(root: Element, { hints, ...filter }: PruneOptions): ReadonlyMap<Element, PruneReason> {
  const { blocks, boxes } = collectBlocks(root, filter);
  const positions = locateBlocks(blocks);
  if (!positions) return new Map();
  const dropped = dropBlocks({ root, blocks, boxes, positions, hints });
  for (const block of findSlideshow(root, blocks, ({ element }) => !dropped.has(element))) {
    if (!dropped.has(block.element)) dropped.set(block.element, 'caption');
  }
  dropTrailingHeadings(blocks, dropped);
  const kept = blocks.filter(({ element }) => !dropped.has(element));
  return countText(kept) < countText(blocks) * MIN_KEPT_SHARE ? new Map() : dropped;
}

const countText = (blocks: readonly Block[]): number => blocks.reduce((sum, { text }) => sum + text.length, 0);

interface LocatedBlocks extends Blocks {
  root: Element;
  positions: readonly BlockPosition[];
  hints: BodyHints;
}

/** Applies the rules that look at one block at a time; the first that holds gives the reason. */
function dropBlocks({ root, blocks, boxes, positions, hints }: LocatedBlocks): Map<Element, PruneReason> {
  const dropped = new Map<Element, PruneReason>();
  const end = findEnd(blocks, positions);
  const headlineEnd = findHeadlineEnd(blocks, positions, hints.title);
  const repeated = findRepeated(blocks);
  const foreignLists = findForeignLists(blocks, positions);
  const explain = (block: Block, position: BlockPosition, i: number): PruneReason | undefined => {
    if (i >= end) return 'after the end of the article';
    if (repeated.has(block)) return 'repeated text';
    if (i < headlineEnd) return 'headline';
    if (block.list && foreignLists.has(block.list)) return 'list of links';
    if (isPictureLegend(block, boxes, root)) return 'caption';
    return recognizeBoilerplate(block, position, hints);
  };
  for (const [i, block] of blocks.entries()) {
    const position = positions[i];
    const reason = position && explain(block, position, i);
    if (reason) dropped.set(block.element, reason);
  }
  return dropped;
}

/** The index after the page's headline, which ends what stands above the article; 0 if the body does not repeat it. */
function findHeadlineEnd(blocks: readonly Block[], positions: readonly BlockPosition[], title: string | undefined): number {
  if (!title) return 0;
  const headline = blocks.findIndex(({ element, text }, i) => {
    const position = positions[i];
    return position?.nearStart && (position.beforeProse || element.name === 'h1') && isHeadline(element, text, title);
  });
  return headline + 1;
}

/** Blocks with the text of an earlier block in another box. Within one box, such as a poem, lines may repeat. */
function findRepeated(blocks: readonly Block[]): ReadonlySet<Block> {
  const repeated = new Set<Block>();
  const parents = new Map<string, AnyNode | null>();
  for (const block of blocks) {
    const { text, element } = block;
    if (text.length <= MAX_REPEATABLE) continue;
    const parent = parents.get(text);
    if (parent === undefined) parents.set(text, element.parent);
    else if (parent !== element.parent) repeated.add(block);
  }
  return repeated;
}

/** Drops the headings after the last kept text. */
function dropTrailingHeadings(blocks: readonly Block[], dropped: Map<Element, PruneReason>): void {
  for (const { element } of blocks.toReversed()) {
    if (dropped.has(element)) continue;
    if (!HEADINGS.has(element.name)) return;
    dropped.set(element, 'heading without text');
  }
}
