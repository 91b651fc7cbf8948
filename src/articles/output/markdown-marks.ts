import type { InlineToken, Token } from './markdown-tokens.js';

/** Repairs per paragraph. A paragraph that needs more is written without marks. */
const MAX_REPAIRS = 200;

/** Longest run of no-break spaces that is kept, in characters. Poems are indented by fewer. */
const MAX_SPACE = 200;

const isSpace = (character: string | undefined) => character === undefined || /\s/.test(character);
const isPunctuation = (character: string | undefined) => character !== undefined && /[\p{P}\p{S}]/u.test(character);

/** Collapses white space and moves it out of the marks, because `** a **` is not read as strong; drops empty marks. */
export function moveSpaceOutOfMarks(tokens: readonly Token[]): InlineToken[] {
  const mover = new SpaceMover();
  for (const token of tokens) mover.add(token);
  return mover.tokens;
}

class SpaceMover {
  readonly tokens: InlineToken[] = [];
  /** Opening marks with nothing in them yet. */
  private pending: InlineToken[] = [];
  private depth = 0;
  /** White space that is written before the next token. */
  private space = '';

  add(token: Token): void {
    if (token.kind === 'open') this.pending.push(token);
    // Three breaks in a row do what two do.
    else if (token.kind === 'break') this.space = this.space.includes('\n') ? '\n\n' : '\n';
    else if (token.kind === 'raw') this.put(token);
    else if (token.kind === 'code') this.addCode(token.text);
    else if (token.kind === 'close') this.close(token);
    else this.addText(token.text);
  }

  private put(token: InlineToken): void {
    // Marks cannot span paragraphs.
    const text = this.depth > 0 ? this.space.replace(/\n+/, '\n') : this.space;
    if (this.space !== '' && this.tokens.length > 0) this.tokens.push({ kind: 'raw', text });
    this.tokens.push(...this.pending, token);
    this.depth += this.pending.length;
    this.space = '';
    this.pending = [];
  }

  private close(token: InlineToken): void {
    if (this.pending.pop() !== undefined) return;
    this.tokens.push(token);
    this.depth -= 1;
  }

  private addCode(code: string): void {
    const text = collapseSpace(code);
    if (text === ' ') this.addSpace(text);
    else if (text !== '') this.put({ kind: 'code', text });
  }

  private addText(given: string): void {
    const text = collapseSpace(given);
    const core = text.trim();
    const start = text.length - text.trimStart().length;
    this.addSpace(text.slice(0, start));
    if (core === '') return;
    this.put({ kind: 'text', text: core });
    this.addSpace(text.slice(start + core.length));
  }

  /** After a line break or a space, more space is dropped. No-break spaces stay, up to a limit. */
  private addSpace(more: string): void {
    for (const character of more.slice(0, MAX_SPACE)) {
      if (this.space.length >= MAX_SPACE || this.space.endsWith('\n')) return;
      if (character !== ' ' || !this.space.endsWith(' ')) this.space += character;
    }
  }
}

const collapseSpace = (text: string): string => text.replace(/[ \t\r\n\f]+/g, ' ');

/**
 * Changes marks until CommonMark reads each of them ("left- and right-flanking delimiter runs"): punctuation just inside a
 * mark must not have a letter just outside, which is common in scripts without spaces. The punctuation is moved out of the
 * mark, or the mark is dropped.
 */
export function repairMarks(tokens: InlineToken[]): InlineToken[] {
  let repairs = 0;
  for (let i = 0; i < tokens.length; ) {
    if (isRecognized(tokens, i)) {
      i += 1;
      continue;
    }
    repairs += 1;
    if (repairs > MAX_REPAIRS) return dropMarks(tokens);
    i = findAffected(tokens, repairMark(tokens, i));
  }
  return tokens;
}

/** The index from which marks may be recognized otherwise after a change at `i`: marks look past marks next to them. */
function findAffected(tokens: readonly InlineToken[], i: number): number {
  let first = i;
  do first -= 1;
  while (first > 0 && 'mark' in (tokens[first] ?? {}));
  return Math.max(first, 0);
}

const dropMarks = (tokens: readonly InlineToken[]): InlineToken[] =>
  tokens.filter((token) => !('mark' in token) || token.mark === '[');

