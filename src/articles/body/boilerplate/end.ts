import { anyPattern, anyPhrase } from '../../../text/word-list.js';
import type { BlockPosition } from '../block-positions.js';
import type { Block } from '../blocks.js';
import { END_LINES, END_PATTERNS } from '../words/end-phrases.js';

/** Longer lines end nothing, in characters. */
const MAX_LENGTH = 90;
/** The article ends only where less than this share of its prose follows; before that, such a line belongs to a box within it. */
const MAX_PROSE_LEFT = 0.2;

const END = new RegExp(`^\\W{0,3}(?:${anyPhrase(END_LINES)}|${anyPattern(END_PATTERNS)})\\W{0,3}$`, 'iu');

/** Whether a short line says that something other than the article follows, such as comments or other stories. */
export const isEndLine = (text: string): boolean => text.length < MAX_LENGTH && END.test(text);

/** The index of the first block after the article; the number of blocks if nothing follows it. */
export function findEnd(blocks: readonly Block[], positions: readonly BlockPosition[]): number {
  const end = blocks.findIndex(({ text }, i) => (positions[i]?.proseLeft ?? 1) < MAX_PROSE_LEFT && isEndLine(text));
  return end < 0 ? blocks.length : end;
}
