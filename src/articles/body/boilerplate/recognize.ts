import { findClosest } from '../../dom/relations.js';
import type { BlockPosition } from '../block-positions.js';
import { type Block, HEADINGS } from '../blocks.js';
import { isBiography } from './biography.js';
import { isByline } from './byline.js';
import { hasCaptionClass, isInFigure } from './captions.js';
import { isContribution, isPictureCredit } from './credits.js';
import { isLabeledDate, isWrittenDate } from './dateline.js';
import { isRepeatedTitle } from './headline.js';
import { isInterfaceText } from './interface-text.js';
import { isNewsletter } from './newsletter.js';
import { isPointer } from './pointers.js';

/** What the page's metadata says, used to recognize the headline and bylines in the body. */
export interface BodyHints {
  title?: string;
  authors: readonly string[];
}

/** What kind of boilerplate a block is, as shown to the user. */
export type BoilerplateReason =
  | 'biography'
  | 'byline'
  | 'caption'
  | 'credit'
  | 'dateline'
  | 'headline'
  | 'interface text'
  | 'label'
  | 'link to another article'
  | 'newsletter';

/** Longer texts are paragraphs, whatever their words, in characters. */
const MAX_LENGTH = 450;
/** Elements whose text is data rather than prose. */
const VERBATIM = new Set(['pre', 'td', 'th']);

/** The kind of boilerplate that a block is by its own words, markup and position; undefined for a block of the article. */
export function recognizeBoilerplate(block: Block, position: BlockPosition, hints: BodyHints): BoilerplateReason | undefined {
  const { element, text } = block;
  if (isInFigure(element)) return 'caption';
  if (text.length > MAX_LENGTH) return undefined;
  if (hasCaptionClass(element, text)) return 'caption';
  if (VERBATIM.has(element.name)) return undefined;
  if (isInterfaceText(text)) return 'interface text';
  if (isPointer(block)) return 'link to another article';
  if (findClosest(element, 'blockquote')) return undefined;
  if (isPictureCredit(text)) return 'credit';
  if (isNewsletter(block, position)) return 'newsletter';
  return recognizeNearEnd(block, position, hints) ?? recognizeAtEdges(block, position, hints) ?? recognizeLabel(block, position);
}

/** Near the end: credits and biographies. */
function recognizeNearEnd(block: Block, position: BlockPosition, { authors }: BodyHints): BoilerplateReason | undefined {
  if ((!position.nearEnd && !position.afterProse) || HEADINGS.has(block.element.name)) return undefined;
  if (isContribution(block.text)) return 'credit';
  return isBiography(block, position, authors) ? 'biography' : undefined;
}

/** Near the start and after the last paragraph: dates, bylines, the headline and single links. */
function recognizeAtEdges(block: Block, position: BlockPosition, { title, authors }: BodyHints): BoilerplateReason | undefined {
  const { element, text, linked } = block;
  if (!position.nearStart && !position.afterProse) return undefined;
  const dateOrByline = recognizeDateOrByline(text, authors);
  if (dateOrByline) return dateOrByline;
  if (title && isRepeatedTitle(text, title)) return 'headline';
  const isLink = linked / text.length > 0.8 && text.length < 120 && element.name !== 'li';
  return isLink && (position.beforeProse || position.afterProse) ? 'link to another article' : undefined;
}

function recognizeDateOrByline(text: string, authors: readonly string[]): BoilerplateReason | undefined {
  if (isLabeledDate(text)) return 'dateline';
  if (isByline(text, authors)) return 'byline';
  return isWrittenDate(text) ? 'dateline' : undefined;
}

/** Short lines without end punctuation before the first paragraph (a section name) or after the last (a button). */
function recognizeLabel({ element, text }: Block, position: BlockPosition): BoilerplateReason | undefined {
  const { name } = element;
  if (position.beforeProse && text.length < 35 && !HEADINGS.has(name) && !/[.!?:。！？：]$/.test(text)) return 'label';
  const isTrailing = position.afterProse && text.length < 60 && name !== 'li' && name !== 'p' && !/[.!?。！？"”»)]$/.test(text);
  return isTrailing ? 'label' : undefined;
}
