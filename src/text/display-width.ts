/**
 * Characters that a terminal shows in two columns: those of East Asian scripts, their punctuation and wide forms, and emoji (UAX #11,
 * classes W and F, in the blocks where nearly all of their text is).
 */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Characters that take no column of their own: combining marks and formatting. */
const NONE = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u;

/** How many columns a terminal needs for a text without control characters. */
export function displayWidth(text: string): number {
  // Printable ASCII, as most text is.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += NONE.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** The longest beginning of a text that fits into `columns`. */
export function cutToWidth(text: string, columns: number): string {
  let [width, length] = [0, 0];
  for (const character of text) {
    width += displayWidth(character);
    if (width > columns) break;
    length += character.length;
  }
  return text.slice(0, length);
}

/** Fills a text up with spaces to `columns`. */
export const padToWidth = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
