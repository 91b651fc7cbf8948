import { load } from 'cheerio/slim';
import { type Document, type Element, isTag } from 'domhandler';
import { canParseUrl } from '../text/url.js';
import { compileClassWords, readClassWords } from './dom/class-words.js';
import { walk } from './dom/walk.js';

/** Candidate links examined per page. */
const MAX_LINKS = 1_000;
/** Class and id words of the element around the links to an article's pages, matched as whole words. */
const PAGER = compileClassWords(`
  page
  pages
  pager
  paging
  pagination
  paginator
  pagenav
  multipage
  wp-pagenavi
  # de
  seiten
  paginierung
`);
/** Class and id words of a comment section, which may have pages of its own. */
const COMMENTS = /comment|disqus|kommentar|replies|forum/i;
/** Names of the query parameter that holds a page number: `?page=2`. */
const PAGE_PARAMETER = /^(page|p|pg|seite|pagina|pag|s)$/i;
/** A page number at the end of a path: `/2`, `/page/2`, `-2.html`, `,page=2`. */
const PAGE_IN_PATH = /(?:\/(?:page|seite|pagina|pag)?[-_/]?|[-_,](?:page|seite|p|s)?[-_=]?)(\d{1,2})(\.\w{2,5})?\/?$/i;

interface PageContext {
  pageUrl: string;
  /** Which page of the article this is, from 1. */
  number: number;
  baseUrl: string;
}

/**
 * The URL of an article's next page: a `rel=next` link or a pager's link to this page's own URL with the next number.
 * `rel=next` alone is not enough, because on blogs it leads to the next story.
 */
export function findNextPage(document: Document, { pageUrl, number, baseUrl }: PageContext): string | undefined {
  const here = splitPageNumber(pageUrl);
  // A number in the first page's URL belongs to the story.
  if (here?.number !== number) return undefined;
  const next = number + 1;
  for (const link of findNumberedLinks(document, next)) {
    const href = link.attribs.href ?? '';
    if (!canParseUrl(href, baseUrl)) continue;
    const url = new URL(href, baseUrl);
    const there = /^https?:$/.test(url.protocol) ? splitPageNumber(url.href) : undefined;
    if (there?.rest !== here.rest || there.number !== next) continue;
    url.hash = '';
    if (/(^|\s)next(\s|$)/i.test(link.attribs.rel ?? '') || (link.name === 'a' && isInPager(document, link))) return url.href;
  }
  return undefined;
}

/**
 * Links whose address holds the number on its own. This rules out most links of a page before any URL is parsed. It runs on
 * every page, so it walks the tree: a selector would make cheerio remember every element that it tests.
 */
function findNumberedLinks(document: Document, number: number): Element[] {
  const isNumbered = new RegExp(`(?:^|\\D)${number}(?:\\D|$)`);
  const digits = String(number);
  const links: Element[] = [];
  walk(
    document.children,
    (node) => {
      if (!isTag(node) || (node.name !== 'a' && node.name !== 'link')) return links.length < MAX_LINKS;
      const href = node.attribs.href ?? '';
      if (href.includes(digits) && isNumbered.test(href)) links.push(node);
      return links.length < MAX_LINKS;
    },
    () => undefined,
  );
  return links;
}

function isInPager(document: Document, link: Element): boolean {
  const around = [link, ...load(document)(link).parents().toArray()];
  if (around.some((element) => COMMENTS.test(readClassWords(element)))) return false;
  return around.some((element) => element.name !== 'body' && element.name !== 'html' && PAGER.test(readClassWords(element)));
}

/** Splits a URL into the page number in it (1 if there is none) and the rest, which all pages of an article share. */
function splitPageNumber(address: string): { rest: string; number: number } | undefined {
  if (!canParseUrl(address)) return undefined;
  const { host, pathname, searchParams } = new URL(address);
  const { path, number } = takePageParameter(searchParams, pathname) ?? takePageInPath(pathname);
  searchParams.sort();
  return { rest: `${host}${path.replace(/\/$/, '')}?${searchParams}`, number };
}

/** Removes the page number from the query; undefined if it has none. */
function takePageParameter(query: URLSearchParams, path: string): { path: string; number: number } | undefined {
  const name = [...query.keys()].find((key) => PAGE_PARAMETER.test(key) && /^\d{1,2}$/.test(query.get(key) ?? ''));
  if (name === undefined) return undefined;
  const number = Number(query.get(name));
  query.delete(name);
  return { path, number };
}

function takePageInPath(path: string): { path: string; number: number } {
  const match = PAGE_IN_PATH.exec(path);
  const number = Number(match?.[1] ?? 1);
  return match && number > 1 ? { path: path.slice(0, match.index) + (match[2] ?? ''), number } : { path, number: 1 };
}
