import { present } from '../../text/present.js';
import { getTextLine } from '../dom/text.js';
import { readText } from './json-ld.js';
import { firstMeta } from './meta-elements.js';
import type { Candidate, PageScan } from './scan.js';
import { splitWords, titleSimilarity, toMatchKey } from './similarity.js';
import { isLogo, type SiteNames } from './site-name.js';
import { stripMarkup } from './strip-markup.js';
import { createSiteMatcher, stripSiteName } from './strip-site-name.js';

/** Headings of one rank that are read; a page with more is a list of articles. */
const MAX_HEADINGS = 50;
/** A heading is the headline if it is more similar to a title than this, from 0 to 1. */
const MIN_SIMILARITY = 0.5;
/** The same for headings of the second rank, most of which divide the article: such a headline repeats the title. */
const MIN_SIMILARITY_SUBHEADING = 0.85;
/** Smallest share of a heading's letters that a title must have to replace it. */
const MIN_PART = 0.4;

/** The texts of a page that may be its headline. */
export interface HeadlineSources {
  /** Titles in structured data and meta elements, most trusted first. */
  declared: readonly string[];
  /** `<title>`. */
  documentTitle?: string;
  /** Visible headings of the first rank, in document order. */
  headings: readonly string[];
  /** Visible headings of the second rank: the headline only where one says the same as the titles. */
  subheadings: readonly string[];
  /** The site's names, which are not part of the headline. */
  siteNames: readonly string[];
  host: string;
}

/** Reads the headline of a page; undefined where it has neither a title nor a heading. */
export function readHeadline(scan: PageScan, { siteName, publisher }: SiteNames): string | undefined {
  const { meta, article, headings } = scan;
  const declared = [
    readText(article?.headline),
    firstMeta(
      meta,
      'og:title',
      'twitter:title',
      'dc.title',
      'dcterms.title',
      'parsely-title',
      'sailthru.title',
      'citation_title',
    ),
    readText(article?.name),
  ];
  const logos = new Set(headings.slice(0, MAX_HEADINGS).filter(({ element }) => isLogo(element, scan)));
  const siteNames = [siteName, publisher, firstMeta(meta, 'twitter:site'), firstMeta(meta, 'publisher', 'article:publisher')];
  return chooseHeadline({
    declared: declared.filter(isGiven).map(stripMarkup),
    headings: readLines(headings.filter((heading) => !logos.has(heading))),
    subheadings: readLines(scan.subheadings),
    siteNames: [...siteNames.filter(isGiven), ...readLines([...logos])],
    host: scan.host,
    ...present({ documentTitle: scan.documentTitle }),
  });
}

const isGiven = (value: string | undefined): value is string => value !== undefined && value !== '';

const readLines = (candidates: readonly Candidate[]): string[] =>
  candidates
    .slice(0, MAX_HEADINGS)
    .map(({ element }) => getTextLine(element))
    .filter(isGiven);

/**
 * Chooses the headline and removes the site's name from it. A visible heading that resembles a title is preferred, because it
 * shows which part of the title is the headline.
 */
export function chooseHeadline(sources: HeadlineSources): string | undefined {
  const { declared, documentTitle, headings, subheadings } = sources;
  const site = createSiteMatcher(sources.siteNames, sources.host);
  const ownHeadings = headings.filter((heading) => !site.isSiteName(heading));
  const titles = [...declared, documentTitle].filter(isGiven).filter((title) => toMatchKey(title) !== '');
  if (titles.length === 0) return ownHeadings[0];

  const headingKeys = headings.map(toMatchKey);
  const stripped = titles.filter((title) => !site.isSiteName(title)).map((title) => stripSiteName(title, site, headingKeys));
  const heading =
    findSimilarHeading(ownHeadings, stripped, MIN_SIMILARITY) ??
    findSimilarHeading(subheadings, stripped, MIN_SIMILARITY_SUBHEADING);
  if (heading !== undefined) return refineHeading(heading, stripped, sources);
  return findLoneHeading(ownHeadings, stripped) ?? stripped[0] ?? titles[0];
}

/** The heading most similar to one of the titles; undefined where none is more similar than `threshold`. */
function findSimilarHeading(headings: readonly string[], titles: readonly string[], threshold: number): string | undefined {
  let best: string | undefined;
  let highest = threshold;
  for (const heading of headings) {
    const similarity = Math.max(...titles.map((title) => titleSimilarity(heading, title)));
    if (similarity > highest) [best, highest] = [heading, similarity];
  }
  return best;
}

/** The page's only heading, where the titles are single words such as "Home". */
function findLoneHeading([first, ...others]: readonly string[], titles: readonly string[]): string | undefined {
  return others.length === 0 && titles.every((title) => splitWords(title).length === 1) ? first : undefined;
}

/** Returns the declared title instead of the heading, where it is the better headline. */
function refineHeading(heading: string, titles: readonly string[], { declared, subheadings }: HeadlineSources): string {
  if (declared.some((title) => saysSame(title, heading))) return heading;
  // Some pages put a headline for search engines above the one for readers, which is both declared and shown. A title that only
  // adds a kicker to the heading is not such a headline.
  const shown = declared.find(
    (title) => splitWords(title).length > 3 && subheadings.some((subheading) => saysSame(title, subheading)),
  );
  if (shown !== undefined && !toMatchKey(shown).endsWith(toMatchKey(heading))) return shown;
  // The heading may contain a kicker or a subtitle; a title shows which part is the headline.
  return titles.find((title) => isMainPart(title, heading)) ?? heading;
}

const saysSame = (a: string, b: string): boolean => toMatchKey(a) === toMatchKey(b);

/** Whether a heading begins or ends with a title that is a good part of it. Not where the heading continues the sentence. */
function isMainPart(title: string, heading: string): boolean {
  const [titleKey, headingKey] = [toMatchKey(title), toMatchKey(heading)];
  if (titleKey.length >= headingKey.length || titleKey.length < headingKey.length * MIN_PART) return false;
  if (heading.startsWith(title) && /^\s+\p{Ll}/u.test(heading.slice(title.length))) return false;
  return headingKey.startsWith(titleKey) || headingKey.endsWith(titleKey);
}
