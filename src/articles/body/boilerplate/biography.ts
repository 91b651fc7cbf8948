import { anyPhrase } from '../../../text/word-list.js';
import type { BlockPosition } from '../block-positions.js';
import type { Block } from '../blocks.js';
import { BIOGRAPHY_VERBS, PROFESSIONS } from '../words/biography-words.js';

/** A name of up to four capitalized words and a verb: "Ada Example covers". */
const OPENING = new RegExp(`^(?:dr\\.? |prof\\.? )?(?:[\\p{Lu}][\\p{L}.'’-]+ ){1,4}(?:${anyPhrase(BIOGRAPHY_VERBS)})\\b`, 'u');
const PROFESSION = new RegExp(`\\b(?:${anyPhrase(PROFESSIONS)})\\b`, 'i');

/** Whether a block near the end says who the author is. Sentences of an article may open like that, so more must agree. */
export function isBiography({ text, emphasized }: Block, { afterProse }: BlockPosition, authors: readonly string[]): boolean {
  if (!OPENING.test(text)) return false;
  if (!PROFESSION.test(text) && emphasized <= text.length * 0.9) return false;
  return afterProse || emphasized > text.length * 0.5 || authors.some((name) => text.includes(name));
}
