import { type AnyNode, type Element, isTag, isText } from 'domhandler';
import { wellFormed } from '../../text/well-formed.js';

/** Elements that stand on lines of their own. */
export const BLOCKS = new Set(
  'address article aside blockquote dd details div dl dt figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody thead tfoot tr ul'.split(
    ' ',
  ),
);
/** Elements whose text is none of the body's. */
export const SILENT = new Set(
  'script style noscript template svg iframe object figcaption button select textarea input head title annotation annotation-xml'.split(
    ' ',
  ),
);

/**
 * A walk over trees without recursion, by the links between nodes: hostile pages nest deeper than a stack is high.
 * What `enter` answers false to is left out with all that is in it; `leave` is told of the elements entered.
 */
export function walk(roots: readonly AnyNode[], enter: (node: AnyNode) => boolean, leave: (node: Element) => void): void {
  for (const root of roots) {
    let node: AnyNode | null = root;
    while (node) {
      const entered: boolean = enter(node);
      if (entered && isTag(node)) {
        const [first]: AnyNode[] = node.children;
        if (first) {
          node = first;
          continue;
        }
        leave(node);
      }
      while (node && node !== root && !node.next) {
        node = node.parent as Element;
        leave(node as Element);
      }
      node = node === root ? null : (node?.next ?? null);
    }
  }
}

/** Nodes that are looked at for a line of text: hostile pages have headings in headings around all of their text. */
const MAX_NODES = 2_000;

/** Text of an element, up to some length; parts of different elements are parted by `between`. */
export function textOf(element: Element, limit = Number.POSITIVE_INFINITY, between = ''): string {
  const parts: string[] = [];
  let [length, nodes] = [0, 0];
  let node: AnyNode | null = element.children[0] ?? null;
  while (node && length < limit && nodes < MAX_NODES) {
    nodes += 1;
    if (isText(node)) {
      parts.push(node.data);
      length += node.data.length;
    }
    const first: AnyNode | undefined =
      isTag(node) && node.name !== 'style' && node.name !== 'script' ? node.children[0] : undefined;
    if (first) {
      node = first;
      continue;
    }
    while (node && !node.next) node = node.parent === element ? null : (node.parent as AnyNode | null);
    node = node?.next ?? null;
  }
  return parts.join(between);
}

/** Text of an element on one line, its first thousand characters or so. */
export const lineOf = (element: Element) =>
  textOf(element, 1_000)
    .replace(/[\s\u200b]+/g, ' ')
    .trim();

/** Plain text of a tree: paragraphs parted by blank lines, list items and table rows on lines; without captions. */
export function htmlToText(roots: readonly AnyNode[], skip: (element: Element) => boolean = () => false): string {
  const parts: string[] = [];
  let pre = 0;
  walk(
    roots,
    (node) => {
      if (isText(node)) parts.push(pre > 0 ? node.data : node.data.replace(/[ \t\r\n\f]+/g, ' '));
      if (!isTag(node)) return true;
      if (SILENT.has(node.name) || skip(node)) return false;
      if (node.name === 'br') parts.push('\n');
      else if (node.name === 'li') parts.push('\n');
      else if (node.name === 'tr') parts.push('\n');
      else if (node.name === 'td' || node.name === 'th') parts.push(' ');
      else if (BLOCKS.has(node.name)) parts.push('\n\n');
      if (node.name === 'pre') pre += 1;
      return true;
    },
    (node) => {
      if (node.name === 'pre') pre -= 1;
      if (BLOCKS.has(node.name)) parts.push(node.name === 'li' || node.name === 'tr' ? '\n' : '\n\n');
    },
  );
  return tidy(parts.join(''));
}

/**
 * Text that Postgres takes: no NUL, no lone surrogates; no more than one blank line, no space at a line's ends (but no-break
 * and ideographic spaces, which are content). Line by line: an expression over all of it is quadratic on long runs of spaces.
 */
export function tidy(text: string): string {
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

export { wellFormed };

/** Scripts that write without spaces: each character counts as a word. */
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/gu;

/** Words of a text; of scripts that write without spaces, characters. */
export function countWords(text: string): number {
  const { characters, words } = count(text);
  return characters + words;
}

/** Words that people read in a minute (Brysbaert 2019, the mean of 190 studies), and characters of scripts without spaces. */
const WORDS_PER_MINUTE = 238;
const CHARACTERS_PER_MINUTE = 500;

/** How long a text takes to read, in minutes, rounded; at least one. */
export function readingMinutes(text: string): number {
  const { characters, words } = count(text);
  return Math.max(1, Math.round(words / WORDS_PER_MINUTE + characters / CHARACTERS_PER_MINUTE));
}

function count(text: string): { characters: number; words: number } {
  const characters = text.match(CJK)?.length ?? 0;
  const words = text.replace(CJK, ' ').match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’.-]*/gu)?.length ?? 0;
  return { characters, words };
}

const EXCERPT_CHARACTERS = 280;

/** The first sentences, at most 280 characters, cut at the end of a sentence or a word. */
export function excerptOf(text: string): string {
  const line = text
    .slice(0, EXCERPT_CHARACTERS * 4)
    .replace(/\s+/g, ' ')
    .trim();
  if (line.length <= EXCERPT_CHARACTERS) return line;
  const cut = line.slice(0, EXCERPT_CHARACTERS);
  const sentence = Math.max(...['. ', '! ', '? ', '。', '！', '？', '؟ '].map((end) => cut.lastIndexOf(end)));
  if (sentence > EXCERPT_CHARACTERS / 2) return cut.slice(0, sentence + 1).trim();
  const word = cut.lastIndexOf(' ');
  return `${wellFormed(cut.slice(0, word > EXCERPT_CHARACTERS / 2 ? word : EXCERPT_CHARACTERS - 1))
    .replace(/\ufffd$/, '')
    .trim()}…`;
}
