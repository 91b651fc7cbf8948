import { load } from 'cheerio';
import { type Element, isTag } from 'domhandler';
import { GLOBAL_ATTRIBUTES, HTML_ELEMENTS, MATHML_ELEMENTS } from '../../src/articles/output/allow-list.js';

/** Longest HTML that is parsed as browsers parse it, in characters: parse5 is not linear on hostile markup. */
const MAX_LENGTH = 100_000;
const URL_SCHEMES: Record<string, RegExp> = { href: /^(https?:\/\/|mailto:)/i, src: /^https?:\/\//i, poster: /^https?:\/\//i };
const STYLE = /^(\s*(color|background-color|text-align|font-style|font-weight|text-decoration)\s*:\s*[#\w\s.,%()-]+;?)*\s*$/i;
const MAX_DESCRIBED = 80;

/** What in sanitized HTML is outside the allow-list. The HTML is read by a parser that works as browsers do: parse5. */
export function findForbidden(html: string): string[] {
  if (html.length > MAX_LENGTH) return [];
  const $ = load(html, null, false);
  return $('*').toArray().filter(isTag).flatMap(checkElement);
}

function checkElement(element: Element): string[] {
  const { name, attribs } = element;
  const own = [HTML_ELEMENTS, MATHML_ELEMENTS].flatMap((list) => (Object.hasOwn(list, name) ? [list[name] ?? []] : [])).flat();
  const isKnown = Object.hasOwn(HTML_ELEMENTS, name) || Object.hasOwn(MATHML_ELEMENTS, name);
  if (!isKnown) return [`element <${name.slice(0, MAX_DESCRIBED)}>`];
  return Object.entries(attribs).flatMap(([attribute, value]) => {
    const isAllowed =
      own.includes(attribute) || GLOBAL_ATTRIBUTES.includes(attribute) || (name === 'math' && attribute === 'alttext');
    const isSafe = (URL_SCHEMES[attribute]?.test(value) ?? true) && (attribute !== 'style' || STYLE.test(value));
    return isAllowed && isSafe ? [] : [`<${name} ${attribute}="${value.slice(0, MAX_DESCRIBED)}">`];
  });
}
