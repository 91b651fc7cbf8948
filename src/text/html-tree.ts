import type { CheerioAPI } from 'cheerio';
import { type Document, DomHandler, type Element } from 'domhandler';
import { Parser } from 'htmlparser2';

/** How much of a page `parseHtml` reads. */
export interface ParseLimits {
  /** Open elements at once. */
  maxDepth: number;
  /** Elements, texts and comments together. */
  maxNodes?: number;
}

/** A tree, and whether it holds the whole source: parsing stops at the first limit that is passed. */
export interface ParsedHtml {
  document: Document;
  isComplete: boolean;
}

/** Builds the tree and stops the parser when the tree passes a limit. */
class LimitedHandler extends DomHandler {
  isComplete = true;
  private nodes = 0;

  constructor(
    private readonly limits: Required<ParseLimits>,
    private readonly stop: () => void,
  ) {
    super();
  }

  override addNode(...args: Parameters<DomHandler['addNode']>): void {
    super.addNode(...args);
    this.nodes += 1;
    if (this.tagStack.length <= this.limits.maxDepth && this.nodes <= this.limits.maxNodes) return;
    this.isComplete = false;
    this.stop();
  }
}

/**
 * Parses HTML with htmlparser2, without recursion. The tree is a domhandler tree: cheerio's `load(document)` queries it without
 * parsing again.
 */
export function parseHtml(source: string, { maxDepth, maxNodes = Number.POSITIVE_INFINITY }: ParseLimits): ParsedHtml {
  const handler = new LimitedHandler({ maxDepth, maxNodes }, () => parser.pause());
  const parser: Parser = new Parser(handler);
  parser.end(source);
  return { document: handler.root, isComplete: handler.isComplete };
}

/**
 * All elements of a tree that match a CSS selector, in document order.
 *
 * The leading `:scope` matches nothing, because a document is not an element. It makes cheerio start at the document:
 * starting at the document's children, it compares each of them with all others, which is quadratic on a hostile page with
 * 100,000 of them.
 */
export const selectElements = ($: CheerioAPI, selector: string): Element[] => $.root().find(`:scope, ${selector}`).toArray();
