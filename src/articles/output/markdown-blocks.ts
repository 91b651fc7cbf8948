import type { Element } from 'domhandler';
import { makeFence } from './markdown-line.js';

/** Columns that a cell may span; a larger `colspan` would make the table as wide as it says. */
const MAX_SPAN = 50;
/** Columns of the widest table that is written as one. In Markdown each row has all columns, so a wide row widens the others. */
const MAX_COLUMNS = 100;

/** A block of Markdown, written. */
export interface MarkdownBlock {
  kind: 'paragraph' | 'list' | 'other';
  text: string;
  /** Only for a list: two lists in a row with the same marker would be read as one. */
  marker?: string;
}

/** A list's item, a table's row, or a row's cell. */
export interface Part {
  element: Element;
  blocks: MarkdownBlock[];
  /** Only for a row. */
  cells: Part[];
}

/** An element whose content is collected before it is written. */
export interface Frame {
  /** Undefined for the document. */
  element: Element | undefined;
  blocks: MarkdownBlock[];
  parts: Part[];
}

/** Blocks with blank lines between them. */
export const joinBlocks = (blocks: readonly MarkdownBlock[]): string => blocks.map(({ text }) => text).join('\n\n');

/** Writes what a frame has collected into the frame around it. */
export function closeFrame({ blocks, parts }: Frame, element: Element, outer: Frame): void {
  const { name } = element;
  if (name === 'blockquote') append(outer.blocks, writeQuotation(blocks));
  else if (/^h[1-6]$/.test(name)) append(outer.blocks, writeHeading(blocks, Number(name[1])));
  else if (isPart(name, outer.element?.name ?? '')) outer.parts.push({ element, blocks, cells: parts });
  else if (name === 'ul' || name === 'ol') {
    // Browsers show what stands between the items of a list as part of the item before it.
    append(parts.at(-1)?.blocks ?? outer.blocks, blocks);
    append(outer.blocks, writeList(parts, element, outer.blocks.at(-1)));
  } else if (name === 'table') append(outer.blocks, writeTable(parts, blocks));
  else append(outer.blocks, [...blocks, ...parts.flatMap((part) => part.blocks)]);
}

/** Appends one by one, because hostile pages have more blocks than a call takes arguments. */
function append(to: MarkdownBlock[], blocks: readonly MarkdownBlock[]): void {
  for (const block of blocks) to.push(block);
}

const isPart = (name: string, around: string): boolean =>
  (name === 'li' && (around === 'ul' || around === 'ol')) ||
  (name === 'tr' && around === 'table') ||
  ((name === 'td' || name === 'th') && around === 'tr');

const writeQuotation = (blocks: readonly MarkdownBlock[]): MarkdownBlock[] =>
  blocks.length > 0 ? [{ kind: 'other', text: indent(joinBlocks(blocks), '> ', '>') }] : [];

/** Puts `prefix` before each line, and `emptyPrefix` in place of each empty one. */
const indent = (text: string, prefix: string, emptyPrefix = ''): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? emptyPrefix : prefix + line))
    .join('\n');

/** A heading is one line; blocks that do not fit into a line follow it. */
function writeHeading(blocks: readonly MarkdownBlock[], rank: number): MarkdownBlock[] {
  const line = toOneLine(blocks.filter(({ kind }) => kind === 'paragraph')).replace(/#$/, '\\#');
  const rest = blocks.filter(({ kind }) => kind !== 'paragraph');
  return line === '' ? rest : [{ kind: 'other', text: `${'#'.repeat(rank)} ${line}` }, ...rest];
}

const toOneLine = (blocks: readonly MarkdownBlock[]): string => blocks.map(({ text }) => text.replaceAll('\\\n', ' ')).join(' ');

/**
 * Items on lines of their own, with blank lines between them if one has several paragraphs. `before` is the block before the
 * list.
 */
function writeList(items: readonly Part[], { name, attribs }: Element, before: MarkdownBlock | undefined): MarkdownBlock[] {
  const written = items.filter(({ blocks }) => blocks.length > 0);
  if (written.length === 0) return [];
  const isLoose = written.some(({ blocks }) => blocks.filter(({ kind }) => kind !== 'list').length > 1);
  const separator = isLoose ? '\n\n' : '\n';
  const [usual, other] = name === 'ol' ? ['.', ')'] : ['-', '*'];
  const marker = (before?.marker === usual ? other : usual) ?? '-';
  const start = /^\d{1,8}$/.test(attribs.start ?? '') ? Number(attribs.start) : 1;
  const lines = written.map(({ blocks }, i) => {
    const sign = name === 'ol' ? `${start + i}${marker} ` : `${marker} `;
    const text = blocks.map((block) => block.text).join(separator);
    return sign + indent(text, ' '.repeat(sign.length)).slice(sign.length);
  });
  return [{ kind: 'list', text: lines.join(separator), marker }];
}

/**
 * A table whose cells hold single lines. Other tables are layout, as are those with one column or too many: their cells are
 * written one after the other. `beside` is what stands in the table outside its rows, such as its caption.
 */
function writeTable(rows: readonly Part[], beside: readonly MarkdownBlock[]): MarkdownBlock[] {
  const cells = rows.flatMap((row) => row.cells);
  const isTooWide = rows.some((row) => row.cells.reduce((width, cell) => width + readSpan(cell), 0) > MAX_COLUMNS);
  const isLayout = isTooWide || cells.some(({ blocks }) => blocks.some(({ kind }) => kind !== 'paragraph'));
  const grid = isLayout ? [] : rows.map((row) => row.cells.flatMap(writeCell)).filter((row) => row.some((cell) => cell !== ''));
  const columns = grid.reduce((most, row) => Math.max(most, row.length), 0);
  if (columns < 2) return [...beside, ...rows.flatMap((row) => [...row.blocks, ...row.cells.flatMap(({ blocks }) => blocks)])];
  const hasHead = rows[0]?.cells.every(({ element }) => element.name === 'th') ?? false;
  // GFM tables need a head. An empty one keeps the first row from being read as column names.
  const lines = hasHead ? grid : [[], ...grid];
  const written = lines.map((row) => `| ${Array.from({ length: columns }, (_, i) => row[i] ?? '').join(' | ')} |`);
  written.splice(1, 0, `|${' --- |'.repeat(columns)}`);
  return [...beside, { kind: 'other', text: written.join('\n') }];
}

/** A cell, and an empty one for each further column that it spans. */
const writeCell = (cell: Part): string[] => [
  escapePipes(toOneLine(cell.blocks)),
  ...Array.from({ length: readSpan(cell) - 1 }, () => ''),
];

const readSpan = ({ element }: Part): number => Math.min(Math.max(Math.trunc(Number(element.attribs.colspan)) || 1, 1), MAX_SPAN);

/** Escapes the pipes that are not escaped. Each match takes in a whole run of backslashes, so that the time is linear. */
const escapePipes = (text: string): string =>
  text.replace(/\\+\|?|\|/g, (run) => (run.endsWith('|') && run.length % 2 === 1 ? `${run.slice(0, -1)}\\|` : run));

/** A fenced code block; nothing if the code is blank. */
export function writeCodeBlock(code: string): MarkdownBlock[] {
  const lines = code.replace(/\r\n?/g, '\n').replace(/^\n/, '').trimEnd();
  if (lines.trim() === '') return [];
  const fence = makeFence(lines, 3);
  return [{ kind: 'other', text: `${fence}\n${lines}\n${fence}` }];
}
