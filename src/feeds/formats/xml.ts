import { decodeHTMLStrict } from 'entities';
import { Tokenizer } from 'htmlparser2';

/** What a namespace means to a reader of feeds: RSS, RDF's RSS and Atom are one (`core`), since documents mix them. */
export type Vocabulary = 'core' | 'dc' | 'dcterms' | 'content' | 'itunes' | 'media' | 'sy' | 'xhtml' | 'rdf' | 'other';

/** Namespaces (lower-cased, without what ends them) by what they mean; each has been spelt in several ways. */
const VOCABULARIES = new Map<string, Vocabulary>(
  Object.entries({
    '': 'core',
    'http://www.w3.org/2005/atom': 'core',
    'https://www.w3.org/2005/atom': 'core',
    'http://purl.org/atom/ns': 'core',
    'http://purl.org/rss/1.0': 'core',
    'http://my.netscape.com/rdf/simple/0.9': 'core',
    'http://channel.netscape.com/rdf/simple/0.9': 'core',
    'http://backend.userland.com/rss': 'core',
    'http://backend.userland.com/rss2': 'core',
    'http://blogs.law.harvard.edu/tech/rss': 'core',
    'http://purl.org/dc/elements/1.1': 'dc',
    'http://purl.org/dc/elements/1.0': 'dc',
    'http://purl.org/dc/terms': 'dcterms',
    'http://purl.org/rss/1.0/modules/content': 'content',
    'http://www.itunes.com/dtds/podcast-1.0.dtd': 'itunes',
    'https://www.itunes.com/dtds/podcast-1.0.dtd': 'itunes',
    'http://search.yahoo.com/mrss': 'media',
    'https://search.yahoo.com/mrss': 'media',
    'http://tools.search.yahoo.com/mrss': 'media',
    'http://video.search.yahoo.com/mrss': 'media',
    'http://purl.org/rss/1.0/modules/syndication': 'sy',
    'http://www.w3.org/1999/xhtml': 'xhtml',
    'http://www.w3.org/1999/02/22-rdf-syntax-ns': 'rdf',
    'http://www.w3.org/2000/svg': 'other',
    'http://www.w3.org/1998/math/mathml': 'other',
  }),
);

/** Prefixes as everybody uses them, for documents that forget to declare them, or declare them as something unheard of. */
const PREFIXES = new Map<string, Vocabulary>(
  Object.entries({
    atom: 'core',
    atom10: 'core',
    a10: 'core',
    rss: 'core',
    dc: 'dc',
    dcterms: 'dcterms',
    content: 'content',
    itunes: 'itunes',
    media: 'media',
    sy: 'sy',
    xhtml: 'xhtml',
    rdf: 'rdf',
  }),
);

/** An element that begins. Names are lower-cased, attributes go by their local names but for `xml:…`. */
export interface XmlElement {
  name: string;
  vocabulary: Vocabulary;
  attributes: ReadonlyMap<string, string>;
  /** With its prefix, lower-cased: what its end tag repeats, in whatever case. */
  tag: string;
  /** Closed by itself: `<item/>`. */
  empty: boolean;
}

/** By its end tag, by what came after it, or since the document ends in the middle of it. */
export type Closed = 'written' | 'implied' | 'cut';

/** What a document is told as. */
export interface XmlHandler {
  open(element: XmlElement): void;
  /** Text with its references resolved; many pieces may make one text. */
  text(text: string): void;
  close(element: XmlElement, how: Closed): void;
  /** Whether `next` can only mean that the end tag of `open` was forgotten. */
  ends(open: XmlElement, next: XmlElement): boolean;
}

/** What had to be forgiven, and how often. */
export interface Forgiven {
  /** Elements that nobody closed. */
  unclosed: number;
  /** End tags of nothing. */
  strayEnds: number;
  /** Prefixes that were never declared. */
  undeclaredPrefixes: number;
  /** Names of characters that XML does not know (`&eacute;`). */
  htmlEntities: number;
  /** Ampersands that begin no reference. */
  bareAmpersands: number;
  /** Control characters, most of which XML forbids. */
  forbiddenCharacters: number;
}

export type XmlReading = { kind: 'read'; forgiven: Forgiven } | { kind: 'too-many-elements' } | { kind: 'too-deep' };

/** A feed of a thousand entries has a tenth of it; more would hold up all other feeds. */
const MAX_ELEMENTS = 500_000;
/** Markup that nobody closes makes honest documents deep; none is as deep as this. */
const MAX_DEPTH = 20_000;

/** A text is read so far, in characters: a long novel has a million. */
export const MAX_TEXT = 2_000_000;
/** So many attributes of one element are looked at. */
const MAX_ATTRIBUTES = 100;

interface Open extends XmlElement {
  /** Namespaces by prefix, as declared so far. */
  namespaces: ReadonlyMap<string, string>;
}

