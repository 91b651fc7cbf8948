import { replaceInChunks } from './replace-in-chunks.js';
import type { XmlRepairs } from './xml-handler.js';

/** Repairs what would mislead the tokenizer: control characters, comments that never end, and `<` that does not start a tag. */
export function cleanSource(document: string, repairs: XmlRepairs): string {
  return escapeLessThanSigns(openUnclosedComments(replaceControls(document.toWellFormed(), repairs)));
}

/** The same for a piece of a document, except comments, which may end in a later piece. */
export const cleanPiece = (piece: string, repairs: XmlRepairs): string =>
  escapeLessThanSigns(replaceControls(piece.toWellFormed(), repairs));

/** The characters that XML 1.0 §2.2 forbids, and the C1 controls. */
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u0080-\u009f\ufffe\uffff]/g;
/**
 * Where Unicode has C1 controls, windows-1252 has letters: a document with these controls means the letters (HTML §13.2.5.80).
 */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** Drops forbidden characters, and reads C1 controls as windows-1252. */
function replaceControls(document: string, repairs: XmlRepairs): string {
  if (document.search(CONTROLS) < 0) return document;
  const toLetter = (control: string) => {
    repairs.forbiddenCharacters += 1;
    return WINDOWS_1252.charAt(control.charCodeAt(0) - 0x80);
  };
  return replaceInChunks(document, (chunk) => chunk.replace(CONTROLS, toLetter));
}

/** A comment without an end would hide the rest of the feed, so its start is removed and its text is read. */
function openUnclosedComments(document: string): string {
  const open = document.indexOf('<!--', document.lastIndexOf('-->') + 1);
  return open < 0 ? document : document.slice(0, open) + document.slice(open).replaceAll('<!--', '');
}

/** A `<` before a character that cannot start a name means "less than" (`<3`). Before a space, htmlparser2 reads it so itself. */
const LESS_THAN_SIGN = /<(?![A-Za-z_:!?/>\s\u0080-\uffff])/g;
/** With more of these signs, a document is not text. They are left as they are, and the limit of elements refuses it. */
const MAX_SIGNS = 100_000;

/** Escapes the less-than signs outside CDATA. What CDATA holds is text already. */
function escapeLessThanSigns(text: string): string {
  let signs = 0;
  LESS_THAN_SIGN.lastIndex = 0;
  while (signs < MAX_SIGNS && LESS_THAN_SIGN.test(text)) signs += 1;
  if (signs === 0 || signs === MAX_SIGNS) return text;
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const start = text.indexOf('<![CDATA[', at);
    const end = start < 0 ? -1 : text.indexOf(']]>', start);
    const before = text.slice(at, start < 0 ? undefined : start);
    pieces.push(replaceInChunks(before, (chunk) => chunk.replace(LESS_THAN_SIGN, '&lt;')));
    if (start < 0) break;
    pieces.push(text.slice(start, end < 0 ? undefined : end));
    at = end < 0 ? text.length : end;
  }
  return pieces.join('');
}
