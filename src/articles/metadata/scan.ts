import { type AnyNode, type Document, type Element, isTag, isText, type Text } from 'domhandler';
import { canParseUrl } from '../../text/url.js';
import { memoizeByWords, readClassWords } from '../dom/class-words.js';
import { getText, getTextLine } from '../dom/text.js';
import { walk } from '../dom/walk.js';
import { beginsAsByline } from './byline.js';
import { findArticle, findWebPage, type JsonObject, parseJsonLd } from './json-ld.js';
import { addMetaElement, type MetaElements } from './meta-elements.js';
import { AUTHOR_CLASS_WORDS, AUTHOR_FOLDERS, DATE_CLASS_WORDS } from './words/markup-words.js';

/** Elements kept of each kind of candidate, and texts. */
const MAX_CANDIDATES = 400;
/** Figures kept; the lead image is in one of the first. */
const MAX_FIGURES = 20;
/** Characters of a text that may hold a byline or a date. */
const MAX_LINE = 300;
/** Characters of a text that may be a byline without a class or link that says so. */
const MAX_BYLINE = 100;

/** An element that may hold the headline, an author or a date. */
export interface Candidate {
  element: Element;
  /** Number of text nodes before it on the page. Two candidates are as far apart as the texts between them. */
  position: number;
}

/** A text that may hold an author or a date although its element does not say so. */
export interface TextCandidate extends Candidate {
  text: string;
}

/** What one walk over a page gathers for the readers of its metadata. */
export interface PageScan {
  pageUrl: string;
  /** Host name of the page's URL; '' where the URL is invalid. */
  host: string;
  /** What relative URLs are resolved against: `<base href>`, else the page's URL. */
  baseUrl: string;
  meta: MetaElements;
  jsonLd: JsonObject[];
  /** The JSON-LD object that describes the article. */
  article: JsonObject | undefined;
  /** The JSON-LD object that describes the page. */
  webPage: JsonObject | undefined;
  /** `<title>`. */
  documentTitle: string | undefined;
  /** `<html lang>`. */
  language: string | undefined;
  /** `<link rel="canonical">`. */
  canonicalHref: string | undefined;
  /** `h1`, and what microdata calls the headline. */
  headings: Candidate[];
  /** `h2`. */
  subheadings: Candidate[];
  /** Titles of entries in hAtom and in the templates that follow it. */
  entryTitles: Candidate[];
  bylines: Candidate[];
  dates: Candidate[];
  texts: TextCandidate[];
  figures: Element[];
  /** Text nodes passed: the position of the next candidate. */
  position: number;
}

/** Gathers in one walk all that the readers of metadata need. `pageUrl` is where the page was found. */
export function scanPage(document: Document, pageUrl: string): PageScan {
  const scan = createScan(pageUrl);
  walk(
    document.children,
    (node) => {
      if (isText(node)) scanText(scan, node);
      return !isTag(node) || scanElement(scan, node);
    },
    () => undefined,
  );
  scan.article = findArticle(scan.jsonLd);
  scan.webPage = findWebPage(scan.jsonLd);
  return scan;
}

const createScan = (pageUrl: string): PageScan => ({
  pageUrl,
  host: canParseUrl(pageUrl) ? new URL(pageUrl).hostname : '',
  baseUrl: pageUrl,
  meta: new Map(),
  jsonLd: [],
  article: undefined,
  webPage: undefined,
  documentTitle: undefined,
  language: undefined,
  canonicalHref: undefined,
  headings: [],
  subheadings: [],
  entryTitles: [],
  bylines: [],
  dates: [],
  texts: [],
  figures: [],
  position: 0,
});

const HAS_DATE = /(?:19|20|25)\d{2}|\d{1,2}\.\d{1,2}\.\d{2}|[٠-٩۰-۹]{4}/;

function scanText(scan: PageScan, { data, parent }: Text): void {
  if (data.length > 1 || data.trim() !== '') scan.position += 1;
  if (data.length < 2 || data.length >= MAX_LINE || scan.texts.length >= MAX_CANDIDATES || !isElement(parent)) return;
  if (HAS_DATE.test(data) || (data.length < MAX_BYLINE && beginsAsByline(data)))
    scan.texts.push({ text: data, element: parent, position: scan.position });
}

const isElement = (node: AnyNode | null): node is Element => node !== null && isTag(node);

/** Reads an element. Returns whether the walk goes into it. */
function scanElement(scan: PageScan, element: Element): boolean {
  const { attribs, name } = element;
  if (name === 'script') {
    if (isJsonLd(element)) scan.jsonLd.push(...parseJsonLd(getText(element)));
    return false;
  }
  if (!scanByName(scan, element)) scanByAttributes(scan, element);
  if (attribs.itemprop === 'headline' && name !== 'h1' && name !== 'meta') addCandidate(scan, scan.headings, element);
  return name !== 'svg' && name !== 'style' && name !== 'noscript';
}

