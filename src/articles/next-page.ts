import { type AnyNode, type Document, type Element, isTag } from 'domhandler';
import { readClassWords } from './dom/class-words.js';
import { walk } from './dom/walk.js';

/** Links with such a number that are looked at. */
const MAX_LINKS = 1_000;
/** What the links to an article's pages stand in. */
const PAGER =
  /(^|[-_\s])(pag(e|es|er|ing|ination|inator|enav|e-links|e-nav|e-numbers)|post-page-numbers|multipage|wp-pagenavi|seiten|paginierung)([-_\s]|$)/i;
/** Readers' comments have pages, too. */
const COMMENTS = /comment|disqus|kommentar|replies|forum/i;
/** Where addresses have the number of a page: `?page=2`, `/2`, `/page/2`, `-2.html`, `,page=2`. */
const IN_QUERY = /^(page|p|pg|seite|pagina|pag|s)$/i;
const IN_PATH = /(?:\/(?:page|seite|pagina|pag)?[-_/]?|[-_,](?:page|seite|p|s)?[-_=]?)(\d{1,2})(\.\w{2,5})?\/?$/i;

/**
 * The address of an article's next page: a link `rel=next`, or one of a pager, that leads to this page's own address with the next number.
 * `rel=next` alone would do on no blog: there it is the next story.
 */
export function findNextPage(
  document: Document,
  { pageUrl, number, baseUrl }: { pageUrl: string; number: number; baseUrl: string },
): string | undefined {
  const here = numbered(pageUrl);
  // Stories have numbers, too: the first page of one has none of its own.
  if (here?.number !== number) return undefined;
  // Most links are told by a glance: the number alone in the address.
  const hasNumber = new RegExp(`(?:^|\\D)${number + 1}(?:\\D|$)`);
  let found: string | undefined;
  let links = 0;
  walk(
    document.children,
    (node) => {
      if (found !== undefined || links > MAX_LINKS) return false;
      if (!isTag(node) || (node.name !== 'a' && node.name !== 'link')) return true;
      const { href, rel } = node.attribs;
      if (!href || !hasNumber.test(href) || !URL.canParse(href, baseUrl)) return true;
      links += 1;
      const url = new URL(href, baseUrl);
      const there = /^https?:$/.test(url.protocol) ? numbered(url.href) : undefined;
      if (there?.rest !== here.rest || there.number !== number + 1) return true;
      url.hash = '';
      if (/(^|\s)next(\s|$)/i.test(rel ?? '') || (node.name === 'a' && isInPager(node))) found = url.href;
      return true;
    },
    () => undefined,
  );
  return found;
}

function isInPager(link: Element): boolean {
  let pager = false;
  for (let up: AnyNode | null = link; up && isTag(up); up = up.parent) {
    const words = readClassWords(up);
    if (COMMENTS.test(words)) return false;
    pager ||= PAGER.test(words) && up.name !== 'body' && up.name !== 'html';
  }
  return pager;
}

/** An address without the number of its page, and that number: 1 where it has none. */
function numbered(address: string): { rest: string; number: number } | undefined {
  if (!URL.canParse(address)) return undefined;
  const { host, pathname, searchParams } = new URL(address);
  const names = [...searchParams.keys()].filter((name) => IN_QUERY.test(name) && /^\d{1,2}$/.test(searchParams.get(name) ?? ''));
  const [name] = names;
  let number = name === undefined ? undefined : Number(searchParams.get(name));
  if (name !== undefined) searchParams.delete(name);
  let path = pathname;
  const match = number === undefined ? IN_PATH.exec(path) : null;
  if (match && Number(match[1]) > 1) {
    number = Number(match[1]);
    path = path.slice(0, match.index) + (match[2] ?? '');
  }
  searchParams.sort();
  return { rest: `${host}${path.replace(/\/$/, '')}?${searchParams}`, number: number ?? 1 };
}
