import { wellFormed } from '../../text/well-formed.js';

/** Characters of an excerpt: about two lines in a list of articles. */
const MAX_LENGTH = 280;

const SENTENCE_ENDS = ['. ', '! ', '? ', '。', '！', '？', '؟ '];

/** A record's excerpt: the first sentences of its text, at most 280 characters, cut after a sentence or else after a word. */
export function makeExcerpt(text: string): string {
  // Four times the length leaves enough after collapsing white space, and spares the rest of a long text.
  const line = text
    .slice(0, MAX_LENGTH * 4)
    .replace(/\s+/g, ' ')
    .trim();
  if (line.length <= MAX_LENGTH) return line;
  const cut = line.slice(0, MAX_LENGTH);
  const sentence = Math.max(...SENTENCE_ENDS.map((end) => cut.lastIndexOf(end)));
  if (sentence > MAX_LENGTH / 2) return cut.slice(0, sentence + 1).trim();
  const word = cut.lastIndexOf(' ');
  return `${wellFormed(cut.slice(0, word > MAX_LENGTH / 2 ? word : MAX_LENGTH - 1))
    .replace(/\ufffd$/, '')
    .trim()}…`;
}
