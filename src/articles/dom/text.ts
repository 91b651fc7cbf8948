import { type AnyNode, type Element, isTag, isText } from 'domhandler';

/** Nodes read for one text. The limit bounds the work on hostile pages that nest headings in headings around all their text. */
const MAX_NODES = 2_000;

/**
 * The text of an element, without that of scripts and styles. Stops at the first text node that reaches `limit` characters,
 * and puts `between` between the text nodes.
 */
export function getText(element: Element, limit = Number.POSITIVE_INFINITY, between = ''): string {
  const parts: string[] = [];
  let [length, nodes] = [0, 0];
  let node: AnyNode | null = element.children[0] ?? null;
  while (node && length < limit && nodes < MAX_NODES) {
    nodes += 1;
    if (isText(node)) {
      parts.push(node.data);
      length += node.data.length;
    }
    const first: AnyNode | undefined =
      isTag(node) && node.name !== 'style' && node.name !== 'script' ? node.children[0] : undefined;
    if (first) {
      node = first;
      continue;
    }
    while (node && !node.next) node = node.parent === element ? null : (node.parent as AnyNode | null);
    node = node?.next ?? null;
  }
  return parts.join(between);
}

/** The text of an element on one line, its white space collapsed; about the first 1,000 characters. */
export const getTextLine = (element: Element): string =>
  getText(element, 1_000)
    .replace(/[\s\u200b]+/g, ' ')
    .trim();
