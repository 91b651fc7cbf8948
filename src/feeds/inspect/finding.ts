import { present } from '../../text/present.js';
import { toPrintable } from '../../text/printable.js';

/** Something wrong with a feed, and how it was read all the same. */
export interface Finding {
  /** A stable name, for scripts. */
  code: string;
  /** One or two sentences for people. */
  text: string;
  /** How many entries or places it concerns; absent if it concerns the document. */
  count?: number;
  /** The first of them, shortened to one line. */
  example?: string;
}

/** Longest example, in characters. */
const MAX_EXAMPLE = 80;

/** A finding about these places, if there are any. */
export function findingAt(code: string, text: string, places: readonly (string | undefined)[]): Finding[] {
  const [first = ''] = places;
  if (places.length === 0) return [];
  // Cut first, so that the work is bounded. The cut may leave half a character.
  const example = toPrintable(first.trim().slice(0, MAX_EXAMPLE).toWellFormed()).trim();
  return [{ code, text, count: places.length, ...present({ example: example || undefined }) }];
}

/** A finding about the document, if the condition holds. */
export const findingIf = (condition: boolean, code: string, text: string): Finding[] => (condition ? [{ code, text }] : []);
