import { type AnyNode, type Element, isTag, isText } from 'domhandler';
import { escapeAttribute, escapeText } from '../../text/escape.js';
import { wellFormed } from '../../text/well-formed.js';
import { getText } from '../dom/text.js';
import { walk } from '../dom/walk.js';
import { findEmbed, findPostUrl } from './embeds.js';

/** Tags that are kept, and the attributes of each. What is in neither list is unwrapped: its text stays. */
const KEPT: Record<string, readonly string[]> = {
  a: ['href', 'title'],
  abbr: ['title'],
  audio: ['src', 'controls'],
  b: [],
  blockquote: [],
  br: [],
  caption: [],
  cite: [],
  code: [],
  col: [],
  colgroup: [],
  dd: [],
  del: [],
  details: [],
  div: [],
  dl: [],
  dt: [],
  em: [],
  figcaption: [],
  figure: [],
  h1: [],
  h2: [],
  h3: [],
  h4: [],
  h5: [],
  h6: [],
  hr: [],
  i: [],
  img: ['src', 'alt', 'title', 'width', 'height'],
  ins: [],
  kbd: [],
  li: [],
  mark: [],
  ol: ['start'],
  p: [],
  pre: [],
  q: [],
  rp: [],
  rt: [],
  ruby: [],
  s: [],
  samp: [],
  small: [],
  source: ['src', 'type'],
  strong: [],
  sub: [],
  summary: [],
  sup: [],
  table: [],
  tbody: [],
  td: ['colspan', 'rowspan'],
  tfoot: [],
  th: ['colspan', 'rowspan'],
  thead: [],
  time: ['datetime'],
  tr: [],
  u: [],
  ul: [],
  var: [],
  video: ['src', 'controls', 'poster'],
  wbr: [],
};
/**
 * Formulas: the elements of MathML Core that lay out, and no others; inside them no HTML, and outside them none of these. Nothing of annotations:
 * what is in them is parsed by other rules.
 */
