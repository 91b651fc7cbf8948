import { type AnyNode, type Element, isTag, isText } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import { walk } from '../dom/walk.js';
import { destination, escapeText, fenceFor, type Mark, paragraphsOf, type Token } from './markdown-line.js';

/** Elements that stand alone. */
const BLOCKS = new Set(
  'address article aside blockquote caption dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li main ol p pre section summary table tbody td tfoot th thead tr ul'.split(
    ' ',
  ),
);
/** Of these, the ones whose content is written another way than what is around them. */
const FRAMES = new Set('blockquote caption h1 h2 h3 h4 h5 h6 li ol table td th tr ul'.split(' '));
/** More of them in each other are written as if the inner ones were not there: each would indent all that is in it. */
const MAX_NESTING = 24;
const MARKS: Record<string, Mark> = { b: '**', strong: '**', dt: '**', i: '*', em: '*', cite: '*', del: '~~', s: '~~', a: '[' };
const CODE = new Set(['code', 'kbd', 'samp', 'tt', 'pre']);
/** A cell that says it is wider makes no more columns than this. */
const MAX_SPAN = 50;

interface Block {
  kind: 'paragraph' | 'list' | 'other';
  text: string;
  /** Of a list: two with the same one in a row would be read as one. */
  marker?: string;
}

/** An element whose content is gathered before it is written. */
interface Frame {
  element: Element | undefined;
  blocks: Block[];
  /** Of a list, its items; of a table, its rows; of a row, its cells. */
  parts: { element: Element; blocks: Block[]; cells: Frame['parts'] }[];
}

/**
 * Sanitized HTML as Markdown: CommonMark 0.31 with the tables and the strike-through of GFM, and no HTML in it.
 * Empty for HTML that says nothing.
 */
export const htmlToMarkdown = (html: string): string => toMarkdown(parseDocument(html).children);

/** A sanitized tree as Markdown, block by block from the leaves up. */
export function toMarkdown(roots: readonly AnyNode[]): string {
  const root: Frame = { element: undefined, blocks: [], parts: [] };
  const frames = [root];
  const top = () => frames.at(-1) ?? root;
  /** Marks that are open, and whose they are. */
  const active: { mark: Mark; element: Element }[] = [];
  let run: Token[] = [];
  let code: { element: Element; text: string } | undefined;

  /** Ends the paragraph. Marks that are open go on in the next one: `<b><p>…</p><p>…</p></b>`. */
  const flush = () => {
    for (const { mark, element } of active.toReversed()) run.push({ kind: 'close', mark, href: element.attribs.href ?? '' });
    for (const text of paragraphsOf(run)) top().blocks.push({ kind: 'paragraph', text });
    run = active.map(({ mark }) => ({ kind: 'open', mark }));
  };

  walk(
    roots,
    (node) => {
      if (isText(node)) {
        if (code) code.text += node.data;
        else run.push({ kind: 'text', text: node.data });
      }
      if (!isTag(node)) return true;
      const { name, attribs } = node;
      if (code) {
        if (name === 'br') code.text += '\n';
        return true;
      }
      if (BLOCKS.has(name)) flush();
      if (FRAMES.has(name) && frames.length < MAX_NESTING) frames.push({ element: node, blocks: [], parts: [] });
      if (name === 'br') run.push({ kind: 'break' });
      else if (name === 'hr') top().blocks.push({ kind: 'other', text: '***' });
      else if (name === 'img') run.push({ kind: 'raw', text: imageOf(attribs) });
      else if (name === 'video' || name === 'audio') run.push(...mediaOf(node));
      else if (name === 'math' && attribs.alttext) run.push({ kind: 'raw', text: formulaOf(attribs) });
      else if (CODE.has(name)) code = { element: node, text: '' };
      const mark = MARKS[name];
      if (mark && (mark !== '[' || attribs.href) && !active.some((open) => open.mark === mark)) {
        active.push({ mark, element: node });
        run.push({ kind: 'open', mark });
      }
      return name !== 'video' && name !== 'audio' && !(name === 'math' && attribs.alttext);
    },
    (node) => {
      if (code?.element === node) {
        if (node.name === 'pre') top().blocks.push(...fenced(code.text));
        else run.push({ kind: 'code', text: code.text });
        code = undefined;
      }
      if (BLOCKS.has(node.name) && !code) flush();
      if (active.at(-1)?.element === node) {
        active.pop();
        // A block has ended: what was opened anew for the next one is not needed.
        if (BLOCKS.has(node.name)) run.pop();
        else run.push({ kind: 'close', mark: MARKS[node.name] ?? '*', href: node.attribs.href ?? '' });
      }
      const frame = top();
      if (frame.element !== node) return;
      frames.pop();
      close(frame, node, top());
    },
  );
  flush();
  return joined(root.blocks);
}

/**
 * A formula in TeX, as Pandoc, GitHub and Obsidian read it. Who reads it as plain CommonMark must find no tag, link or code in it, and a table no cell:
 * TeX has other words for these.
 */