/** Reads an element whose name says what it holds. Returns false for all others. */
function scanByName(scan: PageScan, element: Element): boolean {
  const { attribs, name } = element;
  switch (name) {
    case 'meta':
      addMetaElement(scan.meta, element);
      return true;
    case 'html':
      scan.language ??= attribs.lang || attribs['xml:lang'] || undefined;
      return true;
    case 'title':
      scan.documentTitle ??= getTextLine(element);
      return true;
    case 'base':
      return scanBase(scan, attribs.href);
    case 'link':
      return scanLink(scan, element);
    case 'h1':
      return addCandidate(scan, scan.headings, element);
    case 'time':
      return addCandidate(scan, scan.dates, element);
    case 'figure':
      return addFigure(scan, element);
    default:
      return false;
  }
}

function scanBase(scan: PageScan, href: string | undefined): boolean {
  if (!href || !canParseUrl(href, scan.pageUrl)) return false;
  scan.baseUrl = new URL(href, scan.pageUrl).href;
  return true;
}

function scanLink(scan: PageScan, { attribs }: Element): boolean {
  if (!/\bcanonical\b/i.test(attribs.rel ?? '')) return false;
  scan.canonicalHref ??= attribs.href;
  return true;
}

function addFigure({ figures }: PageScan, figure: Element): boolean {
  if (figures.length >= MAX_FIGURES) return false;
  figures.push(figure);
  return true;
}

/** Some templates leave out the script's type; then its first words tell. */
function isJsonLd({ attribs, firstChild }: Element): boolean {
  if (attribs.type !== undefined) return /ld\+json/i.test(attribs.type);
  return firstChild !== null && isText(firstChild) && /^\s{0,20}\{\s{0,20}"@context"/.test(firstChild.data.slice(0, 60));
}

/** Adds a candidate unless its list is full. Returns true: the element has been read either way. */
function addCandidate(scan: PageScan, list: Candidate[], element: Element): true {
  if (list.length < MAX_CANDIDATES) list.push({ element, position: scan.position });
  return true;
}

const AUTHOR_CLASS = new RegExp(
  String.raw`(^|[-_\s])(${AUTHOR_CLASS_WORDS})([-_\s]|$)|(author|byline)s?[-_]*(name|link|info|text)`,
  'i',
);
/** Words in camel case: articleAuthor, storyByline. */
const CAMEL_CASE_AUTHOR_CLASS = /[a-z](Author|Byline)/;
const DATE_CLASS = new RegExp(
  [
    String.raw`(^|[-_\s])(${DATE_CLASS_WORDS})([-_\s]|$)`,
    '(publish|post|article|created|entry|news)[a-z]*[-_]*(date|time|on)',
    '[a-z](Date|Time|Published)',
  ].join('|'),
);
const ENTRY_TITLE_CLASS = /(^|\s)(entry|post)-title(\s|$)/;
const AUTHOR_PAGE = new RegExp(String.raw`\/(${AUTHOR_FOLDERS})\/[^/]`, 'i');

/** Whether a link leads to a page about an author. */
export const isAuthorPage = (href: string | undefined): boolean => href !== undefined && AUTHOR_PAGE.test(href);

/** Whether class words mark an author or a date. */
const classify = memoizeByWords((words) => ({
  author: AUTHOR_CLASS.test(words) || CAMEL_CASE_AUTHOR_CLASS.test(words),
  date: DATE_CLASS.test(words),
}));
const UNNAMED = { author: false, date: false };

/** Characters read of a `data-testid`: longer ones are generated. */
const MAX_TEST_ID = 100;

/** Adds an element to the lists of candidates that match its class, id, link and microdata. */
function scanByAttributes(scan: PageScan, element: Element): void {
  const { attribs, name } = element;
  const testId = attribs['data-testid'];
  const words = testId === undefined ? readClassWords(element) : `${readClassWords(element)} ${testId.slice(0, MAX_TEST_ID)}`;
  const { author, date } = words === '' ? UNNAMED : classify(words);
  const { itemprop } = attribs;
  if (author || itemprop === 'author' || attribs.rel === 'author' || (name === 'a' && isAuthorPage(attribs.href)))
    addCandidate(scan, scan.bylines, element);
  else if (name === 'h2') addCandidate(scan, scan.subheadings, element);
  else if (ENTRY_TITLE_CLASS.test(attribs.class ?? '')) addCandidate(scan, scan.entryTitles, element);
  if (date || itemprop?.startsWith('date')) addCandidate(scan, scan.dates, element);
}
