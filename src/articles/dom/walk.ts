import { type AnyNode, type Element, isTag } from 'domhandler';

/**
 * Visits trees in document order. `enter` is called for each node and returns false to skip a node and everything in it;
 * `leave` is called for each element that was entered, after its children.
 *
 * The walk follows the links between nodes instead of recursing, because hostile pages nest deeper than the call stack.
 */
export function walk(roots: readonly AnyNode[], enter: (node: AnyNode) => boolean, leave: (node: Element) => void): void {
  for (const root of roots) {
    let node: AnyNode | null = root;
    while (node) {
      const entered: boolean = enter(node);
      if (entered && isTag(node)) {
        const [first]: AnyNode[] = node.children;
        if (first) {
          node = first;
          continue;
        }
        leave(node);
      }
      while (node && node !== root && !node.next) {
        node = node.parent as Element;
        leave(node as Element);
      }
      node = node === root ? null : (node?.next ?? null);
    }
  }
}
