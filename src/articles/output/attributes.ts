import { type Element, isTag } from 'domhandler';
import { present } from '../../text/present.js';
import { canParseUrl } from '../../text/url.js';
import { getText } from '../dom/text.js';
import { walk } from '../dom/walk.js';
import { GLOBAL_ATTRIBUTES, MATHML_ELEMENTS } from './allow-list.js';
import { findLazySource } from './lazy-images.js';

/** An attribute whose value is not escaped yet. */
export type Attribute = [name: string, value: string];

/** Attributes that hold a URL, and the schemes allowed in each. */
const URL_SCHEMES: Record<string, RegExp> = { href: /^(https?|mailto):/i, src: /^https?:/i, poster: /^https?:/i };
/** CSS properties that cannot cover the page, and values that load nothing. */
const SAFE_PROPERTY = /^(color|background-color|text-align|font-style|font-weight|text-decoration)$/i;
const SAFE_VALUE = /^[#\w\s.,%()-]{1,60}$/;
const UNSAFE_VALUE = /url|expression|image|var|env|attr/i;
/** Values of MathML attributes: words and lengths. */
const FORMULA_VALUE = /^[\w.%+ -]{1,40}$/;
/** Longest TeX source kept for a formula, in characters. */
const MAX_TEX = 1_000;

/** The attributes of an element that are allowed by name and safe by value; URLs are made absolute. */
export function sanitizeAttributes(element: Element, allowed: readonly string[], baseUrl: string): Attribute[] {
  if (Object.hasOwn(MATHML_ELEMENTS, element.name)) return sanitizeFormulaAttributes(element, allowed);
  const given = element.name === 'img' ? { ...element.attribs, ...present({ src: findLazySource(element) }) } : element.attribs;
  return Object.entries(given).flatMap(([name, value]): Attribute[] => {
    if (!allowed.includes(name) && !GLOBAL_ATTRIBUTES.includes(name)) return [];
    const safe = sanitizeValue(name, value, baseUrl);
    return safe === undefined ? [] : [[name, safe]];
  });
}

function sanitizeValue(name: string, value: string, baseUrl: string): string | undefined {
  if (name === 'style') return sanitizeStyle(value);
  if (name === 'dir') return /^(ltr|rtl|auto)$/i.test(value) ? value : undefined;
  const scheme = URL_SCHEMES[name];
  if (!scheme) return value;
  const url = resolveUrl(value, baseUrl);
  return url && scheme.test(url) ? url : undefined;
}

/**
 * An absolute URL stays as the publisher wrote it, but for characters that end an attribute, a tag or a link in what may be
 * made of it; a relative one is resolved. Undefined if it is not a URL.
 */
function resolveUrl(value: string, baseUrl: string): string | undefined {
  // Browsers ignore line breaks, tabs and leading controls in URLs (URL standard, basic URL parser), so `java\nscript:` must
  // be caught.
  const text = value
    .replace(/[\u0000-\u0020]+/g, (space, at: number) => (at === 0 || /[\t\n\r]/.test(space) ? '' : space))
    .trim();
  if (!text || !canParseUrl(text, baseUrl)) return undefined;
  return encodeDelimiters(canParseUrl(text) && /^(https?:\/\/|mailto:)/i.test(text) ? text : new URL(text, baseUrl).href);
}

/** Percent-encodes white space, quotes and angle brackets, as browsers do before they send a URL. */
const encodeDelimiters = (url: string): string =>
  url.replace(/[\s"'`<>]/g, (character) => (character === "'" ? '%27' : encodeURIComponent(character)));

/** The safe declarations of a style; the style as written if all are safe, undefined if none is. */
function sanitizeStyle(style: string): string | undefined {
  const declarations = style
    .split(';')
    .map((part) => part.trim())
    .filter(Boolean);
  const safe = declarations.filter(isSafeDeclaration);
  if (safe.length === 0) return undefined;
  return safe.length === declarations.length ? style : `${safe.join('; ')};`;
}

function isSafeDeclaration(declaration: string): boolean {
  const colon = declaration.indexOf(':');
  const value = declaration.slice(colon + 1).trim();
  return (
    colon > 0 && SAFE_PROPERTY.test(declaration.slice(0, colon).trim()) && SAFE_VALUE.test(value) && !UNSAFE_VALUE.test(value)
  );
}

function sanitizeFormulaAttributes(element: Element, allowed: readonly string[]): Attribute[] {
  const given = Object.entries(element.attribs).filter(
    ([name, value]) => allowed.includes(name) && name !== 'alttext' && FORMULA_VALUE.test(value),
  );
  const tex = element.name === 'math' ? findTex(element) : undefined;
  return tex ? [...given, ['alttext', tex]] : given;
}

/** The TeX source of a formula: from its annotation (MathML 3 §5.1.2), or else its `alttext`. */
function findTex(math: Element): string | undefined {
  let tex = math.attribs.alttext;
  walk(
    math.children,
    (node) => {
      if (isTag(node) && node.name === 'annotation' && /tex/i.test(node.attribs.encoding ?? '')) tex = getText(node, MAX_TEX + 1);
      // A nested formula has TeX of its own. Skipping it also keeps the time linear where formulas nest.
      return isTag(node) && node.name !== 'math';
    },
    () => undefined,
  );
  const line = tex?.replace(/\s+/g, ' ').trim() ?? '';
  return line !== '' && line.length <= MAX_TEX ? line : undefined;
}
