import { type AnyNode, type Document, type Element, isTag, isText } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import type { WrittenAs } from '../../text/date-words.js';
import { normalizeUrl } from '../../web/normalize-url.js';
import { memoizeByWords, readClassWords } from '../dom/class-words.js';
import { getText, getTextLine } from '../dom/text.js';
import { walk } from '../dom/walk.js';
import { isCapitalized, readByline } from './byline.js';
import { chooseHeadline } from './headline.js';
import { articleOf, hasType, isJson, type Json, readJsonLd, resolve, webPageOf } from './json-ld.js';
import { toLanguageTag } from './language.js';
import { type LeadImage, leadImageOf } from './lead-image.js';
import { titleSimilarity, toMatchKey } from './similarity.js';
import { parseWrittenDate, type WrittenDate } from './written-date.js';

/** Where a date was found, most trusted first. */
export type DateSource = 'json-ld' | 'meta' | 'microdata' | 'time' | 'url' | 'text';

/** What a page says of itself. */
export interface Metadata {
  title?: string;
  authors: string[];
  publishedAt?: Date;
  /** ISO 8601 in the publisher's own zone where the page names one: its day is the day that readers saw. */
  publishedIso?: string;
  publishedFrom?: DateSource;
  publishedAs?: WrittenAs;
  modifiedAt?: Date;
  modifiedFrom?: DateSource;
  modifiedAs?: WrittenAs;
  language?: string;
  siteName?: string;
  section?: string;
  tags: string[];
  leadImage?: LeadImage;
  description?: string;
  /** The page's own word for its address, on its own host or a host of the same name. */
  canonicalUrl?: string;
  /** `isAccessibleForFree` is false. */
  paywalled?: boolean;
  /** The whole text where structured data has it: what is left when the page shows none. */
  articleBody?: string;
  /** What relative addresses are relative to: `<base href>`, else where the page was found. */
  baseUrl: string;
}

/** Elements of one name that are kept: no article has more authors. */
const MAX_SAME_META = 50;
/** Elements that may name an author or a date, headings, and links of an author that are looked at. */
const MAX_CANDIDATES = 400;
/** Longer texts are no byline, dateline or heading, in characters. */
const MAX_LINE = 300;
/** A byline without an element of its own is shorter, in characters. */
const MAX_BYLINE = 100;
const MAX_TAGS = 30;
/** The lead image is among the first. */
const MAX_FIGURES = 20;
/** Longer texts are no site's name, in characters. */
const MAX_SITE_NAME = 80;
/** More headings of one rank are a list. */
const MAX_HEADINGS = 50;

/** What a page has of one kind, with its place among the page's texts. */
interface Spot {
  element: Element;
  /** Texts before it. */
  order: number;
}

interface Found {
  meta: Map<string, string[]>;
  jsonLd: Json[];
  title: string | undefined;
  lang: string | undefined;
  baseUrl: string;
  canonical: string | undefined;
  headings: Spot[];
  subheadings: Spot[];
  entryTitles: Spot[];
  bylines: Spot[];
  datelines: Spot[];
  /** Text nodes that may say "by whom" or "when" with no element to say so. */
  lines: { text: string; element: Element; order: number }[];
  figures: Element[];
}