/** Comments, declarations and instructions say nothing of a feed; references are resolved here. */
const ignored = () => undefined;
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/**
 * Reads XML as a browser reads HTML: every document means something. Tokens by htmlparser2, in the order of the document;
 * an end tag closes what it names and all in it, else nothing. Doctypes are passed over, and nothing they declare is expanded.
 * Takes linear time.
 */
export function parseXml(document: string, handler: XmlHandler): XmlReading {
  const forgiven = {
    unclosed: 0,
    strayEnds: 0,
    undeclaredPrefixes: 0,
    htmlEntities: 0,
    bareAmpersands: 0,
    forbiddenCharacters: 0,
  };
  const source = sound(document, forgiven);
  const stack: Open[] = [];
  /** How many elements of a name are open: an end tag of none is told at once. */
  const openTags = new Map<string, number>();
  let elements = 0;
  let problem: XmlReading | undefined;
  /** The start tag that is being read. */
  let tag = '';
  let attributes: [string, string][] = [];
  let name = '';
  let valueStart = -1;
  let valueEnd = -1;

  const pop = (how: Closed) => {
    const element = stack.pop();
    if (!element) return;
    openTags.set(element.tag, (openTags.get(element.tag) ?? 1) - 1);
    if (how !== 'written') forgiven.unclosed += 1;
    handler.close(element, how);
  };
  const begin = (selfClosing: boolean) => {
    elements += 1;
    const around = stack.at(-1)?.namespaces;
    const namespaces = declaredIn(attributes, around);
    const colon = tag.indexOf(':');
    const prefix = colon < 0 ? '' : tag.slice(0, colon);
    const uri = namespaces.get(prefix);
    if (uri === undefined && prefix !== '' && prefix !== 'xml') forgiven.undeclaredPrefixes += 1;
    const element: Open = {
      name: tag.slice(colon + 1),
      vocabulary: vocabularyOf(prefix, uri),
      attributes: attributes.length === 0 ? NO_ATTRIBUTES : localAttributes(attributes, forgiven),
      tag,
      empty: selfClosing,
      namespaces,
    };
    for (let open = stack.at(-1); open && handler.ends(open, element); open = stack.at(-1)) pop('implied');
    stack.push(element);
    openTags.set(tag, (openTags.get(tag) ?? 0) + 1);
    handler.open(element);
    if (selfClosing) pop('written');
    if (elements > MAX_ELEMENTS) problem = { kind: 'too-many-elements' };
    else if (stack.length > MAX_DEPTH) problem = { kind: 'too-deep' };
    if (problem) tokens.pause();
  };

  const tokens = new Tokenizer(
    { xmlMode: true, decodeEntities: false },
    {
      onopentagname(start, end) {
        tag = source.slice(start, end).toLowerCase();
        attributes = [];
      },
      onattribname(start, end) {
        name = source.slice(start, end);
        valueStart = -1;
      },
      onattribdata(start, end) {
        if (valueStart < 0) valueStart = start;
        valueEnd = end;
      },
      onattribend() {
        if (attributes.length < MAX_ATTRIBUTES) attributes.push([name, valueStart < 0 ? '' : source.slice(valueStart, valueEnd)]);
      },
      onattribentity: ignored,
      onopentagend: () => begin(false),
      onselfclosingtag: () => begin(true),
      onclosetag(start, end) {
        const closed = source.slice(start, end).toLowerCase();
        if (!openTags.get(closed)) {
          forgiven.strayEnds += 1;
          return;
        }
        while (stack.at(-1)?.tag !== closed) pop('implied');
        pop('written');
      },
      ontext: (start, end) => handler.text(resolve(source.slice(start, Math.min(end, start + MAX_TEXT)), forgiven)),
      ontextentity: ignored,
      oncdata: (start, end, endOffset) => handler.text(source.slice(start, Math.min(end - endOffset, start + MAX_TEXT))),
      oncomment: ignored,
      ondeclaration: ignored,
      onprocessinginstruction: ignored,
      onend: ignored,
    },
  );
  tokens.write(source);
  if (problem) return problem;
  tokens.end();
  while (stack.length > 0) pop('cut');
  return { kind: 'read', forgiven };
}

/** A `<` before what begins no name is a sign of less (`<3`), and is read as that; before a space, htmlparser2 does so itself. */
const NO_TAG = /<(?![A-Za-z_:!?/>\s\u0080-\uffff])/g;
/**
 * What XML 1.0 §2.2 forbids, and controls where windows-1252 has letters: a document that holds those means the latter (HTML §13.2.5.80).
 */
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u0080-\u009f\ufffe\uffff]/g;
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** V8 keeps all matches of a text until it has been replaced in: of so many characters at a time, a hostile document fills no memory. */
const CHUNK = 64 * 1024;
/** Longer than what any of our patterns looks at. */
const MARGIN = 64;