function formulaOf({ alttext = '', display }: Element['attribs']): string {
  const tex = alttext
    .replace(/</g, '\\lt ')
    .replace(/\|/g, '\\vert ')
    .replace(/\]\(/g, '] (')
    .replace(/`/g, "'")
    .replace(/\$/g, '');
  return display === 'block' ? `$$${tex}$$` : `$${tex}$`;
}

/** Writes what a frame has gathered into the one around it. */
function close({ blocks, parts }: Frame, element: Element, outer: Frame): void {
  const { name } = element;
  const around = outer.element?.name ?? '';
  if (name === 'blockquote') {
    if (blocks.length > 0) outer.blocks.push({ kind: 'other', text: indented(joined(blocks), '> ', '>') });
  } else if (/^h[1-6]$/.test(name)) outer.blocks.push(...headed(blocks, Number(name[1])));
  else if (isPart(name, around)) outer.parts.push({ element, blocks, cells: parts });
  else if (name === 'ul' || name === 'ol') {
    // What stands in a list beside its items is of the one before it, as browsers show it.
    const last = parts.at(-1);
    append(last ? last.blocks : outer.blocks, blocks);
    outer.blocks.push(...listed(parts, element, outer.blocks.at(-1)));
  } else if (name === 'table') append(outer.blocks, tabled(parts, blocks));
  else append(outer.blocks, [...blocks, ...parts.flatMap((part) => part.blocks)]);
}

/** One by one: a hostile page has more blocks than a call takes arguments. */
const append = (to: Block[], blocks: readonly Block[]) => {
  for (const block of blocks) to.push(block);
};

const isPart = (name: string, around: string): boolean =>
  (name === 'li' && (around === 'ul' || around === 'ol')) ||
  (name === 'tr' && around === 'table') ||
  ((name === 'td' || name === 'th') && around === 'tr');

const joined = (blocks: readonly Block[]): string => blocks.map(({ text }) => text).join('\n\n');

const indented = (text: string, indent: string, empty = ''): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? empty : indent + line))
    .join('\n');

/** A heading is one line; what can't stand in one follows it. */
function headed(blocks: readonly Block[], rank: number): Block[] {
  const words = blocks.filter(({ kind }) => kind === 'paragraph');
  const line = oneLine(words).replace(/#$/, '\\#');
  const rest = blocks.filter(({ kind }) => kind !== 'paragraph');
  return line === '' ? rest : [{ kind: 'other', text: `${'#'.repeat(rank)} ${line}` }, ...rest];
}

const oneLine = (blocks: readonly Block[]): string => blocks.map(({ text }) => text.replaceAll('\\\n', ' ')).join(' ');

/** Items one below the other, with blank lines where one has several paragraphs. */
function listed(items: Frame['parts'], { name, attribs }: Element, before: Block | undefined): Block[] {
  const written = items.filter(({ blocks }) => blocks.length > 0);
  if (written.length === 0) return [];
  const loose = written.some(({ blocks }) => blocks.filter(({ kind }) => kind !== 'list').length > 1);
  const [usual, other] = name === 'ol' ? ['.', ')'] : ['-', '*'];
  const marker = (before?.marker === usual ? other : usual) ?? '-';
  const start = /^\d{1,8}$/.test(attribs.start ?? '') ? Number(attribs.start) : 1;
  const lines = written.map(({ blocks }, i) => {
    const sign = name === 'ol' ? `${start + i}${marker} ` : `${marker} `;
    const text = blocks.map((block) => block.text).join(loose ? '\n\n' : '\n');
    return sign + indented(text, ' '.repeat(sign.length)).slice(sign.length);
  });
  return [{ kind: 'list', text: lines.join(loose ? '\n\n' : '\n'), marker }];
}

/** A table of lines; one of other things (lists, tables, paragraphs), or of one column, is layout: its cells one after the other. */
function tabled(rows: Frame['parts'], beside: readonly Block[]): Block[] {
  const cells = rows.flatMap((row) => row.cells);
  const grid = rows.map((row) => row.cells.flatMap(cellsOf)).filter((row) => row.some((cell) => cell !== ''));
  const columns = grid.reduce((most, row) => Math.max(most, row.length), 0);
  if (columns < 2 || cells.some(({ blocks }) => blocks.some(({ kind }) => kind !== 'paragraph')))
    return [...beside, ...rows.flatMap((row) => [...row.blocks, ...row.cells.flatMap(({ blocks }) => blocks)])];
  const isHead = rows[0]?.cells.every(({ element }) => element.name === 'th') ?? false;
  // GFM has no table without a head: one of empty cells is read as such, the first row would be taken for names of columns.
  const lines = isHead ? grid : [[], ...grid];
  const written = lines.map((row) => `| ${Array.from({ length: columns }, (_, i) => row[i] ?? '').join(' | ')} |`);
  written.splice(1, 0, `|${' --- |'.repeat(columns)}`);
  return [...beside, { kind: 'other', text: written.join('\n') }];
}

function cellsOf({ element, blocks }: Frame['parts'][number]): string[] {
  const span = Math.min(Math.max(Number(element.attribs.colspan) || 1, 1), MAX_SPAN);
  const text = oneLine(blocks).replace(/(\\*)\|/g, (pipe, before: string) => (before.length % 2 === 0 ? `${before}\\|` : pipe));
  return [text, ...Array.from({ length: span - 1 }, () => '')];
}

/** Code of several lines, between more backticks than are in it. */
function fenced(text: string): Block[] {
  const lines = text.replace(/\r\n?/g, '\n').replace(/^\n|\s+$/g, '');
  if (lines.trim() === '') return [];
  const fence = fenceFor(lines, 3);
  return [{ kind: 'other', text: `${fence}\n${lines}\n${fence}` }];
}

const imageOf = ({ src = '', alt = '' }: Element['attribs']): string =>
  `![${escapeText(alt.replace(/\s+/g, ' ').trim())}](${destination(src)})`;

/** A film or a sound, as a link to it. */
function mediaOf({ name, attribs, children }: Element): Token[] {
  const href = [attribs.src, ...children.map((child) => (isTag(child) ? child.attribs.src : undefined))].find(Boolean);
  return href
    ? [
        { kind: 'open', mark: '[' },
        { kind: 'text', text: name },
        { kind: 'close', mark: '[', href },
      ]
    : [];
}