/** Whether CommonMark would read the token as what it is. */
function isRecognized(tokens: readonly InlineToken[], i: number): boolean {
  const token = tokens[i];
  if (!token || !('mark' in token) || token.mark === '[') return true;
  const next = tokens[i + 1];
  // Two marks of the same character in a row are one delimiter run, and nothing defines which is which.
  if (token.kind === 'close' && next?.kind === 'open' && next.mark !== '[' && next.mark[0] === token.mark[0]) return false;
  if (token.kind === 'open' && next?.kind === 'close' && next.mark === token.mark) return false;
  const [before, after] = [findNeighbour(tokens, i, -1), findNeighbour(tokens, i, 1)];
  const [inner, outer] = token.kind === 'open' ? [after, before] : [before, after];
  // Implementations of GFM differ on whether `~` is punctuation.
  return !isSpace(inner) && (!isPunctuation(inner) || isSpace(outer) || (isPunctuation(outer) && outer !== '~'));
}

/** The character next to a mark, past further marks of the same character, which belong to the same delimiter run. */
function findNeighbour(tokens: readonly InlineToken[], i: number, step: 1 | -1): string | undefined {
  const own = tokens[i];
  const sign = own && 'mark' in own ? own.mark[0] : undefined;
  for (let j = i + step; ; j += step) {
    const token = tokens[j];
    if (token === undefined) return undefined;
    if ('mark' in token && token.mark[0] === sign) continue;
    if (token.kind === 'code') return '`';
    const text = 'text' in token ? token.text : token.kind === 'close' && token.mark === '[' ? ')' : token.mark;
    return step > 0 ? [...text.slice(0, 2)][0] : [...text.slice(-2)].at(-1);
  }
}

/**
 * Joins the mark with an equal one next to it, moves punctuation out of it, or else drops it and its partner. Returns the index
 * of the first token that has changed.
 */
function repairMark(tokens: InlineToken[], i: number): number {
  const token = tokens[i];
  const next = tokens[i + 1];
  if (!token || !('mark' in token)) return i;
  if (token.kind === 'close' && next?.kind === 'open' && next.mark === token.mark) {
    tokens.splice(i, 2);
    return i;
  }
  const isBetweenMarks = token.kind === 'close' && next?.kind === 'open';
  if (!isBetweenMarks && movePunctuationOut(tokens, i, token.kind === 'open' ? 1 : -1)) return Math.max(i - 1, 0);
  const partner = findPartner(tokens, i);
  for (const at of [Math.max(i, partner), Math.min(i, partner)]) tokens.splice(at, 1);
  return Math.min(i, partner);
}

/** Moves the punctuation just inside a mark to its outside. `inwards` is the step into the mark. Returns whether it could. */
function movePunctuationOut(tokens: InlineToken[], i: number, inwards: 1 | -1): boolean {
  const inner = tokens[i + inwards];
  if (inner?.kind !== 'text' || !isPunctuation(findNeighbour(tokens, i, inwards))) return false;
  const edge = inwards > 0 ? (/^[\p{P}\p{S}]+/u.exec(inner.text)?.[0] ?? '') : findPunctuationAtEnd(inner.text);
  const rest = inwards > 0 ? inner.text.slice(edge.length) : inner.text.slice(0, -edge.length);
  if (rest.trim() !== rest || rest === '' || edge === '') return false;
  inner.text = rest;
  tokens.splice(inwards > 0 ? i : i + 1, 0, { kind: 'text', text: edge });
  return true;
}

function findPunctuationAtEnd(text: string): string {
  let start = text.length;
  while (start > 0) {
    const character = [...text.slice(Math.max(0, start - 2), start)].at(-1) ?? '';
    if (!isPunctuation(character)) break;
    start -= character.length;
  }
  return text.slice(start);
}

/** The index of the mark that opens or closes what the mark at `i` closes or opens. */
function findPartner(tokens: readonly InlineToken[], i: number): number {
  const step = tokens[i]?.kind === 'open' ? 1 : -1;
  let depth = 0;
  for (let j = i; j >= 0 && j < tokens.length; j += step) {
    const kind = tokens[j]?.kind;
    depth += kind === 'open' ? step : kind === 'close' ? -step : 0;
    if (depth === 0) return j;
  }
  return i;
}