/** Replaces in a text, a part at a time; no part ends in what may go on as a reference or a tag. */
function inChunks(text: string, replace: (chunk: string) => string): string {
  if (text.length <= CHUNK) return replace(text);
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const margin = text.slice(at + CHUNK - MARGIN, at + CHUNK);
    const open = Math.max(margin.lastIndexOf('&'), margin.lastIndexOf('<'));
    const end = open < 0 ? at + CHUNK : at + CHUNK - MARGIN + open;
    pieces.push(replace(text.slice(at, end)));
    at = end;
  }
  return pieces.join('');
}

/** The document without what would mislead the tokens. */
function sound(document: string, forgiven: Forgiven): string {
  const letter = (control: string) => {
    forgiven.forbiddenCharacters += 1;
    return WINDOWS_1252.charAt(control.charCodeAt(0) - 0x80);
  };
  const whole = document.toWellFormed();
  const clean = whole.search(CONTROLS) < 0 ? whole : inChunks(whole, (chunk) => chunk.replace(CONTROLS, letter));
  // A comment that nobody closed holds the rest of the feed: only its mark goes.
  const open = clean.indexOf('<!--', clean.lastIndexOf('-->') + 1);
  return withoutSigns(open < 0 ? clean : clean.slice(0, open) + clean.slice(open).replaceAll('<!--', ''));
}

/** With more of them, it is no text; they are left to be elements, of which there are too many then. */
const MAX_SIGNS = 100_000;

/** What CDATA holds is text already. */
function withoutSigns(text: string): string {
  let signs = 0;
  NO_TAG.lastIndex = 0;
  while (signs < MAX_SIGNS && NO_TAG.test(text)) signs += 1;
  if (signs === 0 || signs === MAX_SIGNS) return text;
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const start = text.indexOf('<![CDATA[', at);
    const end = start < 0 ? -1 : text.indexOf(']]>', start);
    pieces.push(inChunks(text.slice(at, start < 0 ? undefined : start), (chunk) => chunk.replace(NO_TAG, '&lt;')));
    if (start < 0) break;
    pieces.push(text.slice(start, end < 0 ? undefined : end));
    at = end < 0 ? text.length : end;
  }
  return pieces.join('');
}

const REFERENCE = /&(#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});/g;
const BARE_AMPERSAND = /&(?!#[0-9]{1,8};|#[xX][0-9a-fA-F]{1,8};|[A-Za-z][A-Za-z0-9]{1,31};)/g;
/** They are counted so far. */
const MANY = 1_000;
const XML_ENTITIES = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Text with its references resolved: XML's, numbers, and HTML's names, which XML does not know. Others stay as they are. */
function resolve(text: string, forgiven: Forgiven): string {
  if (!text.includes('&')) return text;
  BARE_AMPERSAND.lastIndex = 0;
  while (forgiven.bareAmpersands < MANY && BARE_AMPERSAND.test(text)) forgiven.bareAmpersands += 1;
  const resolveOne = (reference: string, name: string) => {
    const known = XML_ENTITIES.get(name);
    if (known !== undefined) return known;
    // HTML's reading of numbers: 128 to 159 are meant as windows-1252 (HTML §13.2.5.80).
    const resolved = decodeHTMLStrict(reference);
    if (name.startsWith('#')) return resolved.replace(/[\ufffd\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '');
    if (resolved !== reference) forgiven.htmlEntities += 1;
    return resolved;
  };
  return inChunks(text, (chunk) => chunk.replace(REFERENCE, resolveOne));
}

function vocabularyOf(prefix: string, uri: string | undefined): Vocabulary {
  const meant =
    uri === undefined
      ? undefined
      : VOCABULARIES.get(
          uri
            .trim()
            .toLowerCase()
            .replace(/(?:\/|#.{0,40})$/, ''),
        );
  return meant ?? (prefix === '' ? 'core' : (PREFIXES.get(prefix) ?? 'other'));
}

/** Each element that declares a namespace has a list of its own: of so many at the most. */
const MAX_NAMESPACES = 100;
const NO_NAMESPACES: ReadonlyMap<string, string> = new Map();

function declaredIn(
  attributes: readonly [string, string][],
  around: ReadonlyMap<string, string> = NO_NAMESPACES,
): ReadonlyMap<string, string> {
  let namespaces: Map<string, string> | undefined;
  for (const [name, value] of attributes) {
    if (!/^xmlns(?::|$)/i.test(name)) continue;
    namespaces ??= new Map(around);
    if (namespaces.size >= MAX_NAMESPACES) break;
    namespaces.set(name.slice('xmlns:'.length).toLowerCase(), value);
  }
  return namespaces ?? around;
}

function localAttributes(attributes: readonly [string, string][], forgiven: Forgiven): ReadonlyMap<string, string> {
  const local = new Map<string, string>();
  for (const [written, value] of attributes) {
    const name = written.toLowerCase();
    if (name.startsWith('xmlns')) continue;
    const key = name.startsWith('xml:') ? name : name.slice(name.indexOf(':') + 1);
    // One without a prefix is the element's own.
    if (!local.has(key) || !name.includes(':')) local.set(key, resolve(value, forgiven));
  }
  return local;
}
