import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';
import { cleanPiece, cleanSource } from './clean-source.js';
import { declareNamespaces, findVocabulary } from './namespaces.js';
import { OpenElements } from './open-elements.js';
import { resolveReferences } from './references.js';
import { noRepairs, type XmlHandler, type XmlRepairs } from './xml-handler.js';

/** Whether a document was read, or which limit it exceeds. */
export type XmlReading = { kind: 'read'; repairs: XmlRepairs } | XmlExcess;
/** The limit that a document exceeds. */
export type XmlExcess = { kind: 'too-many-elements' } | { kind: 'too-deep' };

/** Elements in one document. A feed of a thousand entries has a tenth of this; more would hold up all other feeds. */
const MAX_ELEMENTS = 500_000;
/** Open elements at one time. Markup without end tags makes honest documents deep, but none is as deep as this. */
const MAX_DEPTH = 20_000;
/** Characters read of one text; a long novel has a million. */
export const MAX_TEXT = 2_000_000;
/** Attributes read of one element. */
const MAX_ATTRIBUTES = 100;
/** Characters of a start tag, or of a comment, in a document that is read in pieces: all of it is kept until it ends. */
const MAX_KEPT = 4_000_000;

/**
 * Parses XML as a browser parses HTML: every document means something, and errors are repaired and counted. htmlparser2 makes
 * the tokens. Doctypes are skipped, and nothing that they declare is expanded. Takes linear time.
 */
export function parseXml(document: string, handler: XmlHandler): XmlReading {
  const repairs = noRepairs();
  const source = cleanSource(document, repairs);
  const reader = new XmlReader(handler, repairs, MAX_ELEMENTS);
  reader.write(source);
  return reader.end();
}

/**
 * Parses a long document that arrives in pieces, as `parseXml` does but without keeping it. A comment without an end hides what
 * follows.
 */
export class XmlPieces {
  private readonly repairs = noRepairs();
  private readonly reader: XmlReader;
  /** What came since the last `<`: whether that starts a tag can only be told by what follows. */
  private held = '';

  constructor(handler: XmlHandler, { maxElements }: { maxElements: number }) {
    this.reader = new XmlReader(handler, this.repairs, maxElements);
  }

  /** Parses what is complete with this piece. @returns the limit that the document exceeds; the rest of it is not read then */
  write(piece: string): XmlExcess | { kind: 'too-long' } | undefined {
    const text = this.held + piece;
    const end = Math.max(0, text.lastIndexOf('<'));
    this.held = text.slice(end);
    const excess = this.reader.write(cleanPiece(text.slice(0, end), this.repairs));
    return this.held.length + this.reader.kept > MAX_KEPT ? { kind: 'too-long' } : excess;
  }

  end(): XmlReading {
    this.reader.write(cleanPiece(this.held, this.repairs));
    return this.reader.end();
  }
}

const ignore = () => undefined;
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/** Builds elements and texts out of the tokenizer's events, which are positions in the source. */
class XmlReader implements TokenizerCallbacks {
  private readonly tokenizer = new Tokenizer({ xmlMode: true, decodeEntities: false }, this);
  private readonly elements: OpenElements;
  private problem: XmlExcess | undefined;
  private elementCount = 0;
  /** The start tag that is being read. */
  private tag = '';
  private attributes: [name: string, value: string][] = [];
  private attributeName = '';
  private valueStart = -1;
  private valueEnd = -1;

  /** The source from position `start` on: what came before has been told to the handler. */
  private source = '';
  private start = 0;
  /** The end of what has been told. */
  private told = 0;

  constructor(
    private readonly handler: XmlHandler,
    private readonly repairs: XmlRepairs,
    private readonly maxElements: number,
  ) {
    this.elements = new OpenElements(handler, repairs);
  }

  write(piece: string): XmlExcess | undefined {
    if (this.problem) return this.problem;
    this.source = this.source.slice(this.told - this.start) + piece;
    this.start = this.told;
    this.tokenizer.write(piece);
    return this.problem;
  }

