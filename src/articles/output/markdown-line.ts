import { moveSpaceOutOfMarks, repairMarks } from './markdown-marks.js';
import type { InlineToken, Token } from './markdown-tokens.js';

/** Writes tokens as paragraphs. A line break becomes a hard break; two in a row separate paragraphs. */
export function writeParagraphs(tokens: readonly Token[]): string[] {
  return writeLine(repairMarks(moveSpaceOutOfMarks(tokens)))
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.split('\n').map(escapeLineStart).join('\\\n'))
    .filter((paragraph) => paragraph !== '');
}

/** Escapes the URL of a link or image for its place between parentheses. */
export const escapeDestination = (url: string): string =>
  url
    .trim()
    .replace(/[\s<>`\\|\u0000-\u001f]/g, (character) => encodeURIComponent(character))
    .replace(/[()&*_[\]~]/g, (character) => `\\${character}`);

/** Escapes text so that nothing in it is markup. */
export const escapeMarkdown = (text: string): string =>
  text
    .replace(/[\\`*[\]<~]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/&(?=#?\w{1,40};)/g, '\\&');

/** A run of backticks longer than any in the code, and of at least `least`. */
export const makeFence = (code: string, least: number): string =>
  '`'.repeat((code.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length + 1), least));

/** Escapes what would begin a heading, list, quotation, rule or table at the start of a line. */
const escapeLineStart = (line: string): string =>
  line.replace(/^(?:#{1,6}(?=\s|$)|[-+](?=\s|$)|>|[=:|-][\s=:|-]*$)/, '\\$&').replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2');

function writeLine(tokens: readonly InlineToken[]): string {
  const whole = mergeNeighbours(tokens);
  return whole.map((token, i) => writeToken(token, whole[i + 1])).join('');
}

function writeToken(token: InlineToken, next: InlineToken | undefined): string {
  if (token.kind === 'raw') return token.text;
  if (token.kind === 'code') return writeCodeSpan(token.text);
  if (token.kind === 'open') return token.mark;
  if (token.kind === 'close') return token.mark === '[' ? `](${escapeDestination(token.href)})` : token.mark;
  // An exclamation mark before a link would make it an image.
  const looksLikeImage = token.text.endsWith('!') && next?.kind === 'open' && next.mark === '[';
  return looksLikeImage ? `${escapeMarkdown(token.text.slice(0, -1))}\\!` : escapeMarkdown(token.text);
}

function writeCodeSpan(code: string): string {
  const fence = makeFence(code, 1);
  const padding = /^[` ]|[` ]$/.test(code) ? ' ' : '';
  return fence + padding + code + padding + fence;
}

/** Joins neighbouring texts, because escaping needs the whole text, and neighbouring code spans, whose fences would touch. */
function mergeNeighbours(tokens: readonly InlineToken[]): InlineToken[] {
  const merged: InlineToken[] = [];
  for (const token of tokens) {
    const last = merged.at(-1);
    if (last && 'text' in last && 'text' in token && last.kind === token.kind) {
      merged.pop();
      merged.push({ kind: last.kind, text: last.text + token.text });
    } else merged.push(token);
  }
  return merged;
}