/** Gathers metadata from JSON-LD, meta elements of all dialects, microdata, and what is visible near the headline. */
export function readMetadata(document: Document, url: string, now: Date): Metadata {
  const found = gather(document, url);
  const article = articleOf(found.jsonLd);
  const page = webPageOf(found.jsonLd);
  const meta = (...names: string[]) => names.map((name) => found.meta.get(name)?.[0]).find(Boolean);
  const publisher = nameOf(resolve(article?.publisher, found.jsonLd));
  // Templates write the headline there, too.
  const ownNames = [
    meta('og:site_name'),
    meta('application-name'),
    meta('apple-mobile-web-app-title'),
    publisher,
    siteOf(found.jsonLd),
  ];
  const siteName = ownNames.find(
    (name) => isGiven(name) && name !== found.title && name !== meta('og:title') && name.length < MAX_SITE_NAME,
  );
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  const declared = [
    text(article?.headline),
    meta('og:title', 'twitter:title', 'dc.title', 'dcterms.title', 'parsely-title', 'sailthru.title', 'citation_title'),
    text(article?.name),
  ].map((title) => title && plain(title));
  const lines = (spots: readonly Spot[]) =>
    spots
      .slice(0, MAX_HEADINGS)
      .map(({ element }) => getTextLine(element))
      .filter(isGiven);
  const logos = new Set(found.headings.slice(0, MAX_HEADINGS).filter(({ element }) => leadsHome(element, url, found.baseUrl)));
  const title = chooseHeadline({
    declared,
    headings: lines(found.headings.filter((spot) => !logos.has(spot))),
    subheadings: lines(found.subheadings),
    siteNames: [siteName, publisher, meta('twitter:site'), meta('publisher', 'article:publisher'), ...lines([...logos])].filter(
      isGiven,
    ),
    host,
    ...(found.title ? { document: found.title } : {}),
  });
  const place = headlineOf(found, title);
  const authors = authorsOf({
    article,
    found,
    place,
    siteNames: [siteName, publisher, meta('publisher'), ...host.split('.')].filter(isGiven),
  });
  const read = dateReader(found.lang, now);
  const published = publishedOf({ article, page, found, place, read, inUrl: urlDate(url, now) });
  const modified = modifiedOf(firstDate([text(article?.dateModified)], read), firstDate([meta(...MODIFIED)], read));
  const leadImage = leadImageOf({
    structured: resolve(Array.isArray(article?.image) ? article.image[0] : article?.image, found.jsonLd),
    meta,
    figures: found.figures,
    baseUrl: found.baseUrl,
  });
  const language = toLanguageTag(
    found.lang ??
      meta('content-language', 'og:locale', 'dc.language', 'dcterms.language', 'language') ??
      text(article?.inLanguage),
  );
  const description = meta('og:description', 'description', 'twitter:description') ?? text(article?.description);
  const section = text(article?.articleSection) ?? meta('article:section', 'parsely-section', 'section');
  const canonical = canonicalOf([found.canonical, meta('og:url')], found.baseUrl, url);
  const free = article?.isAccessibleForFree ?? page?.isAccessibleForFree;
  const body = text(article?.articleBody);
  return {
    authors,
    baseUrl: found.baseUrl,
    tags: tagsOf(article, found.meta),
    ...(title ? { title } : {}),
    ...(published
      ? {
          publishedAt: published.at,
          publishedIso: published.iso,
          publishedFrom: published.from,
          publishedAs: asWritten(published),
        }
      : {}),
    ...(modified ? { modifiedAt: modified.date.at, modifiedFrom: modified.from, modifiedAs: asWritten(modified.date) } : {}),
    ...(language ? { language } : {}),
    ...(siteName ? { siteName: plain(siteName) } : {}),
    ...(section ? { section: plain(section) } : {}),
    ...(leadImage ? { leadImage } : {}),
    ...(description ? { description: plain(description) } : {}),
    ...(canonical ? { canonicalUrl: canonical } : {}),
    ...(free !== undefined ? { paywalled: /^false$/i.test(String(free)) } : {}),
    ...(body ? { articleBody: body } : {}),
  };
}

const isGiven = (value: string | undefined): value is string => value !== undefined && value !== '';

// ------------------------------------------------------------------------------------------------- gathering

const BYLINE =
  /(^|[-_\s])(author|authors|byline|bylines|by-line|autor|autore|auteur|verfasser|writer|redakteur|journalist|reporter|writtenby|written-by|post-by|posted-by|fn|contributor|creator|username)([-_\s]|$)|(author|byline)s?[-_]*(name|link|info|text)/i;
/** Names that scripts put together: articleAuthor, storyByline. */
const CAMEL_BYLINE = /[a-z](Author|Byline)/;
/** The headline of a post in hAtom, and in the templates that came after it. */
const ENTRY_TITLE = /(^|\s)(entry|post)-title(\s|$)/;
/** Pages of people, by the folder that sites keep them in. */
const PERSON_LINK =
  /\/(authors?|autor|autores|autoren|autorin|auteurs?|autori|profile|profiles|profil|staff|contributors?|people|person|personen|producers?|editors?|writers?|reporters?|journalists?|journalistes?|columnists?|redaktion|redakteur|redactie|verfasser|team|user|users|by|skribenter|author-bio)\/[^/]/i;
