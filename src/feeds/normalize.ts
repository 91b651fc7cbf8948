import { Parser } from 'htmlparser2';

/** More entries than this are no news but an archive; the newest are kept. */
export const MAX_ENTRIES = 1_000;
/** Longest title that is one, in characters. */
export const MAX_TITLE = 1_000;

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
  const bounded = html.slice(0, MAX_MARKUP);
  // All of it looks like markup, as of a title about some tag: then it is meant as text.
  const text = /[<&]/.test(bounded) ? withoutMarkup(bounded) || bounded : html;
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_TITLE)
    .toWellFormed();
}

/** An address as people write it, without its scheme. To RFC 3986 it is a path, but no path of a site is called so. */
const BARE_HOST = /^www\.[^\s/.]+\.[^\s/]/i;

/** An http(s) address made absolute; undefined for any other. */
export function absolute(url: string | undefined, base: string): string | undefined {
  const written = url?.trim();
  const text = written && BARE_HOST.test(written) ? `//${written}` : written;
  if (!text || !URL.canParse(text, base)) return undefined;
  const { href, protocol } = new URL(text, base);
  return /^https?:$/.test(protocol) ? href : undefined;
}

/** Schemes that would run or open something here. */
export const BAD_SCHEME = /^\s*(javascript|vbscript|data|file|blob|about):/i;

/** A link as the feed has it → the entry's page, or the link that can't be one. */
export function entryLink(link: string | undefined, base: string): { url?: string; badLink?: string } {
  if (link !== undefined && BAD_SCHEME.test(link)) return { badLink: link.trim().slice(0, 100) };
  const url = absolute(link, base);
  return url ? { url } : {};
}

/** At most MAX_ENTRIES of the entries: the newest, in the order of the document; where some have no date, the first. */
export function keepNewest<T>(entries: readonly T[], dateOf: (entry: T) => number | undefined): T[] {
  if (entries.length <= MAX_ENTRIES) return [...entries];
  const dated = entries.map((entry) => ({ entry, at: dateOf(entry) }));
  const newest = dated.every(({ at }) => at !== undefined) ? [...dated].sort((a, b) => (b.at ?? 0) - (a.at ?? 0)) : dated;
  const kept = new Set(newest.slice(0, MAX_ENTRIES));
  return dated.filter((one) => kept.has(one)).map(({ entry }) => entry);
}
