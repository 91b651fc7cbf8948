import { type AnyNode, type Element, isTag } from 'domhandler';
import { walk } from './walk.js';

/** The nearest element of a name, starting with the element itself. */
export function findClosest(element: Element, name: string): Element | undefined {
  let up: AnyNode | null = element;
  while (up && isTag(up) && up.name !== name) up = up.parent;
  return up && isTag(up) ? up : undefined;
}

/** Whether a node is `outer` or lies within it. */
export function isWithin(node: AnyNode, outer: AnyNode): boolean {
  let up: AnyNode | null = node;
  while (up && up !== outer) up = up.parent;
  return up === outer;
}

/** Whether an element contains another whose name matches. */
export function hasDescendant(element: Element, name: RegExp): boolean {
  let found = false;
  walk(
    element.children,
    (node) => {
      found ||= isTag(node) && name.test(node.name);
      return !found;
    },
    () => undefined,
  );
  return found;
}