const DATELINE =
  /(^|[-_\s])(date|dates|datetime|dateline|published|pubdate|pub-date|publish|timestamp|time|datum|fecha|posted|posted-on|created|entry-date|meta|postmeta|info|byline|veröffentlicht|erstellt)([-_\s]|$)|(publish|post|article|created|entry|news)[a-z]*[-_]*(date|time|on)|[a-z](Date|Time|Published)/;
const BY_TEXT =
  /^\s*(by|von|par|por|di|door|av|af|text|autor|autorin|auteure?|autore|autora|author|written by|作者|著者|文|記者|记者|编辑|责任编辑|글|بقلم|เขียนโดย|โดย)(\s*[:：●]|\s|$)/iu;
/** One that is no word of a sentence: it may stand below the text, too. */
const BY_LABEL = /^\s*(autor|autorin|auteure?|autore|autora|author|written by|作者|著者|記者|记者|글)\s*[:：]/iu;
const HAS_DATE = /(?:19|20|25)\d{2}|\d{1,2}\.\d{1,2}\.\d{2}|[٠-٩۰-۹]{4}/;

type Named = 'byline' | 'dateline' | 'both' | 'none';
/** What class and id say. */
const namedBy = memoizeByWords((words): Named => {
  const [byline, dateline] = [BYLINE.test(words) || CAMEL_BYLINE.test(words), DATELINE.test(words)];
  return byline && dateline ? 'both' : byline ? 'byline' : dateline ? 'dateline' : 'none';
});

function gather(document: Document, url: string): Found {
  const found: Found = {
    meta: new Map(),
    jsonLd: [],
    title: undefined,
    lang: undefined,
    baseUrl: url,
    canonical: undefined,
    headings: [],
    subheadings: [],
    entryTitles: [],
    bylines: [],
    datelines: [],
    lines: [],
    figures: [],
  };
  let order = 0;
  const add = (list: Spot[], element: Element) => {
    if (list.length < MAX_CANDIDATES) list.push({ element, order });
  };
  walk(
    document.children,
    (node) => {
      if (isText(node)) {
        const { data } = node;
        if (data.length > 1 || data.trim() !== '') order += 1;
        if (
          data.length < MAX_LINE &&
          found.lines.length < MAX_CANDIDATES &&
          data.length > 1 &&
          (HAS_DATE.test(data) || (data.length < MAX_BYLINE && BY_TEXT.test(data))) &&
          isTagOrNull(node.parent)
        )
          found.lines.push({ text: data, element: node.parent, order });
        return true;
      }
      if (!isTag(node)) return true;
      const { attribs, name } = node;
      if (name === 'meta') addMeta(found.meta, node);
      else if (name === 'html') found.lang ??= attribs.lang || attribs['xml:lang'] || undefined;
      else if (name === 'base' && attribs.href && URL.canParse(attribs.href, url))
        found.baseUrl = new URL(attribs.href, url).href;
      else if (name === 'link' && /\bcanonical\b/i.test(attribs.rel ?? '')) found.canonical ??= attribs.href;
      else if (name === 'title') found.title ??= getTextLine(node);
      else if (name === 'script') {
        if (isJsonLd(node)) found.jsonLd.push(...readJsonLd(getText(node)));
        return false;
      } else if (name === 'h1') add(found.headings, node);
      else if (name === 'time') add(found.datelines, node);
      else if (name === 'figure' && found.figures.length < MAX_FIGURES) found.figures.push(node);
      else {
        const prop = attribs.itemprop;
        const testId = attribs['data-testid'];
        const words = testId === undefined ? readClassWords(node) : `${readClassWords(node)} ${testId}`;
        const named = words === '' ? 'none' : namedBy(words);
        if (named === 'byline' || named === 'both' || prop === 'author' || attribs.rel === 'author') add(found.bylines, node);
        else if (name === 'a' && attribs.href && PERSON_LINK.test(attribs.href)) add(found.bylines, node);
        else if (name === 'h2') add(found.subheadings, node);
        else if (ENTRY_TITLE.test(attribs.class ?? '')) add(found.entryTitles, node);
        if (named === 'dateline' || named === 'both' || (prop && /^date/.test(prop))) add(found.datelines, node);
      }
      if (attribs.itemprop === 'headline' && name !== 'h1' && name !== 'meta') add(found.headings, node);
      return name !== 'svg' && name !== 'style' && name !== 'noscript';
    },
    () => undefined,
  );
  return found;
}

