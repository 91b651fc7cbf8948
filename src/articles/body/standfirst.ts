import { type Document, type Element, isTag } from 'domhandler';
import { splitCamelCase } from '../dom/class-words.js';
import { hasDescendant } from '../dom/relations.js';
import { getTextLine } from '../dom/text.js';
import { walk } from '../dom/walk.js';
import { titleSimilarity } from '../metadata/similarity.js';
import { STANDFIRST_CLASSES } from './words/standfirst-classes.js';

/** Length of a standfirst, in characters: shorter texts are labels, longer ones are the body. */
const MIN_LENGTH = 60;
const MAX_LENGTH = 700;
/** Characters read of a class. */
const MAX_CLASS_LENGTH = 300;

/** The first element between the headline and the body that its class names a standfirst, and that is as long as a paragraph. */
export function findStandfirst(
  document: Document,
  root: Element,
  { title, isClutter }: { title: string; isClutter(element: Element): boolean },
): Element | undefined {
  let [headlineSeen, bodySeen]: [boolean, boolean] = [false, false];
  let standfirst: Element | undefined;
  walk(
    document.children,
    (node) => {
      bodySeen ||= node === root;
      if (bodySeen || standfirst || !isTag(node) || isClutter(node)) return false;
      if (node.name === 'h1' && titleSimilarity(getTextLine(node), title) > 0.6) headlineSeen = true;
      else if (headlineSeen && isStandfirst(node)) standfirst = node;
      return standfirst === undefined;
    },
    () => undefined,
  );
  return standfirst;
}

function isStandfirst(element: Element): boolean {
  if (!hasStandfirstName(element)) return false;
  const { length } = getTextLine(element);
  return length >= MIN_LENGTH && length <= MAX_LENGTH && !hasDescendant(element, /^(h1|li|figure|time)$/);
}

const hasStandfirstName = ({ attribs }: Element): boolean =>
  attribs.itemprop === 'description' || STANDFIRST_CLASSES.test(splitCamelCase((attribs.class ?? '').slice(0, MAX_CLASS_LENGTH)));
