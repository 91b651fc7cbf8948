import type { Element } from 'domhandler';
import { readClassWords } from '../dom/class-words.js';
import { getTextLine } from '../dom/text.js';
import { readClassVerdict } from './class-verdict.js';
import { type PageLayout, TEXTLESS_ELEMENTS } from './layout.js';

/** How much text an element holds, in characters. */
export interface TextAmounts {
  text: number;
  /** Text inside links. */
  linkText: number;
  /** Text of paragraphs long enough to be prose, weighted by their commas. */
  prose: number;
}

/** Elements around an article that do not hold its text, unless most of the page's text is in them. */
const FURNITURE = new Set(['nav', 'aside', 'footer', 'form']);
/** ARIA roles of page furniture. */
const FURNITURE_ROLES = /^(navigation|complementary|banner|contentinfo|search|dialog|alertdialog|menu)$/i;
/** Class words that are true however much prose the element holds. */
const DEFINITE_CLUTTER = /comment|disqus|related|footer|sidebar|recommend|newsletter|cookie|consent|kommentar/i;
/** An element with a clutter class but at least this much prose is the article in a misnamed wrapper. In weighted characters. */
const MISNAMED_PROSE = 700;
/** An element with an ambiguous class is clutter if more than this share of its text is links. */
const AMBIGUOUS_LINK_SHARE = 0.3;

/** Elements whose name says what they are; their class describes the page ("has-sidebar"). */
export const PAGE_PARTS: ReadonlySet<string> = new Set(['body', 'html', 'article', 'main']);

/** Whether an element never holds the article's text, because of its name, role or class or because it is hidden. */
export function isNeverBody(element: Element, { mainWrappers, landmarkWrappers }: PageLayout): boolean {
  if (TEXTLESS_ELEMENTS.has(element.name)) return true;
  if (mainWrappers.has(element)) return false;
  const { role } = element.attribs;
  if (FURNITURE.has(element.name) || isHidden(element) || (role !== undefined && FURNITURE_ROLES.test(role))) return true;
  if (landmarkWrappers.has(element) || PAGE_PARTS.has(element.name)) return false;
  return readClassVerdict(element) === 'clutter' && DEFINITE_CLUTTER.test(readClassWords(element));
}

const isHidden = ({ attribs }: Element): boolean =>
  attribs.hidden !== undefined ||
  attribs['aria-hidden'] === 'true' ||
  (attribs.style !== undefined && /display\s*:\s*none|visibility\s*:\s*hidden/i.test(attribs.style));

/** Whether an element's class says that it is clutter, and its text does not contradict that. */
export function isClutterByClass(element: Element, amounts: TextAmounts | undefined): boolean {
  if (PAGE_PARTS.has(element.name)) return false;
  const verdict = readClassVerdict(element);
  if (verdict === 'ambiguous') return amounts !== undefined && amounts.linkText > amounts.text * AMBIGUOUS_LINK_SHARE;
  return verdict === 'clutter' && (amounts?.prose ?? 0) < MISNAMED_PROSE;
}

const LINK_BLOCKS = new Set(['div', 'section', 'p', 'table', 'dl']);

/** Whether a block is mostly links with little other text, like a list of stories. A paragraph that is one short link is not. */
export function isLinkBlock(element: Element, amounts: TextAmounts | undefined): boolean {
  if (!LINK_BLOCKS.has(element.name) || !amounts || amounts.text === 0) return false;
  const linkShare = amounts.linkText / amounts.text;
  if (element.name === 'p') return linkShare > 0.9 && amounts.text > 20 && amounts.text < 200;
  return linkShare > 0.6 && amounts.text < 1_000 && (linkShare > 0.9 || !endsSentence(getTextLine(element)));
}

const endsSentence = (line: string): boolean => /[.!?。]["”»)]?$/.test(line);

/** Whether a list is mostly links. Such a list belongs to the article between its paragraphs, and to other stories elsewhere. */
export const isLinkList = (element: Element, amounts: TextAmounts | undefined): boolean =>
  (element.name === 'ul' || element.name === 'ol') && amounts !== undefined && amounts.linkText > amounts.text * 0.6;