/** Some templates leave out the type: then it is known by its first words. */
function isJsonLd({ attribs, firstChild }: Element): boolean {
  if (attribs.type !== undefined) return /ld\+json/i.test(attribs.type);
  return firstChild !== null && isText(firstChild) && /^\s{0,20}\{\s{0,20}"@context"/.test(firstChild.data.slice(0, 60));
}

/** Whether a heading stands in a link to the site's first page, or holds nothing but one: then it is the site's name. */
function leadsHome(heading: Element, pageUrl: string, baseUrl: string): boolean {
  const href = linkAround(heading) ?? linkWithin(heading);
  if (!href || !URL.canParse(href, baseUrl) || !URL.canParse(pageUrl)) return false;
  const [home, page] = [new URL(href, baseUrl), new URL(pageUrl)];
  return home.host === page.host && home.pathname === '/' && home.search === '' && page.pathname !== '/';
}

function linkAround(element: Element): string | undefined {
  let up: AnyNode | null = element;
  for (let level = 0; up && isTag(up) && level <= 3; level += 1, up = up.parent) if (up.name === 'a') return up.attribs.href;
  return undefined;
}

function linkWithin(element: Element): string | undefined {
  let [inner, ...others]: Element[] = [element];
  for (let level = 0; inner && others.length === 0 && level <= 3; level += 1) {
    if (inner.name === 'a') return inner.attribs.href;
    [inner, ...others] = inner.children.filter(isTag);
  }
  return undefined;
}

const isTagOrNull = (node: AnyNode | null): node is Element => node !== null && isTag(node);

function addMeta(meta: Map<string, string[]>, element: Element): void {
  const { attribs } = element;
  const content = (attribs.content ?? attribs.value)?.trim();
  if (!content) return;
  const ofPage = attribs.itemprop === undefined || !isOfPart(element);
  for (const key of [attribs.property, attribs.name, attribs['http-equiv'], ofPage ? attribs.itemprop : undefined]) {
    if (!key) continue;
    const name = key.trim().toLowerCase();
    const all = meta.get(name);
    if (!all) meta.set(name, [content]);
    else if (all.length < MAX_SAME_META) all.push(content);
  }
}

/** Whether microdata says something of an item within the article, such as a work that it cites (HTML §5.2.2: an item that is a property). */
function isOfPart(element: Element): boolean {
  for (let up = element.parent; up && isTag(up); up = up.parent)
    if (up.attribs.itemscope !== undefined) return up.attribs.itemprop !== undefined;
  return false;
}

// ------------------------------------------------------------------------------------------------- places

/** Sectioning content (HTML §3.2.5.2.3), and what holds it. */
const SECTIONING = new Set(['article', 'section', 'aside', 'nav', 'main', 'body']);

/** Parts of a page that tell of other articles, or of readers. */
const FOREIGN =
  /(^|[-_\s])(comments?|disqus|related|recommend(ed|ations?)?|sidebar|widgets?|popular|most-read|latest|trending|teasers?|cards?|more-stories|read-more|footer|menu|nav|navigation|kommentare?|carousel|slider|ticker|similar|promo|upnext|up-next|reply|replies|trackbacks?)([-_\s]|$)/i;
/** What has such a word in its name, and is of the article itself: what stands below its text, and a person's card (microformats2 h-card). */
const OWN = /(^|\s)(h-card|(?:post|entry|article)-(?:footer|meta)\S*)/gi;
const saysForeign = memoizeByWords((words) => FOREIGN.test(words.replace(OWN, ' ')));

const isForeign = (element: Element): boolean => element.name === 'nav' || saysForeign(readClassWords(element));

/** Where the headline stands: what is of the article is near it and in no part that tells of others. */
interface Place {
  order: number;
  /** Elements around the headline: they are of the page's layout, whatever they are called. */
  around: ReadonlySet<AnyNode>;
}

function headlineOf(found: Found, title: string | undefined): Place {
  let at: Spot | undefined;
  let highest = -1;
  for (const spot of [...found.headings, ...found.subheadings, ...found.entryTitles].slice(0, MAX_HEADINGS * 3)) {
    const score = title ? titleSimilarity(getTextLine(spot.element), title) : 0;
    if (score > highest) [at, highest] = [spot, score];
    if (score === 1) break;
  }
  const around = new Set<AnyNode>();
  for (let up: AnyNode | null = at?.element ?? null; up; up = up.parent) around.add(up);
  return { order: at?.order ?? 0, around };
}

function belongs(element: Element, { around }: Place): boolean {
  for (let up: AnyNode | null = element; up && isTag(up) && !around.has(up); up = up.parent)
    if (isForeign(up) || (up.name === 'footer' && !isFooterOf(up, around))) return false;
  return true;
}

/**
 * Whether a footer is that of the article or section with the headline, and not of the page (HTML §4.3.8: of the nearest that it is in). A
 * headline in no article stands before its own.
 */
function isFooterOf(footer: Element, around: ReadonlySet<AnyNode>): boolean {
  let up = footer.parent;
  while (up && isTag(up) && !SECTIONING.has(up.name)) up = up.parent;
  if (up === null || !isTag(up)) return false;
  if (around.has(up)) return up.name === 'article' || up.name === 'section';
  return up.name === 'article' && ![...around].some((element) => isTagOrNull(element) && element.name === 'article');
}

/** Texts between a place and the headline; what stands above it counts as farther. */
const distance = (order: number, place: Place): number =>
  order >= place.order ? order - place.order : (place.order - order) * 2;

// ------------------------------------------------------------------------------------------------- authors

const AUTHOR_META = [
  'author',
  'article:author',
  'article:author_name',
  'parsely-author',
  'sailthru.author',
  'dc.creator',
  'dcterms.creator',
  'dc.contributor',
  'citation_author',
  'byl',
  'cxenseparse:author',
  'og:article:author',
  'shareaholic:article_author_name',
  'authors',
];

/** Those that may be written as in a list of references: "Example, Ada". */
const CITED = new Set(['citation_author', 'dc.creator', 'dcterms.creator']);
const inOrder = (name: string): string => {
  const [, last = '', first = ''] = /^([^,;]+),\s*([^,;]+)$/.exec(name.trim()) ?? [];
  return last !== '' && !(/\s/.test(last) && /\s/.test(first)) ? `${first} ${last}` : name;
};
/** A desk rather than a person. */
const DESK =
  /(^|\s)(?:staff|editorial team|newsroom|news ?desk|redaktion|rédaction|redazione|redacción|redação|redactie|redakcja|редакция|編集部|编辑部)$/i;
/** A name with the form of a company. */
const COMPANY = /[\s,](inc|llc|ltd|gmbh|corp|plc|co)\.?$/i;

function authorsOf({
  article,
  found,
  place,
  siteNames,
}: {
  article: Json | undefined;
  found: Found;
  place: Place;
  siteNames: readonly string[];
}): string[] {
  const sites = new Set(siteNames.map(toMatchKey));
  const holder = toMatchKey(found.meta.get('copyright')?.join(' ') ?? '');
  const isSite = (name: string) => sites.has(toMatchKey(name)) || (name.length > 2 && holder.includes(toMatchKey(name)));
  const persons = (lines: readonly string[]) => {
    const all = [...new Set(lines.flatMap((line) => readByline(plain(line))))];
    const people = all.filter((name) => !COMPANY.test(name));
    return people.length > 0 ? people : all;
  };
  const structured = [article?.author, article?.creator]
    .flat()
    .slice(0, MAX_SAME_META)
    .map((value) => resolve(value, found.jsonLd));
  const isOrganization = (value: unknown) => isJson(value) && hasType(value, /Organization|Brand|WebSite/);
  const people = persons(structured.filter((value) => !isOrganization(value)).flatMap(namesOf));
  const tags = AUTHOR_META.map((name) => persons((found.meta.get(name) ?? []).map(CITED.has(name) ? inOrder : String))).filter(
    (list) => list.length > 0,
  );
  const candidates = [people, ...tags, labelled(found.meta, persons)];
  const named = candidates.find((list) => list.some((name) => !isSite(name) && !DESK.test(name)));
  if (named) return named;
  const visible = visibleAuthors(found, place);
  if (visible.length > 0) return visible;
  const organizations = persons(structured.filter(isOrganization).flatMap(namesOf));
  return candidates.find((list) => list.length > 0) ?? organizations;
}

/** What a card for a social network says in words: "Written by" beside the name. */
function labelled(meta: ReadonlyMap<string, readonly string[]>, persons: (lines: readonly string[]) => string[]): string[] {
  const label = meta.get('twitter:label1')?.[0] ?? '';
  return /written|verfasst|geschrieben|écrit|escrito|scritto|author|autor|auteur|geschreven|skriv|yaz|執筆|作者|автор/i.test(
    label,
  )
    ? persons(meta.get('twitter:data1') ?? [])
    : [];
}

const namesOf = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : isJson(value) ? [value.name].flat().filter((name) => typeof name === 'string') : [];

/** Classes that hold a name and nothing else, before those that hold a byline with all that belongs to it. */
const NAME_ITSELF = /(^|[-_\s])(fn|author-?_*name|authorname|byline-?_*name|author-?_*link|p-author)([-_\s]|$)/i;
/** Texts after the headline within which a byline is looked for. */
const BYLINE_REACH = 400;
/** Texts between the first and the last name of one byline. */
const SAME_BYLINE = 8;

function visibleAuthors(found: Found, place: Place): string[] {
  let winner: { key: string; score: number; away: number } | undefined;
  const lists = new Map<string, string[]>();
  for (const { element, order } of found.bylines) {
    const away = distance(order, place);
    if (away > BYLINE_REACH || !belongs(element, place)) continue;
    const line = getText(element, MAX_LINE, ' ').trim();
    if (line === '' || line.length > 150) continue;
    const persons = readByline(line);
    if (persons.length === 0) continue;
    const { attribs } = element;
    const named = attribs.rel === 'author' || attribs.itemprop === 'author' || NAME_ITSELF.test(attribs.class ?? '');
    if (!named && !persons.every(isCapitalized)) continue;
    const exact = named || PERSON_LINK.test(attribs.href ?? '');
    const key = `${element.name} ${attribs.class ?? ''} ${attribs.rel ?? ''} ${attribs.itemprop ?? ''}`;
    const score = away + (exact ? 0 : 20) + (line.length > 60 ? 15 : 0);
    if (!winner || score < winner.score) winner = { key, score, away };
    lists.set(key, [...(lists.get(key) ?? []), ...(away < winner.away + SAME_BYLINE ? persons : [])]);
  }
  if (winner) return [...new Set(lists.get(winner.key))].slice(0, 20);
  for (const { text: line, element, order } of found.lines) {
    const reach = BY_LABEL.test(line) ? BYLINE_REACH : 40;
    if (!BY_TEXT.test(line) || line.length > 100 || distance(order, place) > reach || !belongs(element, place)) continue;
    const persons = readByline(line);
    const wider = persons.length > 0 ? persons : readByline(around(element));
    if (wider.length > 0 && wider.every((name) => name.split(' ').length <= 4 && isCapitalized(name))) return wider;
  }
  return besideDate(found, place);
}

/** "Ada Example | Staff | July 2, 2026" right under the headline: what stands beside the date, if it looks like a name. */
function besideDate({ lines }: Found, place: Place): string[] {
  for (const { text: line, element, order } of lines) {
    if (order < place.order || order - place.order > 6 || line.length > 120 || !/[|·•]/.test(line) || !belongs(element, place))
      continue;
    const persons = readByline(line);
    if (persons.length > 0 && persons.every((name) => /^\S+( \S+){1,3}$/.test(name) && isCapitalized(name))) return persons;
  }
  return [];
}

/** The byline that a lone "By" begins: the text of the nearest element around it that has more, if that is a line. */
function around(element: Element): string {
  let up = element;
  for (let i = 0; i < 3; i += 1) {
    const whole = getText(up, MAX_LINE, ' ').trim();
    if (whole.length > 120) break;
    if (readByline(whole).length > 0) return whole;
    if (!isTagOrNull(up.parent)) break;
    up = up.parent;
  }
  return '';
}

// ------------------------------------------------------------------------------------------------- dates

const PUBLISHED = [
  'article:published_time',
  'og:published_time',
  'article:published',
  'article:publish_date',
  'og:article:published_time',
  'datepublished',
  'published',
  'published_time',
  'publishdate',
  'publish-date',
  'publish_date',
  'publication_date',
  'pubdate',
  'parsely-pub-date',
  'sailthru.date',
  'cxenseparse:recs:publishtime',
  'citation_publication_date',
  'citation_online_date',
  'citation_date',
  'dc.date.issued',
  'dc.date.created',
  'dcterms.created',
  'dcterms.issued',
  'dcterms.date',
  'dc.date',
  'date',
  'article.published',
  'displaydate',
  'originalpublicationdate',
  'releasedate',
  'firstpublished',
  'datecreated',
  'ptime',
];
const MODIFIED = [
  'article:modified_time',
  'og:updated_time',
  'article:updated',
  'datemodified',
  'last-modified',
  'dcterms.modified',
  'lastmod',
  'revised',
];

const asWritten = ({ text: written, zoneAssumed }: WrittenDate): WrittenAs => ({ text: written, zoneAssumed });

/** What structured data says, else what meta elements say. */
function modifiedOf(inData: WrittenDate | undefined, inMeta: WrittenDate | undefined) {
  if (inData) return { date: inData, from: 'json-ld' as const };
  return inMeta && { date: inMeta, from: 'meta' as const };
}

interface PublishedInput {
  article: Json | undefined;
  page: Json | undefined;
  found: Found;
  place: Place;
  read: ReadDate;
  inUrl: WrittenDate | undefined;
}

type ReadDate = (value: string | undefined) => WrittenDate | undefined;

/** Reads 3/4/2026 as people of the page's language do; nothing of the future, nor older than the web. */
const dateReader = (lang: string | undefined, now: Date): ReadDate => {
  const monthFirst = lang === undefined || /^en(-us)?$/i.test(lang);
  return (value) => within(value ? parseWrittenDate(value, { monthFirst }) : undefined, now);
};

function publishedOf({
  article,
  page,
  found,
  place,
  read,
  inUrl,
}: PublishedInput): (WrittenDate & { from: DateSource }) | undefined {
  const from = (source: DateSource, date: WrittenDate | undefined) => date && { ...date, from: source };
  const first = (names: readonly string[]) =>
    firstDate(
      names.map((name) => found.meta.get(name)?.[0]),
      read,
    );
  const declared =
    from('json-ld', firstDate([text(article?.datePublished), text(article?.dateCreated), text(article?.uploadDate)], read)) ??
    from('meta', first(PUBLISHED)) ??
    from('json-ld', firstDate([text(page?.datePublished)], read));
  if (declared) return declared;
  return (
    visibleDate(found, place, read) ??
    from('url', inUrl) ??
    from('json-ld', firstDate([text(article?.dateModified)], read)) ??
    from('meta', first(MODIFIED))
  );
}

/** Texts after the headline within which a date is the article's. */
const DATE_REACH = 120;
const UPDATED = /updat|modif|aktualis|geändert|mise? à jour|actualiz|aggiornat|bijgewerkt|更新|수정|obnov/i;

function visibleDate(found: Found, place: Place, read: ReadDate) {
  let winner: { date: WrittenDate; from: DateSource; score: number } | undefined;
  const offer = (date: WrittenDate | undefined, from: DateSource, score: number) => {
    if (date && (!winner || score < winner.score)) winner = { date, from, score };
  };
  for (const { element, order } of found.datelines) {
    const away = distance(order, place);
    const { attribs, name } = element;
    const published =
      attribs.itemprop === 'datePublished' ||
      attribs.pubdate !== undefined ||
      /(^|[\s_-])(entry-date|published|dt-published)/.test(attribs.class ?? '');
    if (away > (published ? 1_000 : DATE_REACH) || !belongs(element, place)) continue;
    const line = getText(element, MAX_LINE, ' ').trim();
    const date =
      read(attribs.datetime) ?? read(attribs.content) ?? (line.length < 200 ? (read(line) ?? read(attribs.title)) : undefined);
    const late = UPDATED.test(`${attribs.class ?? ''} ${attribs.itemprop ?? ''} ${line.slice(0, 40)}`) ? 60 : 0;
    offer(
      date,
      attribs.itemprop ? 'microdata' : name === 'time' ? 'time' : 'text',
      away + late - (published ? 60 : name === 'time' ? 15 : 0) + (line.length > 80 ? 10 : 0),
    );
  }
  for (const { text: line, element, order } of found.lines) {
    const away = distance(order, place);
    if (away > 40 || line.trim().length > 120 || !belongs(element, place)) continue;
    offer(read(line), 'text', away + 15 + (UPDATED.test(line) ? 60 : 0) + (line.trim().length > 60 ? 20 : 0));
  }
  return winner && { ...winner.date, from: winner.from };
}

/** A date in the path: /2020/04/27/, /2020-04-27-, /20200427/, /2020-04-27+. */
function urlDate(url: string, now: Date): WrittenDate | undefined {
  const match = /[/_-](20\d{2})[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?!\d)/.exec(url);
  return match ? within(parseWrittenDate(`${match[1]}-${match[2]}-${match[3]}`), now) : undefined;
}

function firstDate(candidates: readonly (string | undefined)[], read: ReadDate): WrittenDate | undefined {
  for (const candidate of candidates) {
    const date = read(candidate);
    if (date) return date;
  }
  return undefined;
}

/** A publication is no older than printing on the web, and not of the future (a day for zones). */
const within = (date: WrittenDate | undefined, now: Date): WrittenDate | undefined =>
  date && date.at.getTime() > Date.UTC(1990, 0, 1) && date.at.getTime() < now.getTime() + 86_400_000 ? date : undefined;

// ------------------------------------------------------------------------------------------------- the rest

const text = (value: unknown): string | undefined => {
  const one = Array.isArray(value) ? (value[0] as unknown) : value;
  return typeof one === 'string' && one.trim() !== '' ? one.trim() : typeof one === 'number' ? String(one) : undefined;
};

/** Text of fields that templates escape for HTML, or even mark up. */
const plain = (value: string): string =>
  /&#?\w{2,8};|<\w/.test(value)
    ? parseDocument(value.slice(0, 2_000))
        .children.map((node) => (isText(node) ? node.data : isTag(node) ? getText(node) : ''))
        .join('')
        .trim()
    : value;

const nameOf = (value: unknown): string | undefined => {
  const one = Array.isArray(value) ? (value[0] as unknown) : value;
  return isJson(one) ? text(one.name) : text(one);
};

const siteOf = (objects: readonly Json[]): string | undefined => {
  const site = objects.find((object) => hasType(object, /^WebSite$/));
  return text(site?.name);
};

function tagsOf(article: Json | undefined, meta: ReadonlyMap<string, readonly string[]>): string[] {
  const given = [article?.keywords].flat().filter((value) => typeof value === 'string');
  const lists = [given, meta.get('article:tag'), meta.get('parsely-tags'), meta.get('news_keywords'), meta.get('keywords')];
  const first = lists.find((list) => list && list.length > 0) ?? [];
  const tags = first.flatMap((line) => plain(line).split(/\s*[,;，、]\s*/)).filter((tag) => tag.length > 1 && tag.length < 80);
  return [...new Set(tags)].slice(0, MAX_TAGS);
}

/**
 * The address that the page asks to be known by (RFC 6596). Not one that leads away: another site's (syndicated text is
 * theirs, but what we keep was read here), or the home page's, as broken templates write.
 */
function canonicalOf(candidates: readonly (string | undefined)[], baseUrl: string, url: string): string | undefined {
  const own = normalizeUrl(url);
  for (const candidate of candidates) {
    const canonical = candidate ? normalizeUrl(candidate, baseUrl) : undefined;
    if (!canonical || !own) continue;
    const [there, here] = [new URL(canonical), new URL(own)];
    if (
      siteOfHost(there.hostname) === siteOfHost(here.hostname) &&
      (there.pathname !== '/' || there.search !== '' || here.pathname === '/')
    )
      return canonical;
  }
  return undefined;
}

const siteOfHost = (host: string) => host.replace(/^(www|m|mobile|amp)\./, '');
