import { MONTH_NAMES } from './dates/month-names.js';

/** How a date was written, so that a reader can check how it was understood. */
export interface WrittenAs {
  text: string;
  /** The text names no zone, or an unknown one, so UTC was assumed. */
  zoneAssumed: boolean;
}

/**
 * Simplifies a text for comparison: lower case, no accents, digits of every script as 0 to 9, full-width forms as plain ones,
 * every dash as a hyphen, no direction marks, single spaces.
 */
export const foldText = (text: string): string =>
  (ASCII.test(text) ? text.toLowerCase() : foldLetters(text)).replace(/\s+/g, ' ').trim();

/** Matches most dates; they only need lower case. */
const ASCII = /^[\t\n\r\x20-\x7E]*$/;

const foldLetters = (text: string): string =>
  toLatinDigits(text)
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036F\u0653-\u0655\p{Cf}]/gu, '')
    .normalize('NFC')
    .replace(/ı/g, 'i')
    .replace(/[‐‑‒–—−]/g, '-');

/**
 * Digits of the scripts whose zero has a code point divisible by 16: Arabic, Persian, Thai, Lao, Burmese and full-width. In
 * Indian scripts, the remainder of zero is 6.
 */
const ZERO_AT_ROW_START = /[\u0660-\u0669\u06F0-\u06F9\u0E50-\u0E59\u0ED0-\u0ED9\u1040-\u1049\uFF10-\uFF19]/;

/** Writes the decimal digits of every script as 0 to 9. */
export const toLatinDigits = (text: string): string =>
  text.replace(/(?![0-9])\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    return String(ZERO_AT_ROW_START.test(digit) ? code % 16 : (code + 10) % 16);
  });

/** A folded month name, and its month (1 to 12). */
type MonthName = readonly [name: string, month: number];

/** The names in one line of the list, January to December. */
const parseLine = (line: string): MonthName[] =>
  line.split(' ').flatMap((names, i) => (names === '-' ? [] : names.split('/').map((name) => [foldText(name), i + 1] as const)));

/** Month names by their first three letters, the longest first. */
const NAMES_BY_START = new Map<string, MonthName[]>();
for (const [name, month] of new Map(MONTH_NAMES.flatMap(parseLine))) {
  const start = name.slice(0, 3);
  NAMES_BY_START.set(start, [...(NAMES_BY_START.get(start) ?? []), [name, month]]);
}
for (const names of NAMES_BY_START.values()) names.sort(([a], [b]) => b.length - a.length);

/** The month (1 to 12) whose name a folded word is or starts with; undefined for any other word. */
export function findMonth(word: string): number | undefined {
  const names = NAMES_BY_START.get(word.slice(0, 3)) ?? NAMES_BY_START.get(word.slice(0, 2));
  const month = names?.find(([name]) => word.startsWith(name))?.[1];
  // Hebrew puts "in" (ב) before the name.
  return month ?? (word.startsWith('ב') ? findMonth(word.slice(1)) : undefined);
}
