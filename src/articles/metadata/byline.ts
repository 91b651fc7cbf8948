import {
  AUTHOR_LABELS,
  BEFORE_BY,
  BY_WORDS,
  BYLINE_MARKERS,
  CREDIT_LABELS,
  NAME_JOINERS,
  NAME_PARTICLES,
} from './words/byline-words.js';
import { DATE_INTRODUCTIONS, TIME_UNITS } from './words/dateline-words.js';
import { CREDENTIALS, NOT_NAMES, ROLE_AND_BUTTON_WORDS } from './words/not-name-words.js';

/** Characters of the longest text that can be a name; a longer one is a sentence. */
const MAX_NAME = 60;
/** Words of the longest text that can be a name. */
const MAX_NAME_WORDS = 6;
/** Characters of a byline that are read; what follows them is not part of it. */
const MAX_BYLINE = 400;
/** The most names that are returned; a text with more is a list of something else. */
const MAX_NAMES = 20;

/** The label before the names: "By", "Von", "Autor:", "Photos by". */
const LABEL = new RegExp(
  String.raw`^(?:(?:${BEFORE_BY})\s+)?(?:${AUTHOR_LABELS}|${BY_WORDS}|${CREDIT_LABELS})(?:\s*[:：●／/|]\s*|\s+)`,
  'iu',
);
const BYLINE_START = new RegExp(String.raw`^\s*(${AUTHOR_LABELS}|${BY_WORDS}|${BYLINE_MARKERS})(\s*[:：●]|\s|$)`, 'iu');
const AUTHOR_LABEL_START = new RegExp(String.raw`^\s*(${AUTHOR_LABELS})\s*[:：]`, 'iu');
/** What stands between two names: a punctuation mark, or a word for "and". */
const BETWEEN_NAMES = new RegExp(String.raw`\s*(?:[,;|•·、，；\n]|\s[&+]\s|\s(?:${NAME_JOINERS})\s)\s*`, 'iu');
/** Separates the segments of a byline: who, when, how long it takes to read. */
const BETWEEN_SEGMENTS = /\s*[|·•]\s*/;
const PARTICLE = new RegExp(String.raw`^(?:${NAME_PARTICLES}|d['’]\p{Lu}.*|l['’]\p{Lu}.*)$`, 'u');

/** The rest of a segment from where it stops naming people and tells when, where, for whom or how long. */
const AFTER_NAMES = new RegExp(
  String.raw`\s*(?:${[
    String.raw`\(|\[|\s[–—-]\s|\/\s`,
    String.raw`\bon\s+(?:behalf|\w{3,9}\s+\d)|\bfor\s|\bsagt\b`,
    String.raw`\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b`,
    String.raw`\b(?:${DATE_INTRODUCTIONS})\s+(?:on\s+)?\d`,
    String.raw`\b\d{1,2}[./-]\d{1,2}[./-]|\b(?:19|20)\d{2}\b`,
    String.raw`\d+\s*(?:${TIME_UNITS})\b`,
    '@|https?:',
  ].join('|')}).*$`,
  'isu',
);

/** A part of a byline that is a role, a button, a degree or a placeholder. */
const NOT_A_NAME = new RegExp(String.raw`^(?:.*\b(?:${ROLE_AND_BUTTON_WORDS})\b.*|${CREDENTIALS}|${NOT_NAMES})$`, 'iu');

const EMAIL_ADDRESS = /\S+@\S+/g;
/** What no name contains: digits, addresses, markup, ellipses. */
const NOT_IN_NAMES = /[\d@<>{}=?!]|\/\/|www\.|…|\.\.\./;
const PUNCTUATION_AROUND_NAME = /^[\s"“”«»'’.:–—-]+|[\s"“”«»:–—-]+$/g;

/**
 * Reads the names in a byline: "By Ada Example and B. Muster | 3 min read" gives two. Labels, roles, degrees, dates and
 * buttons are left out. Returns an empty list where the text names nobody.
 */
export function readByline(byline: string): string[] {
  const line = byline.slice(0, MAX_BYLINE).replace(EMAIL_ADDRESS, '').replace(/\s+/g, ' ').trim();
  for (const segment of line.split(BETWEEN_SEGMENTS)) {
    const names = stripLabels(segment)
      .replace(AFTER_NAMES, '')
      .split(BETWEEN_NAMES)
      .map((part) => stripLabels(part).replace(PUNCTUATION_AROUND_NAME, ''))
      .filter(isName);
    if (names.length > 0) return [...new Set(names)].slice(0, MAX_NAMES);
  }
  return [];
}

/** Whether a text begins as bylines do: "By …", "Autor: …". */
export const beginsAsByline = (text: string): boolean => BYLINE_START.test(text);

/** Whether a text begins with a label that can only mean the author: "Autor: …", but not "By …". */
export const beginsWithAuthorLabel = (text: string): boolean => AUTHOR_LABEL_START.test(text);

/** Whether no word of a name begins in lower case, particles such as "van" aside. True for scripts without case. */
export const isCapitalized = (name: string): boolean =>
  name.split(' ').every((word) => !/^\p{Ll}/u.test(word) || PARTICLE.test(word));

/** Removes up to two labels: "Text: Von Eva Muster" has both. */
function stripLabels(text: string): string {
  const once = text.replace(LABEL, '');
  return once === text ? text : once.replace(LABEL, '');
}

const isName = (text: string): boolean =>
  text.length >= 2 &&
  text.length <= MAX_NAME &&
  text.split(' ').length <= MAX_NAME_WORDS &&
  /\p{L}{2}/u.test(text) &&
  !NOT_IN_NAMES.test(text) &&
  !NOT_A_NAME.test(text);
