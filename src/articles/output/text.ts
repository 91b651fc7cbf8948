import { type AnyNode, type Element, isTag, isText } from 'domhandler';
import { wellFormed } from '../../text/well-formed.js';
import { BLOCK_ELEMENTS, SILENT_ELEMENTS } from '../dom/elements.js';
import { walk } from '../dom/walk.js';

/**
 * The plain text of a tree: blank lines between paragraphs, list items and table rows on lines of their own, no captions.
 * `skip` returns true for elements to leave out.
 */
export function htmlToText(roots: readonly AnyNode[], skip: (element: Element) => boolean = () => false): string {
  const parts: string[] = [];
  let pre = 0;
  walk(
    roots,
    (node) => {
      if (isText(node)) parts.push(pre > 0 ? node.data : node.data.replace(/[ \t\r\n\f]+/g, ' '));
      if (!isTag(node)) return true;
      if (SILENT_ELEMENTS.has(node.name) || skip(node)) return false;
      const space = openingSpace(node.name);
      if (space !== '') parts.push(space);
      if (node.name === 'pre') pre += 1;
      return true;
    },
    (node) => {
      if (node.name === 'pre') pre -= 1;
      const space = closingSpace(node.name);
      if (space !== '') parts.push(space);
    },
  );
  return tidyText(parts.join(''));
}

function openingSpace(name: string): string {
  if (name === 'br' || name === 'li' || name === 'tr') return '\n';
  if (name === 'td' || name === 'th') return ' ';
  return BLOCK_ELEMENTS.has(name) ? '\n\n' : '';
}

function closingSpace(name: string): string {
  if (name === 'li' || name === 'tr') return '\n';
  return BLOCK_ELEMENTS.has(name) ? '\n\n' : '';
}

/**
 * Text that Postgres accepts: no NUL and no lone surrogates. Collapses runs of blank lines and removes white space at the ends
 * of lines, except no-break and ideographic spaces, which are content. Works line by line: one regular expression over the
 * whole text would take quadratic time on long runs of spaces.
 */
function tidyText(text: string): string {
  const lines: string[] = [];
  for (const raw of wellFormed(text).split('\n')) {
    const line = stripEnds(raw).replace(/[ \t]{2,}/g, ' ');
    if (line.trim() !== '') lines.push(line);
    else if (lines.at(-1) !== '') lines.push('');
  }
  return lines.join('\n').trim();
}

const isLayoutSpace = (character: string | undefined) =>
  character !== undefined && character !== '\u00a0' && character !== '\u3000' && /\s/.test(character);

function stripEnds(line: string): string {
  let [start, end] = [0, line.length];
  while (start < end && isLayoutSpace(line[start])) start += 1;
  while (end > start && isLayoutSpace(line[end - 1])) end -= 1;
  return line.slice(start, end);
}
