import type { AnyNode, Element } from 'domhandler';
import { isWithin } from '../../dom/relations.js';
import { type Block, HEADINGS } from '../blocks.js';

/** The number of a picture among many, at the beginning of its heading: "3/50 The quay at night". */
const SLIDE_NUMBER = /^\d{1,3} ?\/ ?(\d{1,3})\b/;
/** Fewer slides are no slideshow. */
const MIN_SLIDES = 4;
/** A slideshow is beside the article if at least this many characters of prose are outside it; otherwise it is the article. */
const MIN_PROSE_OUTSIDE = 500;

/** The blocks of a slideshow that stands in an article; none if there is no slideshow, or if it is the article itself. */
export function findSlideshow(root: Element, blocks: readonly Block[], isKept: (block: Block) => boolean): readonly Block[] {
  const slides = blocks.filter(isSlide);
  const [first, last] = [slides[0], slides.at(-1)];
  if (!first || !last || slides.length < MIN_SLIDES) return [];
  const show = findCommonAncestor(first.element, last.element, root);
  if (!show) return [];
  const isInShow = ({ element }: Block) => isWithin(element, show);
  const outside = blocks.filter((block) => block.prose && isKept(block) && !isInShow(block));
  const proseOutside = outside.reduce((sum, { text }) => sum + text.length, 0);
  return proseOutside < MIN_PROSE_OUTSIDE ? [] : blocks.filter(isInShow);
}

const isSlide = ({ element, text }: Block): boolean =>
  HEADINGS.has(element.name) && Number(SLIDE_NUMBER.exec(text)?.[1]) >= MIN_SLIDES;

/** The nearest element around two others, below `root`; null if there is none. */
function findCommonAncestor(one: AnyNode, other: AnyNode, root: Element): AnyNode | null {
  const aroundOther = new Set<AnyNode>();
  for (let up: AnyNode | null = other; up && up !== root; up = up.parent) aroundOther.add(up);
  let up: AnyNode | null = one;
  while (up && !aroundOther.has(up)) up = up === root ? null : up.parent;
  return up;
}