  /** Characters of the source whose meaning depends on what follows. */
  get kept(): number {
    return this.start + this.source.length - this.told;
  }

  end(): XmlReading {
    if (this.problem) return this.problem;
    this.tokenizer.end();
    this.elements.closeAll();
    return { kind: 'read', repairs: this.repairs };
  }

  onopentagname(start: number, end: number): void {
    this.tag = this.take(start, end).toLowerCase();
    this.attributes = [];
  }

  onattribname(start: number, end: number): void {
    this.attributeName = this.take(start, end);
    this.valueStart = -1;
  }

  onattribdata(start: number, end: number): void {
    if (this.valueStart < 0) this.valueStart = start;
    this.valueEnd = end;
  }

  onattribend(): void {
    if (this.attributes.length >= MAX_ATTRIBUTES) return;
    const value = this.valueStart < 0 ? '' : this.take(this.valueStart, this.valueEnd);
    this.attributes.push([this.attributeName, value]);
  }

  onopentagend(end: number): void {
    this.told = end;
    this.openElement(false);
  }

  onselfclosingtag(end: number): void {
    this.told = end;
    this.openElement(true);
  }

  onclosetag(start: number, end: number): void {
    this.told = end;
    this.elements.closeTag(this.take(start, end).toLowerCase());
  }

  ontext(start: number, end: number): void {
    this.told = end;
    const text = this.take(start, Math.min(end, start + MAX_TEXT));
    this.handler.text(resolveReferences(text, this.repairs));
  }

  oncdata(start: number, end: number, endOffset: number): void {
    this.told = end;
    this.handler.text(this.take(start, Math.min(end - endOffset, start + MAX_TEXT)));
  }

  // References are resolved in ontext and in toLocalAttributes; the rest holds nothing of a feed.
  onattribentity = ignore;
  ontextentity = ignore;
  oncomment = (_start: number, end: number): void => {
    this.told = end;
  };
  ondeclaration = ignore;
  onprocessinginstruction = ignore;
  onend = ignore;

  /** A part of the source, which may have begun in an earlier piece. */
  private take(start: number, end: number): string {
    return this.source.slice(start - this.start, end - this.start);
  }

  private openElement(selfClosing: boolean): void {
    const { tag, attributes } = this;
    const namespaces = declareNamespaces(attributes, this.elements.namespaces);
    const colon = tag.indexOf(':');
    const prefix = colon < 0 ? '' : tag.slice(0, colon);
    const namespace = namespaces.get(prefix);
    if (namespace === undefined && prefix !== '' && prefix !== 'xml') this.repairs.undeclaredPrefixes += 1;
    this.elements.open({
      name: tag.slice(colon + 1),
      vocabulary: findVocabulary(prefix, namespace),
      attributes: attributes.length === 0 ? NO_ATTRIBUTES : toLocalAttributes(attributes, this.repairs),
      tag,
      selfClosing,
      namespaces,
    });
    this.checkLimits();
  }

  private checkLimits(): void {
    this.elementCount += 1;
    if (this.elementCount > this.maxElements) this.problem = { kind: 'too-many-elements' };
    else if (this.elements.depth > MAX_DEPTH) this.problem = { kind: 'too-deep' };
    if (this.problem) this.tokenizer.pause();
  }
}

/** Attributes by local name, without namespace declarations. One without a prefix wins over one with a prefix. */
function toLocalAttributes(attributes: readonly [string, string][], repairs: XmlRepairs): ReadonlyMap<string, string> {
  const local = new Map<string, string>();
  for (const [written, value] of attributes) {
    const name = written.toLowerCase();
    if (name.startsWith('xmlns')) continue;
    const text = resolveReferences(value, repairs);
    local.set(name, text);
    const localName = name.slice(name.indexOf(':') + 1);
    if (!name.startsWith('xml:') && !local.has(localName)) local.set(localName, text);
  }
  return local;
}
