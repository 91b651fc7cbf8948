import { type Element, isTag } from 'domhandler';

/** Contents of a page's `meta` elements by their name in lower case, in document order. */
export type MetaElements = Map<string, string[]>;

/** Contents kept of one name; no article has more authors or tags. */
const MAX_CONTENTS = 50;

/** Adds a `meta` element under each of its names: `property`, `name`, `http-equiv` and `itemprop`. */
export function addMetaElement(meta: MetaElements, element: Element): void {
  const { attribs } = element;
  const content = (attribs.content ?? attribs.value)?.trim();
  if (!content) return;
  const itemprop = attribs.itemprop !== undefined && !isOfNestedItem(element) ? attribs.itemprop : undefined;
  for (const key of [attribs.property, attribs.name, attribs['http-equiv'], itemprop]) {
    if (!key) continue;
    const name = key.trim().toLowerCase();
    const contents = meta.get(name);
    if (!contents) meta.set(name, [content]);
    else if (contents.length < MAX_CONTENTS) contents.push(content);
  }
}

/** The first content of the first of these names that the page has. */
export function firstMeta(meta: ReadonlyMap<string, readonly string[]>, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const content = meta.get(name)?.[0];
    if (content) return content;
  }
  return undefined;
}

/**
 * Whether a microdata property describes an item within the article, such as a work that it cites, rather than the article:
 * an item that is itself a property (HTML, section 5.2.2).
 */
function isOfNestedItem(element: Element): boolean {
  for (let parent = element.parent; parent && isTag(parent); parent = parent.parent)
    if (parent.attribs.itemscope !== undefined) return parent.attribs.itemprop !== undefined;
  return false;
}
