import { Parser } from 'htmlparser2';
import { wellFormedAll } from '../web/well-formed.js';
import type { ParsedEntry, ParsedFeed } from './feed.js';

/** More entries than this are no news but an archive; the newest are kept. */
const MAX_ENTRIES = 1_000;
/** Longest title that is one, in characters. */
const MAX_TITLE = 1_000;

/** Markup around a title that is read for its text, in characters; what lies beyond is no title. */
const MAX_MARKUP = 20 * MAX_TITLE;

/** By events and not by a tree: a tree of many levels is walked by recursion, which overflows. */
function withoutMarkup(html: string): string {
  const texts: string[] = [];
  const parser = new Parser({ ontext: (text) => texts.push(text) });
  parser.end(html);
  return texts.join('');
}

/** Text out of what may hold markup and entities: one line, without controls. */
export function plainText(html: string): string {
  return (/[<&]/.test(html) ? withoutMarkup(html.slice(0, MAX_MARKUP)) : html)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_TITLE);
}

/** An http(s) address made absolute; undefined for any other. */
export function absolute(url: string | undefined, base: string): string | undefined {
  const text = url?.trim();
  if (!text || !URL.canParse(text, base)) return undefined;
  const { href, protocol } = new URL(text, base);
  return /^https?:$/.test(protocol) ? href : undefined;
}

/** Bounds the number of entries (the newest are kept, in the document's order), and leaves only text that can be stored. */
export const finishFeed = (feed: Omit<ParsedFeed, 'entries' | 'entriesDropped'>, entries: readonly ParsedEntry[]): ParsedFeed =>
  wellFormedAll(boundEntries(feed, entries));

function boundEntries(feed: Omit<ParsedFeed, 'entries' | 'entriesDropped'>, entries: readonly ParsedEntry[]): ParsedFeed {
  if (entries.length <= MAX_ENTRIES) return { ...feed, entries: [...entries], entriesDropped: 0 };
  const dated = entries.every(({ publishedAt, updatedAt }) => publishedAt ?? updatedAt);
  const when = ({ publishedAt, updatedAt }: ParsedEntry) => (publishedAt ?? updatedAt)?.getTime() ?? 0;
  const newest = dated ? [...entries].sort((a, b) => when(b) - when(a)) : entries;
  const kept = new Set(newest.slice(0, MAX_ENTRIES));
  return { ...feed, entries: entries.filter((entry) => kept.has(entry)), entriesDropped: entries.length - kept.size };
}
