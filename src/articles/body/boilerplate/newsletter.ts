import { anyPattern, anyPhrase } from '../../../text/word-list.js';
import type { BlockPosition } from '../block-positions.js';
import type { Block } from '../blocks.js';
import { NEWSLETTER_PATTERNS, NEWSLETTER_PHRASES } from '../words/newsletter-phrases.js';

/** Longer texts are paragraphs that mention a subscription, in characters. */
const MAX_LENGTH = 400;
/** Signs needed besides the words themselves, of four. */
const MIN_SIGNS = 2;

const APPEAL = new RegExp(`\\b(?:${anyPhrase(NEWSLETTER_PHRASES)}|${anyPattern(NEWSLETTER_PATTERNS)})\\b`, 'i');
const DEFINITE = /newsletter|inbox|sign up for our/i;

/** Whether a block asks the reader to subscribe, follow or donate. Articles use these words too, so other signs must agree. */
export function isNewsletter({ text, linked, emphasized }: Block, { beforeProse, nearEnd }: BlockPosition): boolean {
  if (text.length >= MAX_LENGTH || !APPEAL.test(text)) return false;
  const signs = [linked / text.length > 0.15, emphasized > text.length * 0.9, beforeProse || nearEnd, DEFINITE.test(text)];
  return signs.filter(Boolean).length >= MIN_SIGNS;
}
