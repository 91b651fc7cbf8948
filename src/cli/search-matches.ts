import { wellFormed } from '../text/well-formed.js';

/** A part of a text: from `start` up to, but not including, `end`, in UTF-16 code units. */
export interface Span {
  start: number;
  end: number;
}

/** A piece of a text around what was searched for, and where in it the matches are. */
export interface Snippet {
  text: string;
  matches: Span[];
}

/** Length of a snippet and of what comes before its first match, in UTF-16 code units: three lines of a terminal. */
const SNIPPET = 240;
const BEFORE = 60;
/** Characters of a text that are searched; the index has as many. */
const MAX_TEXT = 60_000;
/** Characters of a query that count, as in feedmill.search(). */
const MAX_QUERY = 1_000;
/** Matches that are looked at to find the best snippet. */
const MAX_MATCHES = 500;

/** Scripts that the search splits into characters: see `paired_scripts` in db/contract/30-search.sql. */
const PAIRED = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Bopo}\p{sc=Thai}\p{sc=Laoo}\p{sc=Mymr}\p{sc=Khmr}々〆〇ー]/u;
const WORD_CHARACTER = /[\p{L}\p{N}\p{M}]/u;

interface Word extends Span {
  text: string;
}

/** A term of a query as its words, in order. */
export type Term = readonly string[];

/** The words and phrases of a query that must occur, read as feedmill.search() reads them; empty if it has none. */
export function readTerms(query: string): Term[] {
  const parts = query.slice(0, MAX_QUERY).matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g);
  return [...parts].flatMap(([, sign, phrase, word]) => {
    const words = sign ? [] : splitWords(phrase ?? word ?? '').map(({ text }) => text);
    return words.length > 0 ? [words] : [];
  });
}

/** Where the terms occur in a text, in order and without overlaps; at most MAX_MATCHES. */
export const findMatches = (text: string, terms: readonly Term[]): Span[] => mergeSpans(locate(text, terms));

/** The piece of a text with the most different terms, and its matches; the beginning of the text if there are none. */
export function cutSnippet(content: string, terms: readonly Term[]): Snippet {
  const text = content.replace(/\s+/g, ' ');
  const found = locate(text, terms);
  const first = chooseStart(found);
  const start = first > BEFORE ? skipBrokenWord(text, first - BEFORE, first) : 0;
  const end = Math.min(start + SNIPPET, text.length);
  const [head, tail] = [start > 0 ? '…' : '', end < text.length ? '…' : ''];
  const shown = head + wellFormed(text.slice(start, end)) + tail;
  const matches = mergeSpans(found).filter((match) => match.start >= start && match.end <= end);
  const shift = head.length - start;
  return { text: shown, matches: matches.map((match) => ({ start: match.start + shift, end: match.end + shift })) };
}

interface Found extends Span {
  term: number;
}

function locate(text: string, terms: readonly Term[]): Found[] {
  const words = splitWords(text.slice(0, MAX_TEXT));
  const found: Found[] = [];
  for (const [at, word] of words.entries()) {
    for (const [number, term] of terms.entries()) {
      if (!term.every((wanted, n) => words[at + n]?.text === wanted)) continue;
      found.push({ start: word.start, end: words[at + term.length - 1]?.end ?? word.end, term: number });
    }
    if (found.length >= MAX_MATCHES) break;
  }
  return found;
}

/** Where the match begins from which most different terms follow within a snippet; 0 without a match. */
function chooseStart(found: readonly Found[]): number {
  let best = { count: 0, start: 0 };
  for (const [at, { start }] of found.entries()) {
    const terms = new Set<number>();
    for (let n = at; n < found.length; n += 1) {
      const match = found[n];
      if (!match || match.end > start + SNIPPET - BEFORE) break;
      terms.add(match.term);
    }
    if (terms.size > best.count) best = { count: terms.size, start };
  }
  return best.start;
}

/** The position after the word that `from` is in, if there is one before `to`. */
function skipBrokenWord(text: string, from: number, to: number): number {
  const space = text.slice(from, to).indexOf(' ');
  return space < 0 ? from : from + space + 1;
}

function mergeSpans(found: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const { start, end } of [...found].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** Splits a text into words without accents and in lower case. Each character of a paired script is a word. */
function splitWords(text: string): Word[] {
  const words: Word[] = [];
  let open: Word | undefined;
  let at = 0;
  for (const character of text) {
    const [start, end] = [at, at + character.length];
    at = end;
    if (!WORD_CHARACTER.test(character)) {
      open = undefined;
      continue;
    }
    const folded = fold(character);
    if (open && !PAIRED.test(character)) {
      open.text += folded;
      open.end = end;
    } else {
      const word = { start, end, text: folded };
      words.push(word);
      open = PAIRED.test(character) ? undefined : word;
    }
  }
  return words.filter((word) => word.text !== '');
}

const fold = (character: string): string =>
  /[a-z0-9]/.test(character) ? character : character.normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFKC').toLowerCase();
