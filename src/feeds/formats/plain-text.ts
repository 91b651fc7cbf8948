import { Parser } from 'htmlparser2';
import { FIELD_LIMITS } from '../../text/field-limits.js';

/** Markup that is read for the text of a title, in characters. */
const MAX_MARKUP = 20 * FIELD_LIMITS.title;

/**
 * The text of something that may hold markup and entities, such as a title: one line, without control characters, cut at
 * FIELD_LIMITS.title.
 */
export function toPlainText(html: string): string {
  const bounded = html.slice(0, MAX_MARKUP);
  // If nothing is left without markup, as in a title about an HTML tag, the markup was meant as text.
  const text = /[<&]/.test(bounded) ? stripMarkup(bounded) || bounded : html;
  return toOneLine(text).slice(0, FIELD_LIMITS.title).toWellFormed();
}

/** White space and control characters become single spaces. */
export const toOneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, ' ').trim();

/** Reads events instead of a tree: walking a very deep tree recursively would overflow the stack. */
function stripMarkup(html: string): string {
  const texts: string[] = [];
  const parser = new Parser({ ontext: (text) => texts.push(text) });
  parser.end(html);
  return texts.join('');
}
