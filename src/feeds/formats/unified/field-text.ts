import { escapeAttribute, escapeText } from '../../../text/escape.js';
import { MAX_TEXT } from '../xml/parse-xml.js';
import type { XmlElement } from '../xml/xml-handler.js';
import { makeLinksAbsolute, resolveUrl, URL_ATTRIBUTES } from './absolute-links.js';
import { ALL_FIELDS, BODY_FIELDS, FIELDS_AFTER_BODY, TITLE_FIELDS, toFieldName } from './fields.js';

/** How the text of a field is encoded (RFC 4287 §3.1 and §4.1.3; the `mode` of Atom 0.3). */
export type TextType = 'text' | 'html' | 'xhtml' | 'base64';

/** Takes the text of a field. `isPlain` says that markup in it is meant literally. */
export type KeepText = (text: string, isPlain: boolean) => void;

/** HTML elements without an end tag (HTML §13.1.2). */
const VOID_ELEMENTS = new Set([
  'area',
  'base',
  'br',
  'col',
  'embed',
  'hr',
  'img',
  'input',
  'link',
  'meta',
  'source',
  'track',
  'wbr',
]);

/** The text encoding of an element with HTML or plain text. RSS texts are HTML; Atom says what its texts are. */
export function detectTextType({ attributes, vocabulary, name }: XmlElement, isAtom: boolean): TextType {
  const type = attributes.get('type')?.trim().toLowerCase() ?? '';
  const mode = attributes.get('mode')?.trim().toLowerCase();
  if (mode === 'base64') return 'base64';
  if (type === 'html' || type === 'text/html') return 'html';
  if (type === 'xhtml' || /[/+]xml$/.test(type)) return mode === 'escaped' ? 'html' : 'xhtml';
  if (!isAtom || vocabulary !== 'core') return 'html';
  return name === 'content' && type.includes('/') && !type.startsWith('text/') ? 'base64' : 'text';
}

/** Collects the text and the markup inside one field. */
export class FieldText {
  private readonly name: string;
  private parts: string[] = [];
  /** Characters of text collected. */
  private length = 0;
  /** Elements open inside the field. */
  private depth = 0;

  constructor(
    private readonly element: XmlElement,
    private type: TextType,
    private readonly isAtom: boolean,
    private readonly keep: KeepText,
  ) {
    this.name = toFieldName(element);
  }

  addText(text: string): void {
    if (this.length >= MAX_TEXT) return;
    this.length += text.length;
    // In RSS, text inside unescaped markup is text, while text beside it is HTML.
    const isLiteral = this.type === 'xhtml' || (this.depth > 0 && this.type === 'html' && !this.isAtom);
    this.parts.push(isLiteral ? escapeText(text) : text);
  }

  openMarkup({ name, attributes }: XmlElement, base: string): void {
    // Markup in plain text is XHTML without the type attribute that says so.
    if (this.type === 'text' && this.allowsMarkup) {
      this.parts = this.parts.map(escapeText);
      this.type = 'xhtml';
    }
    this.depth += 1;
    this.parts.push(`<${name}${[...attributes].map(([key, value]) => writeAttribute(key, value, base)).join('')}>`);
  }

  closeMarkup({ name }: XmlElement): void {
    this.depth -= 1;
    if (!VOID_ELEMENTS.has(name)) this.parts.push(`</${name}>`);
  }

  /** Whether the start tag of the field `next` shows that the end tag of this field, or of markup inside it, is missing. */
  isEndedBy(next: string, inMarkup: boolean): boolean {
    if (inMarkup) return this.type !== 'xhtml' && FIELDS_AFTER_BODY.has(next) && next !== 'link';
    return (this.allowsMarkup ? FIELDS_AFTER_BODY : ALL_FIELDS).has(next);
  }

  /**
   * Hands the text over. In a document that is cut off inside the field, half an address or half a date is dropped; half a body
   * is better than nothing.
   */
  close(base: string, isCut: boolean): void {
    if (!isCut || this.isBody) this.keep(this.isBody ? this.toHtml(base) : this.decode(), this.isPlain);
  }

  private get isBody(): boolean {
    return BODY_FIELDS.has(this.name);
  }

  private get allowsMarkup(): boolean {
    return this.isBody || TITLE_FIELDS.has(this.name);
  }

  private get isPlain(): boolean {
    if (this.type === 'base64') return !/html/i.test(this.element.attributes.get('type') ?? '');
    return this.type === 'text';
  }

  private toHtml(base: string): string {
    const text = this.decode();
    if (this.type === 'xhtml') return text.trim();
    return this.isPlain ? escapeText(text) : makeLinksAbsolute(text.trim(), base);
  }

  private decode(): string {
    const text = this.parts.join('');
    return this.type === 'base64' ? Buffer.from(text, 'base64').toString('utf8') : text;
  }
}

/** An attribute of a start tag, its URL made absolute. `xml:…` attributes mean nothing in HTML and are dropped. */
function writeAttribute(name: string, value: string, base: string): string {
  if (name.startsWith('xml:')) return '';
  const resolved = URL_ATTRIBUTES.has(name) ? (resolveUrl(value, base) ?? value) : value;
  return ` ${name}="${escapeAttribute(resolved)}"`;
}
