import { wellFormed } from './well-formed.js';

/**
 * The limits of what a feed or a page says in a single field, in characters unless stated. Texts beyond a limit are cut; an
 * address, a language or a number beyond it is left out, since a part of it would mean something else. Bodies have limits of
 * their own (documents and pages are cut when they are fetched).
 */
export const FIELD_LIMITS = {
  /** A headline; the longest real ones have some 300. */
  title: 1_000,
  /** The name of an author, a site or a section. */
  name: 200,
  /** A tag or category. */
  tag: 200,
  /** The description of a feed, or the caption of an image. */
  sentence: 1_000,
  /** A date as it was written. */
  date: 200,
  /** A media type; RFC 6838 §4.2 allows 127 for each of its two parts. */
  mediaType: 255,
  /** A language tag: RFC 5646 §4.4.1 asks for room for 35. */
  language: 35,
  /** An identifier of an entry; a longer one is replaced by its hash, which identifies it as well. */
  guid: 2_000,
  /** An address of a file or an image: those with signatures are longer than those of pages. */
  url: 4_000,
  /** Authors of one article (number). */
  authors: 100,
  /** Tags of one article (number). */
  tags: 100,
  /** Files of one entry (number). */
  files: 100,
  /** Size of a file, in bytes: a petabyte. */
  bytes: 1e15,
  /** Duration of a file, in seconds: a year. */
  seconds: 31_622_400,
} as const;

/**
 * Characters that embed, override or isolate a direction of writing (UAX #9 §2.1 to §2.4). In a list of titles they reorder the
 * text that follows, and can make a name look like another. The marks U+200E, U+200F and U+061C stay: Hebrew and Arabic need
 * them, and they affect only their neighbours.
 */
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;

/** A text for people: without bidi controls, cut at `limit`; undefined if nothing is left. */
export function limitText(text: string | undefined, limit: number): string | undefined {
  // Cut before anything else, so that the work is bounded as well.
  const kept = text?.slice(0, limit).replace(BIDI_CONTROLS, '').trim();
  return kept ? wellFormed(kept) : undefined;
}

/** The first `count` of the texts, each as `limitText` gives it. */
export const limitTexts = (texts: readonly string[], limit: number, count: number): string[] =>
  texts.slice(0, count).flatMap((text) => limitText(text, limit) ?? []);

/** A value that is worth nothing in part: the whole of it, or undefined if it is longer than `limit`. */
export const keepWhole = (text: string | undefined, limit: number): string | undefined =>
  text !== undefined && text.length <= limit ? text : undefined;

/** A number above 0 and at most `limit`, else undefined. */
export const keepNumber = (value: number | undefined, limit: number): number | undefined =>
  value !== undefined && value > 0 && value <= limit ? value : undefined;
