import type { HeadlineAnchor } from './headline-anchor.js';
import { readText } from './json-ld.js';
import { firstMeta } from './meta-elements.js';
import type { PageScan } from './scan.js';
import type { DateSource, ReadDate, SourcedDate } from './sourced-date.js';
import { findVisibleDate } from './visible-date.js';
import { parseWrittenDate, type WrittenDate } from './written-date.js';

/** Names of meta elements that hold the date of publication, most trusted first. */
const PUBLISHED_META = [
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
/** Names of meta elements that hold the date of the last change, most trusted first. */
const MODIFIED_META = [
  'article:modified_time',
  'og:updated_time',
  'article:updated',
  'datemodified',
  'last-modified',
  'dcterms.modified',
  'lastmod',
  'revised',
];

/** The web began in 1990: an older date is not that of a page. In ms since 1970. */
const EARLIEST = Date.UTC(1990, 0, 1);
/** A date may be ahead of our clock by this much, because zones differ, in ms. */
const MAX_AHEAD = 86_400_000;

/** Creates a reader that takes 3/4/2026 as the page's language does and rejects dates before the web or in the future. */
export function createDateReader(language: string | undefined, now: Date): ReadDate {
  const monthFirst = language === undefined || /^en(-us)?$/i.test(language);
  return (text) => {
    const date = text ? parseWrittenDate(text, { monthFirst }) : undefined;
    const time = date?.at.getTime() ?? Number.NaN;
    return time > EARLIEST && time < now.getTime() + MAX_AHEAD ? date : undefined;
  };
}

/**
 * Reads the date of publication: declared in structured data or meta elements, else visible near the headline, else in the
 * page's URL, else the date of the last change.
 */
export function readPublished(scan: PageScan, headline: HeadlineAnchor, read: ReadDate): SourcedDate | undefined {
  const { article, webPage } = scan;
  const inJsonLd = (...values: unknown[]) => toSourced('json-ld', findDate(values.map(readText), read));
  const inMeta = (names: readonly string[]) =>
    toSourced(
      'meta',
      findDate(
        names.map((name) => firstMeta(scan.meta, name)),
        read,
      ),
    );
  return (
    inJsonLd(article?.datePublished, article?.dateCreated, article?.uploadDate) ??
    inMeta(PUBLISHED_META) ??
    inJsonLd(webPage?.datePublished) ??
    findVisibleDate(scan, headline, read) ??
    toSourced('url', read(findDateInUrl(scan.pageUrl))) ??
    inJsonLd(article?.dateModified) ??
    inMeta(MODIFIED_META)
  );
}

/** Reads the declared date of the last change. */
export function readModified({ article, meta }: PageScan, read: ReadDate): SourcedDate | undefined {
  return (
    toSourced('json-ld', read(readText(article?.dateModified))) ?? toSourced('meta', read(firstMeta(meta, ...MODIFIED_META)))
  );
}

const toSourced = (source: DateSource, date: WrittenDate | undefined): SourcedDate | undefined => date && { date, source };

/** The first of these texts that has a date. */
function findDate(texts: readonly (string | undefined)[], read: ReadDate): WrittenDate | undefined {
  for (const text of texts) {
    const date = read(text);
    if (date) return date;
  }
  return undefined;
}

/** The date in a URL as ISO 8601: from /2020/04/27/, /2020-04-27-, /20200427/ or /2020-04-27+. */
function findDateInUrl(url: string): string | undefined {
  const match = /[/_-](20\d{2})[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?!\d)/.exec(url);
  return match ? `${match[1]}-${match[2]}-${match[3]}` : undefined;
}
