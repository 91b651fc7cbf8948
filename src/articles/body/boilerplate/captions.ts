import { type AnyNode, type Element, isTag } from 'domhandler';
import { memoizeByWords, splitCamelCase } from '../../dom/class-words.js';
import { type Block, type BoxContents, HEADINGS } from '../blocks.js';
import { CAPTION_CLASSES } from '../words/caption-classes.js';

/** The only text beside a picture is its caption up to this length, in characters; in a paragraph, only if it is shorter. */
const MAX_LEGEND = 250;
const MAX_PARAGRAPH_LEGEND = 140;
/** Characters of other text that a box may hold and still belong to the picture. */
const MAX_OTHER_TEXT = 60;
/** Longer texts are paragraphs, whatever their class, in characters. */
const MAX_CAPTION = 400;
/** Elements whose class is read: the block's own and those around it. */
const MAX_CLASS_DEPTH = 3;

const isCaptionClass = memoizeByWords((words) => CAPTION_CLASSES.test(splitCamelCase(words)));

/** Whether an element is in a figure, where all text is caption except quotations, tables and code that are set as figures. */
export function isInFigure(element: Element): boolean {
  for (let up: AnyNode | null = element; up && isTag(up); up = up.parent) {
    if (/^(blockquote|table|pre|td|th)$/.test(up.name)) return false;
    if (up.name === 'figure') return true;
  }
  return false;
}

/** Whether the class of an element, or of one of the two around it, names a caption. */
export function hasCaptionClass(element: Element, text: string): boolean {
  if (text.length > MAX_CAPTION || HEADINGS.has(element.name)) return false;
  let up: AnyNode | null = element;
  for (let i = 0; i < MAX_CLASS_DEPTH && up && isTag(up); i += 1) {
    if (/^(article|main|body|section|table|blockquote)$/.test(up.name)) return false;
    if (isCaptionClass(up.attribs.class ?? '') || isCaptionClass(up.attribs['data-testid'] ?? '')) return true;
    up = up.parent;
  }
  return false;
}

/** Whether a block is the only text in a box with a picture that has no other caption. */
export function isPictureLegend({ element, text }: Block, boxes: ReadonlyMap<AnyNode, BoxContents>, root: Element): boolean {
  const isParagraph = element.name === 'p';
  if (text.length > (isParagraph ? MAX_PARAGRAPH_LEGEND : MAX_LEGEND)) return false;
  if (HEADINGS.has(element.name) || element.name === 'li') return false;
  let box: BoxContents | undefined;
  for (let up = isParagraph ? element.parent : element; up && up !== root && isTag(up); up = up.parent as Element | null) {
    const outer = boxes.get(up);
    if (!outer) continue;
    if (outer.length > text.length + MAX_OTHER_TEXT) break;
    box = outer;
  }
  return box !== undefined && box.pictures > 0 && box.headings === 0 && box.captions === 0;
}
