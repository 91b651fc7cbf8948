import { type AnyNode, type Element, isTag, isText } from 'domhandler';
import { escapeAttribute, escapeText } from '../../text/escape.js';
import { wellFormed } from '../../text/well-formed.js';
import { walk } from '../dom/walk.js';
import { HTML_ELEMENTS, MATHML_ELEMENTS, REMOVED_ELEMENTS, VOID_ELEMENTS } from './allow-list.js';
import { type Attribute, sanitizeAttributes } from './attributes.js';
import { findEmbed, findPostUrl } from './embeds.js';
import { isImageFallback } from './lazy-images.js';

/** How `sanitize` treats its trees. */
export interface SanitizeOptions {
  /** What relative URLs are resolved against. */
  baseUrl: string;
  /** Whether to leave out an element with everything in it. */
  skip?(element: Element): boolean;
}

/**
 * Writes trees as HTML that holds only what the allow-list names: nothing that runs, that covers the page, or that loads
 * anything but images and media. URLs are absolute. Players and posts of big platforms become links.
 */
export function sanitize(roots: readonly AnyNode[], { baseUrl, skip = () => false }: SanitizeOptions): string {
  const writer = new SafeHtmlWriter(baseUrl, skip);
  walk(
    roots,
    (node) => writer.enter(node),
    (element) => writer.leave(element),
  );
  return wellFormed(writer.html.join(''));
}

class SafeHtmlWriter {
  readonly html: string[] = [];
  /** The last image had no usable address; a `noscript` after it may have one. */
  private lacksImage = false;
  /** Formulas that are open; pages may nest them. */
  private openFormulas = 0;

  constructor(
    private readonly baseUrl: string,
    private readonly skip: (element: Element) => boolean,
  ) {}

  /** Writes a node's text or start tag; returns whether to go on with its children. */
  enter(node: AnyNode): boolean {
    if (isText(node)) this.html.push(escapeText(node.data));
    if (!isTag(node)) return true;
    if (node.name === 'noscript' && this.lacksImage && isImageFallback(node)) return true;
    const embed = this.openFormulas === 0 ? findEmbed(node, this.baseUrl) : undefined;
    if (embed) {
      this.writeLink(embed.url, embed.text);
      return false;
    }
    if (REMOVED_ELEMENTS.has(node.name) || this.skip(node)) return false;
    if (node.name === 'math') this.openFormulas += 1;
    const allowed = this.findAllowed(node);
    return allowed ? this.writeStartTag(node, sanitizeAttributes(node, allowed, this.baseUrl)) : true;
  }

  /** Writes an element's end tag, and after an embedded post the link to it. */
  leave(element: Element): void {
    const post = this.openFormulas === 0 ? findPostUrl(element) : undefined;
    if (post) {
      this.html.push('<p>');
      this.writeLink(post, post);
      this.html.push('</p>');
    }
    if (this.findAllowed(element) && !VOID_ELEMENTS.has(element.name)) this.html.push(`</${element.name}>`);
    if (element.name === 'math') this.openFormulas -= 1;
  }

  /** The attributes allowed on an element; undefined if the element is unwrapped. */
  private findAllowed({ name }: Element): readonly string[] | undefined {
    const kept = this.openFormulas > 0 ? MATHML_ELEMENTS : HTML_ELEMENTS;
    return Object.hasOwn(kept, name) ? kept[name] : undefined;
  }

  /** An image without an address is left out; returns whether the tag was written. */
  private writeStartTag({ name }: Element, attributes: readonly Attribute[]): boolean {
    if (name === 'img') this.lacksImage = !attributes.some(([attribute]) => attribute === 'src');
    if (name === 'img' && this.lacksImage) return false;
    this.html.push(`<${name}${attributes.map(([attribute, value]) => ` ${attribute}="${escapeAttribute(value)}"`).join('')}>`);
    return true;
  }

  private writeLink(url: string, text: string): void {
    this.html.push(`<a href="${escapeAttribute(url)}">${escapeText(text)}</a>`);
  }
}
