import { type AnyNode, type Element, isTag, isText } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import { walk } from '../dom/walk.js';
import { closeFrame, type Frame, joinBlocks, writeCodeBlock } from './markdown-blocks.js';
import { escapeDestination, escapeMarkdown, writeParagraphs } from './markdown-line.js';
import type { Mark, Token } from './markdown-tokens.js';

/** Elements that end a paragraph. */
const BLOCKS = new Set(
  [
    'address article aside blockquote details div figure figcaption hr main p pre section summary',
    'h1 h2 h3 h4 h5 h6',
    'dd dl dt li ol ul',
    'caption table tbody td tfoot th thead tr',
  ].flatMap((names) => names.split(' ')),
);
/** Block elements whose content is collected before it is written, because it is indented, numbered or put into cells. */
const FRAMES = new Set('blockquote caption h1 h2 h3 h4 h5 h6 li ol table td th tr ul'.split(' '));
/** Frames open at once. Deeper ones are ignored, because each would indent everything in it once more. */
const MAX_NESTING = 24;
const MARKS: Record<string, Mark> = { b: '**', strong: '**', dt: '**', i: '*', em: '*', cite: '*', del: '~~', s: '~~', a: '[' };
const CODE = new Set(['code', 'kbd', 'samp', 'tt', 'pre']);

/**
 * Converts sanitized HTML to Markdown: CommonMark 0.31 with GFM's tables and strikethrough, without HTML. '' for HTML without
 * content.
 */
export function htmlToMarkdown(html: string): string {
  const writer = new MarkdownWriter();
  walk(
    parseDocument(html).children,
    (node) => writer.enter(node),
    (element) => writer.leave(element),
  );
  return writer.finish();
}

class MarkdownWriter {
  private readonly root: Frame = { element: undefined, blocks: [], parts: [] };
  private readonly frames = [this.root];
  /** Marks that are open, with the elements that opened them. */
  private readonly openMarks: { mark: Mark; element: Element }[] = [];
  /** The paragraph that is being collected. */
  private run: Token[] = [];
  private code: { element: Element; text: string } | undefined;

  /** Takes in a text or an element's start; returns whether to go on with its children. */
  enter(node: AnyNode): boolean {
    if (isText(node)) this.addText(node.data);
    if (!isTag(node)) return true;
    if (this.code) {
      if (node.name === 'br') this.code.text += '\n';
      return true;
    }
    if (BLOCKS.has(node.name)) this.endParagraph();
    if (FRAMES.has(node.name) && this.frames.length < MAX_NESTING) this.frames.push({ element: node, blocks: [], parts: [] });
    const isComplete = this.addWhole(node);
    if (!isComplete && CODE.has(node.name)) this.code = { element: node, text: '' };
    this.openMark(node);
    return !isComplete;
  }

  leave(element: Element): void {
    if (this.code?.element === element) this.endCode(element, this.code.text);
    if (BLOCKS.has(element.name) && !this.code) this.endParagraph();
    if (this.openMarks.at(-1)?.element === element) this.closeMark(element);
    const frame = this.top;
    if (frame.element !== element) return;
    this.frames.pop();
    closeFrame(frame, element, this.top);
  }

  finish(): string {
    this.endParagraph();
    return joinBlocks(this.root.blocks);
  }

  private get top(): Frame {
    return this.frames.at(-1) ?? this.root;
  }

  private addText(text: string): void {
    if (this.code) this.code.text += text;
    else this.run.push({ kind: 'text', text });
  }

  /** Writes an element that needs nothing of its children; returns whether it was one. */
  private addWhole(element: Element): boolean {
    const { name, attribs } = element;
    if (name === 'br') this.run.push({ kind: 'break' });
    else if (name === 'hr') this.top.blocks.push({ kind: 'other', text: '***' });
    else if (name === 'img') this.run.push({ kind: 'raw', text: writeImage(attribs) });
    else if (name === 'video' || name === 'audio') this.run.push(...writeMediaLink(element));
    else if (name === 'math' && attribs.alttext) this.run.push({ kind: 'raw', text: writeFormula(attribs) });
    else return false;
    return true;
  }

  private openMark(element: Element): void {
    const mark = MARKS[element.name];
    if (!mark || (mark === '[' && !element.attribs.href) || this.openMarks.some((open) => open.mark === mark)) return;
    this.openMarks.push({ mark, element });
    this.run.push({ kind: 'open', mark });
  }

  private closeMark({ name, attribs }: Element): void {
    this.openMarks.pop();
    // The end of a block has closed the mark and opened it again for the next paragraph, which will not come.
    if (BLOCKS.has(name)) this.run.pop();
    else this.run.push({ kind: 'close', mark: MARKS[name] ?? '*', href: attribs.href ?? '' });
  }

  private endCode({ name }: Element, text: string): void {
    if (name === 'pre') this.top.blocks.push(...writeCodeBlock(text));
    else this.run.push({ kind: 'code', text });
    this.code = undefined;
  }

  /** Open marks are closed and opened again in the next paragraph: `<b><p>…</p><p>…</p></b>`. */
  private endParagraph(): void {
    for (const { mark, element } of this.openMarks.toReversed())
      this.run.push({ kind: 'close', mark, href: element.attribs.href ?? '' });
    for (const text of writeParagraphs(this.run)) this.top.blocks.push({ kind: 'paragraph', text });
    this.run = this.openMarks.map(({ mark }) => ({ kind: 'open', mark }));
  }
}

/**
 * A formula as TeX between dollar signs, which Pandoc, GitHub and Obsidian read. Characters that plain CommonMark would take
 * for a tag, a link or code, or a table for the end of a cell, are replaced by TeX's words for them.
 */
function writeFormula({ alttext = '', display }: Element['attribs']): string {
  const tex = alttext
    .replace(/</g, '\\lt ')
    .replace(/\|/g, '\\vert ')
    .replace(/\]\(/g, '] (')
    .replace(/`/g, "'")
    .replace(/\$/g, '');
  return display === 'block' ? `$$${tex}$$` : `$${tex}$`;
}

const writeImage = ({ src = '', alt = '' }: Element['attribs']): string =>
  `![${escapeMarkdown(alt.replace(/\s+/g, ' ').trim())}](${escapeDestination(src)})`;

/** Video and audio become a link to the file; nothing if it has no address. */
function writeMediaLink({ name, attribs, children }: Element): Token[] {
  const href = [attribs.src, ...children.map((child) => (isTag(child) ? child.attribs.src : undefined))].find(Boolean);
  if (!href) return [];
  return [
    { kind: 'open', mark: '[' },
    { kind: 'text', text: name },
    { kind: 'close', mark: '[', href },
  ];
}
