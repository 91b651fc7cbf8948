import { anyPhrase } from '../../../text/word-list.js';
import { type Block, HEADINGS } from '../blocks.js';
import { POINTER_OPENINGS, POINTER_PREFIXES } from '../words/pointers.js';

const OPENING = new RegExp(
  `^\\W{0,4}(?:${anyPhrase(POINTER_OPENINGS)})(?![\\p{L}\\p{M}])|^[\\s▶■●【]{0,3}(?:${anyPhrase(POINTER_PREFIXES)})`,
  'iu',
);

/** Longest text that is a label when it ends with a colon, in characters. */
const MAX_LABEL = 60;

/** Whether a text opens like "Read more" or "See also". */
export const opensAsPointer = (text: string): boolean => OPENING.test(text);

/** Whether a block points to another article: it opens like a pointer and is a link to a good part, or ends with a colon. */
export function isPointer({ element, text, linked }: Block): boolean {
  if (linked === 0 || HEADINGS.has(element.name) || !opensAsPointer(text)) return false;
  const linkShare = linked / text.length;
  return linkShare > 0.5 || (linkShare > 0.25 && text.length < 200) || (text.length < MAX_LABEL && /[:：]\W*$/.test(text));
}
