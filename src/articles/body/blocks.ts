import { type AnyNode, type Element, isTag, isText } from 'domhandler';
import { BLOCK_ELEMENTS } from '../dom/elements.js';
import { walk } from '../dom/walk.js';

/** A run of text that stands alone: a paragraph, a heading, a list item, or a box with one line in it. */
export interface Block {
  element: Element;
  /** Its text on one line, white space collapsed. */
  text: string;
  /** Characters inside links. */
  linked: number;
  /** Characters in bold or italics. */
  emphasized: number;
  /** Whether it is long enough to be a paragraph of the article, and not mostly links. */
  prose: boolean;
  /** The list of links that it is an item of. */
  list: Element | undefined;
}

/** What a block element contains, its descendants included. */
export interface BoxContents {
  /** Characters of text. */
  length: number;
  pictures: number;
  headings: number;
  /** Captions that have text. */
  captions: number;
}

/** What `collectBlocks` finds below an element. */
export interface Blocks {
  /** In document order of their ends. */
  blocks: readonly Block[];
  boxes: ReadonlyMap<AnyNode, BoxContents>;
}

/** Tells which elements to leave out, with everything in them, and which lists consist of links. */
export interface BlockFilter {
  isClutter(element: Element): boolean;
  isLinkList(list: Element): boolean;
}

const BOXES = new Set([...BLOCK_ELEMENTS, 'body', 'center', 'figcaption', 'td', 'th']);
/** Heading elements. */
export const HEADINGS: ReadonlySet<string> = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
const EMPHASIS = new Set(['b', 'strong', 'i', 'em']);
const PICTURES = new Set(['img', 'picture', 'video', 'amp-img', 'audio']);

/** Blocks collected from one page: more than any article has. The rest of a hostile page is kept unexamined. */
const MAX_BLOCKS = 10_000;
/** A paragraph of at least this many characters is prose; in scripts without spaces, which need fewer characters, of fewer. */
const MIN_PROSE = 80;
const MIN_PROSE_CJK = 30;

/** A block element whose end has not been reached. */
interface OpenBox extends BoxContents {
  element: Element;
  /** Its own text, without that of the block elements in it. */
  parts: string[];
  linked: number;
  emphasized: number;
  hasBlocks: boolean;
}

/** Collects the blocks of text below an element, and what each block element contains. */
export function collectBlocks(root: Element, { isClutter, isLinkList }: BlockFilter): Blocks {
  const blocks: Block[] = [];
  const boxes = new Map<AnyNode, BoxContents>();
  const open: OpenBox[] = [];
  const depth = { links: 0, emphasis: 0 };
  let list: Element | undefined;
  walk(
    [root],
    (node) => {
      if (isText(node)) addText(open.at(-1), node.data, depth);
      if (!isTag(node)) return true;
      if (node !== root && isClutter(node)) return false;
      if (node === root || BOXES.has(node.name)) openBox(open, node);
      else if (node.name === 'br') open.at(-1)?.parts.push(' ');
      if (!list && isLinkList(node)) list = node;
      const box = open.at(-1);
      if (box && PICTURES.has(node.name)) box.pictures += 1;
      countDepth(depth, node, 1);
      return true;
    },
    (node) => {
      const listAround = list;
      if (list === node) list = undefined;
      countDepth(depth, node, -1);
      if (open.at(-1)?.element !== node) return;
      const box = open.pop();
      if (!box) return;
      boxes.set(node, box);
      addToOuterBox(open.at(-1), box);
      const block = node === root ? undefined : toBlock(box, listAround);
      if (block && blocks.length < MAX_BLOCKS) blocks.push(block);
    },
  );
  return { blocks, boxes };
}

function openBox(open: OpenBox[], element: Element): void {
  const outer = open.at(-1);
  if (outer) outer.hasBlocks = true;
  const contents = { length: 0, pictures: 0, headings: 0, captions: 0 };
  open.push({ element, parts: [], linked: 0, emphasized: 0, hasBlocks: false, ...contents });
}

/** How many links and emphasized elements are open. */
interface Depth {
  links: number;
  emphasis: number;
}

function countDepth(depth: Depth, { name }: Element, change: 1 | -1): void {
  if (name === 'a') depth.links += change;
  if (EMPHASIS.has(name)) depth.emphasis += change;
}

function addText(box: OpenBox | undefined, data: string, depth: Depth): void {
  if (!box) return;
  box.parts.push(data);
  const { length } = data.trim();
  box.length += length;
  if (depth.links > 0) box.linked += length;
  if (depth.emphasis > 0) box.emphasized += length;
}

function addToOuterBox(outer: OpenBox | undefined, { element: { name }, length, pictures, captions, headings }: OpenBox): void {
  if (!outer) return;
  outer.length += length;
  outer.pictures += pictures;
  outer.captions += captions + Number(name === 'figcaption' && length > 0);
  outer.headings += headings + Number(HEADINGS.has(name));
}

/** An element with blocks in it is one itself only if its own text is prose. */
function toBlock({ element, parts, linked, emphasized, hasBlocks }: OpenBox, list: Element | undefined): Block | undefined {
  const text = parts.join('').replace(/\s+/g, ' ').trim();
  if (text === '') return undefined;
  const prose = isProse(element, text, linked);
  return hasBlocks && !prose ? undefined : { element, text, linked, emphasized, prose, list };
}

function isProse(element: Element, text: string, linked: number): boolean {
  if (HEADINGS.has(element.name) || linked > text.length * 0.5) return false;
  return text.length >= (/[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]/.test(text) ? MIN_PROSE_CJK : MIN_PROSE);
}