const FORMULAS: Record<string, readonly string[]> = {
  math: ['display', 'alttext'],
  menclose: ['notation'],
  mfrac: ['linethickness'],
  mi: ['mathvariant'],
  mmultiscripts: [],
  mn: ['mathvariant'],
  mo: ['stretchy', 'fence', 'separator', 'form', 'lspace', 'rspace', 'largeop', 'movablelimits'],
  mover: ['accent'],
  mpadded: [],
  mphantom: [],
  mprescripts: [],
  mroot: [],
  mrow: [],
  ms: [],
  mspace: ['width'],
  msqrt: [],
  mstyle: ['displaystyle', 'scriptlevel'],
  msub: [],
  msubsup: [],
  msup: [],
  mtable: [],
  mtd: ['columnspan', 'rowspan'],
  mtext: [],
  mtr: [],
  munder: ['accentunder'],
  munderover: [],
};
/** Words and lengths, which is all that their attributes hold. */
const FORMULA_VALUE = /^[\w.%+ -]{1,40}$/;
/** Longest TeX source of a formula that is kept, in characters. */
const MAX_TEX = 1_000;
/** On every kept tag: the direction of writing, the language, and colours and alignment, all checked. */
const GLOBAL = ['style', 'dir', 'lang'];
const VOID = new Set(['br', 'col', 'hr', 'img', 'source', 'wbr']);
/** Gone with all that is in them. */
const DROPPED = new Set(
  'script style noscript template iframe object embed applet frame frameset form input button select textarea option link meta base head title svg canvas dialog annotation annotation-xml'.split(
    ' ',
  ),
);
const URLS: Record<string, RegExp> = { href: /^(https?|mailto):/i, src: /^https?:/i, poster: /^https?:/i };
/** A declaration that can neither load nor cover anything. */
const STYLE = /^(color|background-color|text-align|font-style|font-weight|text-decoration)\s*:\s*[#\w\s.,%()-]{1,60}$/i;
const UNSAFE_VALUE = /url|expression|image|var|env|attr/i;

export interface SanitizeOptions {
  /** What relative addresses are relative to. */
  baseUrl: string;
  /** Elements to leave out, with all that is in them. */
  skip?(element: Element): boolean;
}

/** The tree as HTML of an allow-list: nothing that runs, loads behind the reader's back or covers the page; addresses absolute. */
export function sanitize(roots: readonly AnyNode[], { baseUrl, skip = () => false }: SanitizeOptions): string {
  const out: string[] = [];
  /** The last picture had no address: what stands there without scripts has it. */
  let missing = false;
  /** Formulas that are open: one, or more where a page nests them. */
  let formulas = 0;
  const namesOf = ({ name }: Element) => {
    const kept = formulas > 0 ? FORMULAS : KEPT;
    return Object.hasOwn(kept, name) ? kept[name] : undefined;
  };
  walk(
    roots,
    (node) => {
      if (isText(node)) out.push(escapeText(node.data));
      if (!isTag(node)) return true;
      if (node.name === 'noscript' && missing && isPicture(node)) return true;
      const embed = formulas === 0 ? findEmbed(node, baseUrl) : undefined;
      if (embed) out.push(`<a href="${escapeAttribute(embed.url)}">${escapeText(embed.text)}</a>`);
      if (embed) return false;
      if (DROPPED.has(node.name) || skip(node)) return false;
      if (node.name === 'math') formulas += 1;
      const names = namesOf(node);
      if (!names) return true;
      const attributes = attributesOf(node, names, baseUrl);
      if (node.name === 'img') missing = !attributes.some(([name]) => name === 'src');
      if (node.name === 'img' && missing) return false;
      out.push(`<${node.name}${attributes.map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`).join('')}>`);
      return true;
    },
    (node) => {
      const post = formulas === 0 ? findPostUrl(node) : undefined;
      if (post) out.push(`<p><a href="${escapeAttribute(post)}">${escapeText(post)}</a></p>`);
      if (namesOf(node) && !VOID.has(node.name)) out.push(`</${node.name}>`);
      if (node.name === 'math') formulas -= 1;
    },
  );
  return wellFormed(out.join(''));
}

function attributesOf(element: Element, names: readonly string[], baseUrl: string): [string, string][] {
  if (Object.hasOwn(FORMULAS, element.name)) return formulaAttributes(element, names);
  const given = element.name === 'img' ? { ...element.attribs, ...lazySource(element) } : element.attribs;
  return Object.entries(given).flatMap(([name, value]): [string, string][] => {
    if (!names.includes(name) && !GLOBAL.includes(name)) return [];
    if (name === 'style') {
      const style = safeStyle(value);
      return style ? [[name, style]] : [];
    }
    if (name === 'dir') return /^(ltr|rtl|auto)$/i.test(value) ? [[name, value]] : [];
    const scheme = URLS[name];
    if (!scheme) return [[name, value]];
    const url = absoluteUrl(value, baseUrl);
    return url && scheme.test(url) ? [[name, url]] : [];
  });
}

function formulaAttributes(element: Element, names: readonly string[]): [string, string][] {
  const tex = element.name === 'math' ? texOf(element) : undefined;
  const given = Object.entries(element.attribs).filter(
    ([name, value]) => names.includes(name) && name !== 'alttext' && FORMULA_VALUE.test(value),
  );
  return [...given, ...(tex ? [['alttext', tex] satisfies [string, string]] : [])];
}

/** The TeX that a formula was made from: in its annotation (MathML 3 §5.1.2), or what it is to be read as. */
function texOf(math: Element): string | undefined {
  let tex = math.attribs.alttext;
  walk(
    math.children,
    (node) => {
      if (isTag(node) && node.name === 'annotation' && /tex/i.test(node.attribs.encoding ?? '')) tex = getText(node, MAX_TEX + 1);
      // A formula in it has TeX of its own; and each element is looked at once, however deep formulas nest.
      return isTag(node) && node.name !== 'math';
    },
    () => undefined,
  );
  const line = tex?.replace(/\s+/g, ' ').trim() ?? '';
  return line !== '' && line.length <= MAX_TEX ? line : undefined;
}

/** Where scripts that load pictures late keep their addresses. */
const LAZY = ['data-src', 'data-original', 'data-lazy-src', 'data-lazy', 'data-original-src', 'data-img-src', 'data-hi-res-src'];

/** Lazy loading keeps the picture's address elsewhere, and a placeholder in src; `picture` has it in its sources. */
function lazySource(image: Element): { src?: string } {
  const { attribs } = image;
  const { src = '' } = attribs;
  const isPlaceholder = src === '' || src.startsWith('data:');
  const lazy =
    LAZY.map((name) => attribs[name]).find((value) => value !== undefined && value !== '') ??
    (isPlaceholder ? (largestOf(attribs['data-srcset'] ?? attribs.srcset) ?? ofPicture(image)) : undefined);
  return lazy && !lazy.startsWith('data:') ? { src: lazy } : {};
}

/** The last of a `srcset`: they are written from small to large. */
const largestOf = (srcset: string | undefined): string | undefined =>
  srcset
    ?.split(/,\s+/)
    .map((part) => part.trim().split(/\s+/)[0])
    .findLast(Boolean);

function ofPicture({ parent }: Element): string | undefined {
  if (!parent || !isTag(parent) || parent.name !== 'picture') return undefined;
  const sources = parent.children.filter((child): child is Element => isTag(child) && child.name === 'source');
  return sources.map(({ attribs }) => largestOf(attribs.srcset ?? attribs['data-srcset'])).find(Boolean);
}

/** What a page shows without scripts in place of a picture: pictures, links and space around them, and nothing else. */
function isPicture(noscript: Element): boolean {
  let pictures = 0;
  let others = 0;
  walk(
    noscript.children,
    (node) => {
      if (isTag(node) && node.name === 'img') pictures += 1;
      else if (isTag(node) ? !/^(a|picture|source|span|figure)$/.test(node.name) : isText(node) && node.data.trim() !== '')
        others += 1;
      return others === 0;
    },
    () => undefined,
  );
  return pictures > 0 && others === 0;
}

/** As written where it is absolute already: what the publisher wrote is what the reader gets. */
function absoluteUrl(value: string, baseUrl: string): string | undefined {
  // Browsers skip these inside addresses; a check that did not would be walked around.
  // The URL standard strips them.
  const text = value
    .replace(/[\u0000-\u0020]+/g, (space, at: number) => (at === 0 || /[\t\n\r]/.test(space) ? '' : space))
    .trim();
  if (!text || !URL.canParse(text, baseUrl)) return undefined;
  return URL.canParse(text) && /^(https?:\/\/|mailto:)/i.test(text) ? text : new URL(text, baseUrl).href;
}

function safeStyle(style: string): string | undefined {
  const declarations = style
    .split(';')
    .map((part) => part.trim())
    .filter(Boolean);
  const safe = declarations.filter((part) => STYLE.test(part) && !UNSAFE_VALUE.test(part.slice(part.indexOf(':'))));
  if (safe.length === 0) return undefined;
  return safe.length === declarations.length ? style : `${safe.join('; ')};`;
}
