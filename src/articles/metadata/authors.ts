import { readByline } from './byline.js';
import type { HeadlineAnchor } from './headline-anchor.js';
import { hasType, isJsonObject, resolveReference } from './json-ld.js';
import { firstMeta, type MetaElements } from './meta-elements.js';
import type { PageScan } from './scan.js';
import { toMatchKey } from './similarity.js';
import type { SiteNames } from './site-name.js';
import { stripMarkup } from './strip-markup.js';
import { findVisibleAuthors } from './visible-byline.js';
import { CARD_AUTHOR_LABELS } from './words/byline-words.js';
import { COMPANY_FORMS, DESK_NAMES } from './words/not-name-words.js';

/** Authors in structured data that are read; no article has more. */
const MAX_AUTHORS = 50;

/** Names of meta elements that hold authors, most trusted first. */
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
/** Meta elements of bibliographic standards, which may put the family name first: "Example, Ada". */
const CITATION_META = new Set(['citation_author', 'dc.creator', 'dcterms.creator']);

const DESK = new RegExp(String.raw`(^|\s)(?:${DESK_NAMES})$`, 'i');
const COMPANY = new RegExp(String.raw`[\s,](${COMPANY_FORMS})\.?$`, 'i');
const CARD_AUTHOR_LABEL = new RegExp(CARD_AUTHOR_LABELS, 'i');

/**
 * Reads the authors of an article: the first declared source that names a person, else the visible byline, else a declared
 * desk, site or organization. Empty where the page names nobody.
 */
export function readAuthors(scan: PageScan, headline: HeadlineAnchor, siteNames: SiteNames): string[] {
  const { people, organizations } = readStructuredAuthors(scan);
  const declared = [people, ...readMetaAuthors(scan.meta), readCardAuthors(scan.meta)];
  const isSite = createSiteTest(scan, siteNames);
  const isPerson = (name: string) => !isSite(name) && !DESK.test(name);
  const named = declared.find((names) => names.some(isPerson));
  if (named) return named;
  const visible = findVisibleAuthors(scan, headline);
  if (visible.length > 0) return visible;
  return declared.find((names) => names.length > 0) ?? organizations;
}

/** Authors in JSON-LD, organizations apart: many sites declare themselves as the author. */
function readStructuredAuthors({ article, jsonLd }: PageScan): { people: string[]; organizations: string[] } {
  const authors = [article?.author, article?.creator]
    .flat()
    .slice(0, MAX_AUTHORS)
    .map((author) => resolveReference(author, jsonLd));
  return {
    people: readNames(authors.filter((author) => !isOrganization(author)).flatMap(listNames)),
    organizations: readNames(authors.filter(isOrganization).flatMap(listNames)),
  };
}

const isOrganization = (author: unknown): boolean => isJsonObject(author) && hasType(author, /Organization|Brand|WebSite/);

function listNames(author: unknown): string[] {
  if (typeof author === 'string') return [author];
  return isJsonObject(author) ? [author.name].flat().filter((name) => typeof name === 'string') : [];
}

/** The authors that each meta element names, in the order of trust. */
const readMetaAuthors = (meta: MetaElements): string[][] =>
  AUTHOR_META.map((name) => {
    const contents = meta.get(name) ?? [];
    return readNames(CITATION_META.has(name) ? contents.map(putFamilyNameLast) : contents);
  }).filter((names) => names.length > 0);

/** Authors on the card for a social network, which shows a label such as "Written by" beside a value. */
function readCardAuthors(meta: MetaElements): string[] {
  const label = firstMeta(meta, 'twitter:label1') ?? '';
  return CARD_AUTHOR_LABEL.test(label) ? readNames(meta.get('twitter:data1') ?? []) : [];
}

/** The names in declared bylines, each once; companies only where no person is named. */
function readNames(bylines: readonly string[]): string[] {
  const names = [...new Set(bylines.flatMap((byline) => readByline(stripMarkup(byline))))];
  const people = names.filter((name) => !COMPANY.test(name));
  return people.length > 0 ? people : names;
}

/** "Example, Ada" → "Ada Example". Two full names that are separated by a comma stay as they are. */
function putFamilyNameLast(name: string): string {
  const [family = '', given = '', ...others] = name.split(/[,;]/).map((part) => part.trim());
  const isInverted = family !== '' && given !== '' && others.length === 0 && !name.includes(';');
  return isInverted && !(/\s/.test(family) && /\s/.test(given)) ? `${given} ${family}` : name;
}

/** Returns a test for names of the site, its publisher or the owner of its copyright. */
function createSiteTest({ meta, host }: PageScan, { siteName, publisher }: SiteNames): (name: string) => boolean {
  const names = [siteName, publisher, firstMeta(meta, 'publisher'), ...host.split('.')];
  const siteKeys = new Set(names.filter((name) => name !== undefined).map(toMatchKey));
  const copyright = toMatchKey(meta.get('copyright')?.join(' ') ?? '');
  return (name) => siteKeys.has(toMatchKey(name)) || (name.length > 2 && copyright.includes(toMatchKey(name)));
}
