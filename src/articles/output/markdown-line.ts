/** What marks of Markdown stand around a text: strong, emphasis, strike-through, a link. */
export type Mark = '**' | '*' | '~~' | '[';

/** A piece of a paragraph. */
export type Token =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  /** Written as it is: pictures. */
  | { kind: 'raw'; text: string }
  | { kind: 'break' }
  | { kind: 'open'; mark: Mark }
  /** `href` of a link. */
  | { kind: 'close'; mark: Mark; href: string };

type Written = Exclude<Token, { kind: 'break' }>;

const isSpace = (character: string | undefined) => character === undefined || /\s/.test(character);
const isPunctuation = (character: string | undefined) => character !== undefined && /[\p{P}\p{S}]/u.test(character);

/** The pieces of a run as paragraphs of Markdown, in which line breaks are hard; two breaks in a row part paragraphs. */
export function paragraphsOf(tokens: readonly Token[]): string[] {
  return lineOf(placed(clean(tokens)))
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.split('\n').map(escapeStart).join('\\\n'))
    .filter((paragraph) => paragraph !== '');
}

/** A link's or a picture's address as Markdown takes it between parentheses. */
export const destination = (url: string): string =>
  url
    .trim()
    .replace(/[\s<>`\\|\u0000-\u001f]/g, (character) => encodeURIComponent(character))
    .replace(/[()&*_[\]~]/g, (character) => `\\${character}`);

/** Text in which nothing is markup. */
export const escapeText = (text: string): string =>
  text
    .replace(/[\\`*[\]<~]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/&(?=#?\w{1,40};)/g, '\\&');

/** What would begin a heading, a list, a quotation, a rule or a table where it begins a line. */
const escapeStart = (line: string): string =>
  line.replace(/^(?:#{1,6}(?=\s|$)|[-+](?=\s|$)|>|[=:|-][\s=:|-]*$)/, '\\$&').replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2');

/** White space out of the marks, where marks would not be read as such; empty marks are gone. */
function clean(tokens: readonly Token[]): Written[] {
  const done: Written[] = [];
  /** Opened, and nothing in it yet. */
  let opened: Written[] = [];
  let depth = 0;
  let space = '';
  const put = (token: Written) => {
    // Within marks there are no two paragraphs.
    if (space !== '' && done.length > 0) done.push({ kind: 'raw', text: depth > 0 ? space.replace(/\n+/, '\n') : space });
    done.push(...opened, token);
    depth += opened.length;
    [space, opened] = ['', []];
  };
  // After a line's end, and after a space, one more says nothing.
  const grow = (more: string) => {
    for (const character of more) if (!space.endsWith('\n') && !(character === ' ' && space.endsWith(' '))) space += character;
  };
  for (const token of tokens) {
    if (token.kind === 'open') opened.push(token);
    else if (token.kind === 'break') space = `${space.replace(/[^\n]/g, '')}\n`;
    else if (token.kind === 'raw') put(token);
    else if (token.kind === 'code') {
      const text = token.text.replace(/[ \t\r\n\f]+/g, ' ');
      if (text === ' ') grow(text);
      else if (text !== '') put({ kind: 'code', text });
    } else if (token.kind === 'close') {
      if (opened.pop() !== undefined) continue;
      done.push(token);
      depth -= 1;
    } else {
      const text = token.text.replace(/[ \t\r\n\f]+/g, ' ');
      const core = text.trim();
      const start = text.length - text.trimStart().length;
      grow(text.slice(0, start));
      if (core === '') continue;
      put({ kind: 'text', text: core });
      grow(text.slice(start + core.length));
    }
  }
  return done;
}

/** Code in a line. */
function spanned(code: string): string {
  const fence = fenceFor(code, 1);
  const room = /^[` ]|[` ]$/.test(code) ? ' ' : '';
  return fence + room + code + room + fence;
}

/** More backticks than are in the code, `least` or more. */
export const fenceFor = (code: string, least: number): string =>
  '`'.repeat((code.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length + 1), least));

/** A paragraph with more marks that would not be read is written without marks. */
const MAX_MENDED = 200;

/**
 * Marks as CommonMark reads them ("left- and right-flanking delimiter runs"): punctuation inside one must not meet a letter
 * outside, which is usual in scripts without spaces. There it goes out of the mark; where it can't, the mark goes.
 */
function placed(tokens: Written[]): Written[] {
  for (let mended = 0; mended < MAX_MENDED; mended += 1) {
    const bad = tokens.findIndex((_, i) => !isRead(tokens, i));
    if (bad < 0) return tokens;
    mend(tokens, bad);
  }
  return tokens.filter((token) => !('mark' in token) || token.mark === '[');
}

/** Whether a reader of Markdown would take this piece for what it is. */
function isRead(tokens: readonly Written[], i: number): boolean {
  const token = tokens[i];
  if (!token || !('mark' in token) || token.mark === '[') return true;
  const next = tokens[i + 1];
  // Two marks back to back are one run, and nobody knows which is which.
  if (token.kind === 'close' && next?.kind === 'open' && next.mark !== '[' && next.mark[0] === token.mark[0]) return false;
  if (token.kind === 'open' && next?.kind === 'close' && next.mark === token.mark) return false;
  const [before, after] = [neighbour(tokens, i, -1), neighbour(tokens, i, 1)];
  const [inner, outer] = token.kind === 'open' ? [after, before] : [before, after];
  // Readers of GFM differ on whether its own mark is punctuation.
  return !isSpace(inner) && (!isPunctuation(inner) || isSpace(outer) || (isPunctuation(outer) && outer !== '~'));
}

/** The character next to a mark, past marks of the same character: they are one run. */
function neighbour(tokens: readonly Written[], i: number, step: 1 | -1): string | undefined {
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

/** Makes the piece at `i` one that is read: joins it with its twin, moves punctuation out of it, or takes it and its partner away. */
function mend(tokens: Written[], i: number): void {
  const token = tokens[i];
  const next = tokens[i + 1];
  if (!token || !('mark' in token)) return;
  if (token.kind === 'close' && next?.kind === 'open' && next.mark === token.mark) {
    tokens.splice(i, 2);
    return;
  }
  const [step, inner] = token.kind === 'open' ? [1, i + 1] : [-1, i - 1];
  const text = tokens[inner];
  if (
    text?.kind === 'text' &&
    isPunctuation(neighbour(tokens, i, step as 1 | -1)) &&
    !(token.kind === 'close' && next?.kind === 'open')
  ) {
    const [edge = ''] = (step > 0 ? /^[\p{P}\p{S}]+/u : /[\p{P}\p{S}]+$/u).exec(text.text) ?? [];
    const rest = step > 0 ? text.text.slice(edge.length) : text.text.slice(0, -edge.length);
    if (rest.trim() === rest && rest !== '' && edge !== '') {
      text.text = rest;
      tokens.splice(step > 0 ? i : i + 1, 0, { kind: 'text', text: edge });
      return;
    }
  }
  const partner = partnerOf(tokens, i);
  for (const at of [Math.max(i, partner), Math.min(i, partner)]) tokens.splice(at, 1);
}

/** The mark that opens what the one at `i` closes, or the other way round: marks stand in each other like elements. */
function partnerOf(tokens: readonly Written[], i: number): number {
  const step = tokens[i]?.kind === 'open' ? 1 : -1;
  let depth = 0;
  for (let j = i; j >= 0 && j < tokens.length; j += step) {
    const kind = tokens[j]?.kind;
    depth += kind === 'open' ? step : kind === 'close' ? -step : 0;
    if (depth === 0) return j;
  }
  return i;
}

function lineOf(tokens: readonly Written[]): string {
  const whole = merged(tokens);
  return whole
    .map((token, i) => {
      if (token.kind === 'raw') return token.text;
      if (token.kind === 'code') return spanned(token.text);
      if (token.kind === 'close') return token.mark === '[' ? `](${destination(token.href)})` : token.mark;
      if (token.kind === 'open') return token.mark;
      const next = whole[i + 1];
      // "Look!" and a link would be a picture.
      const call = token.text.endsWith('!') && next?.kind === 'open' && next.mark === '[';
      return call ? `${escapeText(token.text.slice(0, -1))}\\!` : escapeText(token.text);
    })
    .join('');
}

/** Texts and codes back to back as one: what is markup is seen in a whole text alone, and two codes would have other ends. */
function merged(tokens: readonly Written[]): Written[] {
  const done: Written[] = [];
  for (const token of tokens) {
    const last = done.at(-1);
    if (last && 'text' in last && 'text' in token && last.kind === token.kind) {
      done.pop();
      done.push({ kind: last.kind, text: last.text + token.text });
    } else done.push(token);
  }
  return done;
}
