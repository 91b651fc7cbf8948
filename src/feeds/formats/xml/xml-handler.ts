import type { Namespaces, Vocabulary } from './namespaces.js';

/** A start tag. */
export interface XmlElement {
  /** The local name, in lower case. */
  name: string;
  vocabulary: Vocabulary;
  /** By local name, and those with a prefix also by their full name, in lower case; `xml:base` and `xml:lang` only by that. */
  attributes: ReadonlyMap<string, string>;
  /** The name as written, with its prefix, in lower case. End tags are matched by it. */
  tag: string;
  /** `<item/>` */
  selfClosing: boolean;
  /** The namespaces in scope at it and inside it. */
  namespaces: Namespaces;
}

/**
 * How an element ended: by its own tag (or `/>`), because what followed implies its end, or because the document stops inside
 * it.
 */
export type ElementEnd = 'written' | 'implied' | 'cut';

/** Receives the events of a document, in order. Every `open` is followed by its `close`. */
export interface XmlHandler {
  open(element: XmlElement): void;
  /** Text with its references resolved. One text may arrive in several pieces. */
  text(text: string): void;
  close(element: XmlElement, end: ElementEnd): void;
  /** Whether the start tag `next` inside `open` shows that the end tag of `open` is missing. */
  impliesEnd(open: XmlElement, next: XmlElement): boolean;
}

/** What the parser had to repair, and how often. */
export interface XmlRepairs {
  /** Elements without an end tag. */
  unclosed: number;
  /** End tags that match no open element. */
  strayEnds: number;
  /** Elements whose prefix is not declared. */
  undeclaredPrefixes: number;
  /** HTML's named references, which XML does not define (`&eacute;`). */
  htmlEntities: number;
  /** Ampersands that do not start a reference. */
  bareAmpersands: number;
  /** Control characters, most of which XML forbids. */
  forbiddenCharacters: number;
}

/** Counters that start at zero. */
export const noRepairs = (): XmlRepairs => ({
  unclosed: 0,
  strayEnds: 0,
  undeclaredPrefixes: 0,
  htmlEntities: 0,
  bareAmpersands: 0,
  forbiddenCharacters: 0,
});
